export interface DeliveryTables {
  /** One row per message that must reach another organisation. */
  deliveries: {
    id: string;
    /** The organisation whose link it goes over: the one it is for, or the next on the way there. */
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
    /** Who it comes from and who it is for, where that is not us and not `organisation`; see relay.ts. */
    sender: string | null;
    receiver: string | null;
    /** Those that have passed it on, as JSON, ending with us. */
    via: string | null;
    /** When `receiver` had it; the receipt of the next on the way is `receipt_at`. */
    reached_at: number | null;
    created_at: number;
    updated_at: number;
  };
  /** One row per message received, so that a repeated one has no effect and gets the same receipt. */
  inbox: { sender: string; message_id: string; hash: string; received_at: number };
}
