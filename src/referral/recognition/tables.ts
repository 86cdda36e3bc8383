import type { Party } from '../machine.ts';

export interface ResultTables {
  /** Results offered to the other end for recognition, and what became of them. Found by the case. */
  referral_results: {
    peer: string;
    case_id: string;
    role: Party;
    origin: 'own' | 'peer';
    /** From 1, given by the end that offered it. */
    number: number;
    correlation_id: string;
    /** The result, sealed. */
    body: Uint8Array;
    /** Use or refusal, with its reason, sealed; none while nothing was said. */
    recognition: Uint8Array | null;
    recognised_at: number | null;
    created_at: number;
  };
}
