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
  /** People who sign in at a page. */
  users: {
    name: string;
    display_name: string;
    password_hash: string;
    /** A JSON list of roles. */
    roles: string;
    state: 'active' | 'disabled';
    /** 1 while somebody else has set the password. */
    must_change: number;
    version: number;
    created_at: number;
    updated_at: number;
  };
  /** One row per page that is signed in. */
  sessions: {
    /** SHA-256 of the token in the cookie. */
    id: string;
    user_name: string;
    created_at: number;
    seen_at: number;
    expires_at: number;
  };
  counters: { name: string; value: number };
}
