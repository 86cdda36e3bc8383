import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import type { Bill, Exchange, ExchangeRef, Quote, Settled } from '../../../src/settlement/port.ts';
import type { Call } from './call.ts';
import { amountOf, type Decimals } from './envelope.ts';
import type { IntegrityOptions } from './integrity.ts';
import { certificates } from './people.ts';
import type { Platform } from './platform.ts';
import { type Visited, type Visitor, visitedOf } from './visited.ts';

/** How one kind of visit is quoted, settled and reversed. */
export interface SettingFlow {
  quote(bill: Bill, exchange: Exchange): Promise<{ value: Quote; at: ExchangeRef }>;
  /** The call that settles what was quoted. */
  settling(bill: Bill, quote: Quote): Call;
  /** The call that reverses what was settled. */
  reversing(bill: Bill, settled: Settled): Call;
}

/** What every flow works with. */
export interface Counter {
  readonly platform: Platform;
  readonly configuration: NhsaConfiguration;
  readonly decimals: Decimals;
  readonly integrity: IntegrityOptions;
  /** 1101: the person, under the insurance that is meant. */
  visitor(who: Who, exchange: Exchange): Promise<Visitor>;
}

export type Who = Pick<Bill, 'identity' | 'insutype' | 'operator'> & { readonly at: number };

export function whoOf({ identity, insutype, operator, visit }: Bill): Who {
  return {
    identity,
    at: visit.startedAt,
    ...(insutype === undefined ? {} : { insutype }),
    ...(operator && { operator }),
  };
}

const BY_ITEM = '01';
const NO_ACCOUNT = '0';
const OWN_ACCOUNT = '1';
const FAMILY_ACCOUNT = '2';

/** acct_used_flag. A family's account (共济) pays only where accounts may pay at all. */
export function accountFlag({ useAccount, useFamilyAccount }: Bill): string {
  if (!useAccount) return NO_ACCOUNT;
  return useFamilyAccount ? FAMILY_ACCOUNT : OWN_ACCOUNT;
}

/** What every trial and settlement is told, but for the visit that it is about. */
export function payerFields(bill: Bill, { psn_no, insutype }: Visitor, decimals: Decimals) {
  return {
    psn_no,
    ...certificates(bill.identity),
    medfee_sumamt: amountOf(decimals, bill.totalFen),
    psn_setlway: BY_ITEM,
    insutype,
    acct_used_flag: accountFlag(bill),
  };
}

const INVOICE_LENGTH_MAX = 20;

export function invoiceOf({ billNumber }: Bill): string {
  return billNumber.length <= INVOICE_LENGTH_MAX ? billNumber : '';
}

/** 2208, 2103 and 2305 are told the same: which settlement of which visit. */
export function reversingBy(infno: string, bill: Bill, settled: Settled): Call {
  const { psn_no, mdtrt_id, insuplc_admdvs, insutype } = visitedOf(settled.handle);
  return {
    infno,
    insutype,
    input: { data: { setl_id: settled.number, mdtrt_id, psn_no } },
    operator: bill.operator,
    insuredPlace: insuplc_admdvs,
  };
}

/** What an answer about a visit must name again, as far as it has a name already. */
export function expectedOf({ mdtrt_id, psn_no }: Visited): Record<string, string> {
  return { psn_no, ...(mdtrt_id === '' ? {} : { mdtrt_id }) };
}
