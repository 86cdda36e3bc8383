import type { FilingKind, FilingState } from '../../../schemas/settlement-words.ts';
import type { FilingDoubt, FilingEvent } from './machine.ts';

export interface FilingTables {
  /** One row per filing that was asked for. */
  filings: {
    id: string;
    client: string;
    insurer: string;
    kind: FilingKind;
    /** The keyed hash by which a person's filings are found. */
    person: string;
    /** What it is about, with its first day: a person has each once while it is live. */
    subject: string;
    /** 1 while the insurer has it or may have it. */
    live: number;
    state: FilingState;
    doubt_of: FilingDoubt | null;
    version: number;
    /** The insurer's number (trt_dcla_detl_sn), once it is known. */
    number: string | null;
    /** The referral it was made for. */
    referral_id: string | null;
    /** The filing, sealed. */
    filing: Uint8Array;
    /** The exchange that files or withdraws in the step under way, or that got no answer. */
    exchange: string | null;
    cause_code: string | null;
    /** The insurer's own words, sealed. */
    cause_reason: Uint8Array | null;
    /** While a step runs: the end of its lease. In doubt: when to look next. Otherwise nothing. */
    next_check_at: number | null;
    /** 1 while a step runs. */
    running: number;
    /** Looks since the answer was lost. */
    looks: number;
    created_at: number;
    updated_at: number;
  };
  /** What happened to a filing, in order: one row for each version. */
  filing_history: {
    filing_id: string;
    version: number;
    at: number;
    from_state: FilingState | null;
    to_state: FilingState;
    event: FilingEvent | 'create';
    by_client: string;
    cause_code: string | null;
    /** The request that asked for it; a repeat finds that it was done. */
    act: string | null;
    /** What a person wrote, sealed. */
    note: Uint8Array | null;
  };
}
