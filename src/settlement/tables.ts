import type { Place, Purpose, ReferralSource, Setting } from '../../schemas/settlement-words.ts';
import type { CatalogueTables } from './catalogues/tables.ts';
import type { FilingTables } from './filings/tables.ts';
import type { ExchangeOutcome } from './journal.ts';
import type { DoubtOf, SettlementEvent, State } from './machine.ts';
import type { StatementTables } from './statements/tables.ts';
import type { StayTables } from './stays/tables.ts';

export interface SettlementTables extends CatalogueTables, FilingTables, StatementTables, StayTables {
  /** One row per settlement: a bill put to its payers. */
  settlements: {
    id: string;
    client: string;
    bill_number: string;
    /** The keyed hash by which a person's settlements are found. */
    person: string;
    state: State;
    doubt_of: DoubtOf | null;
    /** Counts quotes, so that nothing uploaded twice has the same serial number. */
    attempt: number;
    version: number;
    setting: Setting;
    /** The stay that an inpatient settlement settles. */
    stay_id: string | null;
    /** Where the referral of its bill comes from; none where it follows none. */
    referral_source: ReferralSource | null;
    /** The leg that is worked on, by its ordinal. */
    leg: number;
    /** What the flow under way is to reach; `unwind` where a payer failed and those before it are undone. */
    goal: 'settle' | 'reverse' | 'unwind' | null;
    /** The way out of doubt that is tried, by its place in the adapter's list. */
    way: number;
    /** The bill, sealed. */
    bill: Uint8Array;
    total_fen: number;
    fund_fen: number | null;
    account_fen: number | null;
    /** From the purse, by telephone, in cash. */
    paid_fen: number | null;
    cash_fen: number | null;
    /** Why it is where it is, as a code of the error table. */
    cause_code: string | null;
    /** The insurer's or the adapter's own words, sealed. */
    cause_reason: Uint8Array | null;
    /** Why the payers before are undone, while they are. */
    failure_code: string | null;
    failure_reason: Uint8Array | null;
    /** When a person last asked for money to move. */
    asked_at: number | null;
    /** While a flow runs: the end of its lease. In doubt: when to try next. Otherwise nothing. */
    next_check_at: number | null;
    /** Tries to settle the doubt since a person last asked; picks the delay to the next. */
    tries: number;
    /** How many of them were sent and proved nothing. */
    undecided: number;
    /** The run of the gateway that holds the lease. */
    runner: string | null;
    created_at: number;
    updated_at: number;
  };
  /** One payer's part of a settlement. */
  legs: {
    settlement_id: string;
    ordinal: number;
    insurer: string;
    place: Place;
    bill_number: string;
    /** 1 until the settlement has failed or is reversed; unique per insurer and bill number. */
    live: number;
    state: State;
    quote: Uint8Array | null;
    settled: Uint8Array | null;
    /** The insurer's number of the settlement and of its reversal. */
    number: string | null;
    reversal_number: string | null;
    /** Epoch ms, the insurer's time. */
    settled_at: number | null;
    reversed_at: number | null;
    /** The id we gave the exchange that settled it. */
    own_id: string | null;
    /** The exchange that moves money in the step under way; nothing was sent while it is empty. */
    money_exchange: string | null;
    /** The group of the insurer's statement it counts in. */
    statement_group: string | null;
    /** Of what was settled, for statements. */
    total_fen: number | null;
    fund_fen: number | null;
    account_fen: number | null;
    paid_fen: number | null;
    cash_fen: number | null;
    /** What each fund pays, in fen: JSON such as {"pooled":6150}; null where it was settled before this was kept. */
    funds: string | null;
  };
  /** The journal: every request to an insurer, written before it is sent. */
  exchanges: {
    id: string;
    insurer: string;
    transaction: string;
    own_id: string;
    purpose: Purpose;
    settlement_id: string | null;
    client: string;
    effect: 'none' | 'record' | 'money';
    request: Uint8Array;
    sent_at: number;
    /** No answer is taken after this. */
    deadline_at: number;
    outcome: ExchangeOutcome;
    reason: Uint8Array | null;
    answer: Uint8Array | null;
    status: number | null;
    answered_at: number | null;
    duration_ms: number | null;
  };
  /** What happened to a settlement, in order. */
  settlement_history: {
    settlement_id: string;
    seq: number;
    at: number;
    from_state: State | null;
    to_state: State;
    event: SettlementEvent | 'create';
    /** The API client, or `gateway`. */
    by_client: string;
    cause_code: string | null;
    /** The request that asked for it; a repeat finds that it was done. */
    act: string | null;
    /** What a person wrote, sealed. */
    note: Uint8Array | null;
  };
}
