export interface FhirTables {
  /** The resources that a referral was posted with, sealed. */
  fhir_kept: { referral_id: string; content: Uint8Array };
  /** Keyed hashes of the business identifiers that posted resources carry, each with its type. */
  fhir_identifiers: { hash: string; referral_id: string };
  /** Conditions (If-None-Exist) under which a referral was created, so that two at once create one. */
  fhir_conditions: { hash: string; referral_id: string };
  /** Messages that were answered, by the keyed hash of their Bundle.identifier; a repeat gets the same answer. */
  fhir_messages: {
    client: string;
    hash: string;
    fingerprint: string;
    status: number;
    answer: Uint8Array;
    answered_at: number;
  };
  fhir_subscriptions: {
    id: string;
    client: string;
    status: 'requested' | 'active' | 'error' | 'off';
    topic: string;
    /** The Subscription as it was posted, sealed: its headers may hold secrets. */
    content: Uint8Array;
    /** eventsSinceSubscriptionStart: the number of its last event. */
    events: number;
    /** The number of the last event that reached the subscriber. */
    delivered: number;
    /** Failures in a row. */
    attempts: number;
    /** When something is to be sent: the next try, or the next heartbeat; none where nothing is. */
    due_at: number | null;
    error: string | null;
    version: number;
    created_at: number;
    updated_at: number;
  };
  fhir_notifications: { subscription_id: string; number: number; referral_id: string; at: number };
}
