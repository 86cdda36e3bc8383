import type { PurseKind, PurseState } from '../../schemas/purse.ts';
import type { ReaderMeasureTables } from './measures/tables.ts';

export interface CardTables extends ReaderMeasureTables {
  /** One row per reading; what the card said is sealed, and the person is found by a keyed hash. */
  readings: {
    id: string;
    reader_id: string;
    client: string;
    kind: string;
    /** Epoch ms. */
    made_at: number;
    valid_until: number;
    /** Fingerprint of the document number; null where the card named nobody. */
    document_fingerprint: string | null;
    /** A sealed `Reading` of schemas/reading.ts. */
    content: Uint8Array;
  };
  /** One row per purchase from or load of an electronic purse. */
  purse_transactions: {
    id: string;
    /** PurseKind and PurseState of schemas/purse.ts. */
    kind: PurseKind;
    state: PurseState;
    client: string;
    /** The gateway that began it: what it left in the middle when it died, it alone takes up again. */
    gateway: string;
    reader_id: string;
    /** Fingerprint of the number of the purse's application on the card. */
    card: string;
    /** 1 until its end is known; a card has one such transaction at most. */
    open: number;
    amount_fen: number;
    /** 1 until the issuer's host knows the end of a load. */
    host_due: number;
    /** Epoch ms. */
    created_at: number;
    updated_at: number;
    /** A sealed `PurseContent` of src/card/purse/model.ts. */
    content: Uint8Array;
  };
}
