export interface EventTables {
  /** What happened and is not numbered yet: written in the unit that made it happen. */
  events_new: {
    /** Given by the database. */
    place: number;
    id: string;
    at: number;
    type: string;
    subject: string;
    /** JSON: ids and states, never personal data. */
    data: string;
  };
  /** What happened, in the order in which it is told. */
  events_log: {
    /** Without gaps as it is given out; a reader who has seen one number will see no smaller one any more. */
    seq: number;
    id: string;
    at: number;
    type: string;
    subject: string;
    data: string;
  };
  /** Who wants to be called. */
  webhooks: {
    id: string;
    /** The API client that registered it. */
    client: string;
    url: string;
    /** JSON: the types it wants; all where the list is empty. */
    types: string;
    /** Sealed. */
    secret: Uint8Array;
    state: 'active' | 'disabled' | 'deleted';
    /** Why it is disabled. */
    cause: 'gone' | 'backlog' | 'client' | null;
    /** It asked not to be called before. */
    resume_at: number;
    created_at: number;
    updated_at: number;
  };
  /** One event on its way to one webhook. */
  webhook_deliveries: {
    id: string;
    webhook_id: string;
    event_id: string;
    seq: number;
    at: number;
    type: string;
    subject: string;
    data: string;
    state: 'queued' | 'delivered' | 'dead';
    attempts: number;
    next_at: number;
    lease: string | null;
    lease_until: number;
    /** 1 where it was asked for again. */
    replayed: 0 | 1;
    created_at: number;
    updated_at: number;
  };
  webhook_attempts: {
    delivery_id: string;
    number: number;
    at: number;
    status: number | null;
    /** What went wrong, in our own words. */
    error: string | null;
    duration_ms: number;
  };
}
