import type { ReferralSource } from '../../../schemas/settlement-words.ts';
import type { StayAct, StayEvent, StayState } from '../../../schemas/stay-words.ts';

/** `sent` and `leaving` are under way to the insurer, and away from it. */
export type LineState = 'sent' | 'there' | 'leaving' | 'withdrawn';

export interface StayTables {
  /** One row per stay in a ward. */
  stays: {
    id: string;
    client: string;
    insurer: string;
    /** The HIS's number of the stay. */
    number: string;
    /** 1 until the stay is cancelled or has failed; unique per insurer and number. */
    live: number;
    /** Where its referral comes from; none where it follows none. */
    referral_source: ReferralSource | null;
    /** The keyed hash by which a person's stays are found. */
    person: string;
    state: StayState;
    act: StayAct | null;
    version: number;
    /** The stay as it was told, and its discharge: sealed. */
    content: Uint8Array;
    /** What the insurer's side knows it by, sealed. */
    handle: Uint8Array | null;
    /** Serial numbers of lines given out so far. */
    serials: number;
    /** The act under way: where its content stands in the history, and how many of its lines have been begun. */
    act_seq: number | null;
    begun: number;
    /** The last exchange of the act under way; nothing was sent while it is empty. */
    exchange_id: string | null;
    cause_code: string | null;
    /** The insurer's or the adapter's own words, sealed. */
    cause_reason: Uint8Array | null;
    /** When a person last asked for something. */
    asked_at: number;
    /** While an act runs: the end of its lease. In doubt: when to try next. Otherwise nothing. */
    next_check_at: number | null;
    tries: number;
    /** How many of them were sent and proved nothing. */
    undecided: number;
    /** The run of the gateway that holds the lease. */
    runner: string | null;
    admitted_at: number;
    discharged_at: number | null;
    created_at: number;
    updated_at: number;
  };
  /** Charges, by the HIS's number of the line, for ever. */
  stay_lines: {
    stay_id: string;
    line: string;
    /** The line's number at the insurer, never given twice. */
    serial: number;
    state: LineState;
    /** The charge, sealed. */
    content: Uint8Array;
    /** The keyed hash of the charge, by which a repeated line is known. */
    digest: string;
    amount_fen: number;
    /** How the insurer divided it; empty where it has not said. */
    full_own_fen: number | null;
    over_limit_fen: number | null;
    first_own_fen: number | null;
    in_scope_fen: number | null;
    /** The settlement that took it last; it is free again once that has failed or is reversed. */
    settlement_id: string | null;
  };
  /** What happened to a stay, in order. */
  stay_history: {
    stay_id: string;
    seq: number;
    at: number;
    from_state: StayState | null;
    to_state: StayState;
    event: StayEvent | 'create';
    act: StayAct | null;
    by_client: string;
    cause_code: string | null;
    /** The request that asked for it; a repeat finds that it was done. */
    request: string | null;
    /** What was asked for, sealed; empty once it is over. */
    content: Uint8Array | null;
    /** What a person wrote, sealed. */
    note: Uint8Array | null;
  };
  /** Which exchanges of the journal were about a stay. */
  stay_exchanges: { stay_id: string; exchange_id: string };
}
