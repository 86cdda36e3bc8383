export interface CardTables {
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
}
