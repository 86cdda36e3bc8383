import type {
  DifferenceClass,
  DifferenceState,
  MendingAct,
  StatementState,
} from '../../../schemas/statement-words.ts';

export interface StatementTables {
  /** One comparison with an insurer: of a day, or of a month. One row for each, however often it is run. */
  statements: {
    id: string;
    insurer: string;
    /** yyyy-MM-dd, or yyyy-MM. */
    period: string;
    /** Epoch ms: the first moment of the period, and the first after it, in China. */
    from_at: number;
    to_at: number;
    state: StatementState;
    version: number;
    /** Counts its runs. */
    run: number;
    client: string;
    runner: string | null;
    lease_until: number | null;
    /** Of the run under way: exchanges with the insurer that are over, and that there will be, as far as is known. */
    steps_done: number;
    steps: number;
    began_at: number;
    finished_at: number | null;
    /** Why it is incomplete, as a code of the error table, and the insurer's own words, sealed. */
    cause_code: string | null;
    cause_reason: Uint8Array | null;
    closed_at: number | null;
    closed_by: string | null;
  };
  /** The sums of one group, settlements and reversals apart. */
  statement_totals: {
    statement_id: string;
    group_key: string;
    refund: number;
    count: number;
    total_fen: number;
    fund_fen: number;
    account_fen: number;
    cash_fen: number;
    /** Reversals of what was settled before this month, and so cleared already. */
    late_count: number;
    late_total_fen: number;
    /** What the insurer said; nothing where it was not asked. */
    balanced: number | null;
    /** Its own words, sealed. */
    words: Uint8Array | null;
    /** Its own sums, where it gives a list. */
    their_count: number | null;
    their_total_fen: number | null;
    their_fund_fen: number | null;
  };
  /** What differs, and what became of it. */
  statement_differences: {
    statement_id: string;
    n: number;
    /** Tells one difference from another through all runs. */
    key: string;
    class: DifferenceClass;
    act: MendingAct;
    state: DifferenceState;
    version: number;
    /** The last run that found it. */
    run: number;
    sign: number;
    settlement_id: string | null;
    number: string | null;
    own_id: string | null;
    /** Sealed: both rows, as they were found. */
    content: Uint8Array;
    /** Sealed: what came of the last try to mend it. */
    reason: Uint8Array | null;
    /** The exchange that undid it, as far as it got. */
    exchange_id: string | null;
    /** The request that mends it; a repeat finds it so. */
    asked_by: string | null;
    client: string | null;
    runner: string | null;
    lease_until: number | null;
    updated_at: number;
  };
}
