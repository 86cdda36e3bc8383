import type { FilingState } from '../../../schemas/settlement-words.ts';

export interface InsuredTables {
  /** What an insurer is to be told of a referral. */
  referral_reports: {
    referral_id: string;
    insurer: string;
    wanted: 'filed' | 'withdrawn';
    /** Counts filings: one of which it is certain that nothing came of it is made anew. */
    round: number;
    /** How the filing stood when it was last looked at. */
    filing_state: FilingState | null;
    number: string | null;
    /** Why it goes no further by itself, as a code of the error table. */
    problem: string | null;
    /** What the insurer's own list (5304) said of it, and when. */
    seen: 'on-file' | 'absent' | null;
    seen_at: number | null;
    /** When there is something to do; nothing when it is done, or a person must do it. */
    next_at: number | null;
    /** Failures in a row. */
    tries: number;
    lease_until: number;
    version: number;
    created_at: number;
    updated_at: number;
  };
  /** Under which number an insurer of the other end has a referral on file; none where it was withdrawn. */
  referral_filings: {
    peer: string;
    case_id: string;
    insurer: string;
    revision: number;
    number: string | null;
    told_at: number;
  };
}
