export interface AccessTables {
  /** One row per look at or change of personal or money data; each holds the hash of the row before it. */
  audit: {
    chain: string;
    seq: number;
    at: number;
    client: string;
    act: string;
    kind: string;
    subject: string;
    request_id: string;
    detail: string;
    hash: string;
  };
  /** One row per Idempotency-Key, so that a repeated request gets the first answer. */
  requests: {
    client: string;
    key: string;
    fingerprint: string;
    resource_id: string;
    state: 'running' | 'done';
    /** The run of a gateway that works on it, or `` when it was given back. */
    runner: string;
    status: number | null;
    body: Uint8Array | null;
    /** When the present runner took it. */
    claimed_at: number;
  };
  counters: { name: string; value: number };
}
