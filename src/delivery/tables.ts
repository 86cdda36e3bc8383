import type { Priority } from '../../schemas/referral.ts';

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
    /** How long it is tried; see expiry.ts. */
    priority: Priority;
    /** When the message was made, the same for every replay; unknown for what is older than the column. */
    message_at: number | null;
    /** Why it is dead: the code of what refused it, or delivery.expired. */
    reason: string | null;
  };
  /** One row per message received, so that a repeated one has no effect and gets the same receipt. */
  inbox: { sender: string; message_id: string; hash: string; received_at: number };
  /** How the link to each organisation is doing, as all gateways that share the store see it. */
  links: {
    organisation: string;
    state: 'up' | 'down';
    since: number;
    /** When the other side last answered anything, and last gave a receipt; some seconds behind. */
    last_heard_at: number | null;
    last_receipt_at: number | null;
    last_error: string | null;
    last_error_at: number | null;
  };
}
