import type { Identity } from '../../schemas/identity.ts';
import type { FilingKind } from '../../schemas/settlement-words.ts';
import type { Diagnosis, Operator } from './bill.ts';
import type { LostExchange } from './insurer.ts';
import type { Exchange, Outcome } from './wire.ts';

/** What an insurer offers for filings (备案): what it must know before it pays by another rule. None moves money. */
export interface FilingFlows {
  readonly kinds: readonly FilingKind[];
  /** 2501, 2503, 2505; the answer's number is the filing's (trt_dcla_detl_sn). */
  file(filing: Filing, exchange: Exchange): Promise<Outcome<{ readonly number: string }>>;
  /** 2502, 2504, 2506. */
  withdraw(filing: Filing, number: string, reason: string, exchange: Exchange): Promise<Outcome<'withdrawn'>>;
  /** 5301, 5302, 5304: the filings of this kind that the insurer has of the person. */
  list(filing: Filing, exchange: Exchange): Promise<Outcome<readonly KnownFiling[]>>;
  /** Finds a filing whose answer was lost in what the insurer has; nothing where it has none. */
  find(filing: Filing, lost: LostExchange, exchange: Exchange): Promise<Outcome<KnownFiling | undefined>>;
}

interface AnyFiling {
  readonly id: string;
  readonly identity: Identity;
  readonly insutype?: string;
  readonly operator?: Operator;
  /** yyyy-MM-dd; the first and the last day it holds. */
  readonly from: string;
  readonly to?: string;
  readonly telephone?: string;
  readonly address?: string;
}

export interface TransferFiling extends AnyFiling {
  readonly kind: 'transfer';
  readonly diagnosis: Diagnosis;
  readonly toCode: string;
  readonly toName: string;
  /** Division of the place of care, six digits. */
  readonly toDivision: string;
  /** refl_type: 1 within the city, 2 elsewhere in the province, 3 beyond. */
  readonly reach: '1' | '2' | '3';
  readonly date: string;
  readonly reason: string;
  readonly opinion: string;
  readonly condition?: string;
  readonly hospitalAgrees?: boolean;
}

export interface ChronicFiling extends AnyFiling {
  readonly kind: 'chronic';
  readonly disease: Diagnosis;
  readonly hospitalCode: string;
  readonly hospitalName: string;
  readonly doctorCode: string;
  readonly doctorName: string;
  readonly identifiedOn: string;
}

export interface DesignatedFiling extends AnyFiling {
  readonly kind: 'designated';
  /** biz_appy_type: 03 designated clinic, 05 family doctor, 06 referral, 07 emergency elsewhere, 08 resettled. */
  readonly business: string;
  readonly order: number;
  readonly institutionCode: string;
  readonly institutionName: string;
}

export type Filing = TransferFiling | ChronicFiling | DesignatedFiling;

export interface KnownFiling {
  readonly number: string;
  readonly kind: FilingKind;
  readonly from: string;
  readonly to?: string;
  /** What it is about: the disease's or the institution's code. */
  readonly about: string;
}
