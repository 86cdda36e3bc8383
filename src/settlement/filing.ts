import type { Identity } from '../../schemas/identity.ts';
import type { FilingKind, FilingState } from '../../schemas/settlement-words.ts';
import type { Caller } from '../access/caller.ts';
import type { Diagnosis, Operator } from './bill.ts';
import type { LostExchange } from './insurer.ts';
import type { AnsweredExchange, Exchange, Outcome } from './wire.ts';

/** What an insurer offers for filings (备案): what it must know before it pays by another rule. None moves money. */
export interface FilingFlows {
  readonly kinds: readonly FilingKind[];
  /** 2501, 2503, 2505; the answer's number is the filing's (trt_dcla_detl_sn). */
  file(filing: Filing, exchange: Exchange): Promise<Outcome<{ readonly number: string }>>;
  /** 2502, 2504, 2506. */
  withdraw(filing: Filing, number: string, reason: string, exchange: Exchange): Promise<Outcome<'withdrawn'>>;
  /** 5301, 5302, 5304: the filings of this kind that the insurer has of the person. */
  list(question: FilingQuestion, exchange: Exchange): Promise<Outcome<readonly KnownFiling[]>>;
  /** Looks in what the insurer has for a filing whose answer, or whose withdrawal's answer, was lost. */
  find(filing: Filing, lost: LostExchange, exchange: Exchange): Promise<Outcome<FilingFinding>>;
  /**
   * Reads a stored answer to `file` as it would have been read when it came, for a gateway that died before it could
   * act on it. Nothing where it can't be relied on. Nothing is sent.
   */
  filedBy?(filing: Filing, answered: AnsweredExchange): { readonly number: string } | undefined;
}

/** What the insurer's list says of a filing. */
export type FilingFinding =
  | { readonly is: 'on-file'; readonly filing: KnownFiling }
  | { readonly is: 'absent' }
  /** Its absence proves nothing here. */
  | { readonly is: 'open'; readonly reason: string };

/** Whose filings are asked for. */
export interface FilingQuestion {
  readonly kind: FilingKind;
  readonly identity: Identity;
  readonly insutype?: string;
  readonly operator?: Operator;
  /** Epoch ms; filings from this day on, where the insurer takes a time. */
  readonly since: number;
  /** biz_appy_type; with `designated`. */
  readonly business?: string;
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
  /** The insurer's number, where its list gives one. */
  readonly number?: string;
  readonly kind: FilingKind;
  readonly from: string;
  readonly to?: string;
  /** What it is about: the disease's or the institution's code. */
  readonly about: string;
}

/** What other features may ask of filings: a referral that is to be paid by the rule for referrals is filed. */
export interface Filings {
  /**
   * Files a transfer for a referral at an insurer, under `id`; the same id again answers how it stands. Faults as for
   * a filing over the API.
   */
  fileTransfer(transfer: ReferralTransfer, caller: Caller): Promise<FilingStanding>;
  /** How one stands, whoever made it. */
  standing(id: string): Promise<FilingStanding | undefined>;
  /** Withdraws one; `act` names the request: repeated, it finds itself done. Faults as over the API. */
  withdrawTransfer(
    withdrawal: { readonly id: string; readonly act: string; readonly reason: string },
    caller: Caller,
  ): Promise<FilingStanding>;
  /** Whether the insurer's own list shows it (5304). Faults as for a question about filings. */
  isListed(id: string, caller: Caller): Promise<boolean>;
  /** The filings of a referral, oldest first. */
  ofReferral(referralId: string): Promise<readonly FilingStanding[]>;
}

export interface ReferralTransfer {
  readonly id: string;
  readonly referralId: string;
  readonly insurer: string;
  readonly filing: Omit<TransferFiling, 'id'>;
}

/** How a filing stands. */
export interface FilingStanding {
  readonly id: string;
  readonly insurer: string;
  readonly state: FilingState;
  /** The insurer's number, once it is known. */
  readonly number?: string;
}
