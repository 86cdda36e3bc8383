export interface DeliveryTables {
  /** One row per message that must reach another organisation. */
  deliveries: {
    id: string;
    /** The organisation it goes to. */
    organisation: string;
    message_id: string;
    type: string;
    correlation_id: string;
    /** Place among the messages of its case: a later one never overtakes an earlier one that is still queued. */
    order_seq: number;
    body: Uint8Array;
    state: 'queued' | 'delivered' | 'dead';
    attempts: number;
    next_at: number;
    /** Who is sending it now, until when; anybody may take it over afterwards. */
    lease: string | null;
    lease_until: number;
    /** Why the last attempt failed; never holds personal data. */
    last_error: string | null;
    expires_at: number;
    receipt_at: number | null;
    /** The dead delivery whose message this one sends again. */
    replay_of: string | null;
    created_at: number;
    updated_at: number;
  };
  /** One row per message received, so that a repeated one has no effect and gets the same receipt. */
  inbox: { sender: string; message_id: string; hash: string; received_at: number };
}
