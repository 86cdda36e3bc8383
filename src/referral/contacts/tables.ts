export interface ContactTables {
  /** Who was told of an emergency, at each of its two ends. */
  referral_contacts: {
    referral_id: string;
    role: string;
    name: string;
    told: 'system' | 'telephone';
    told_at: number;
    seen_at: number | null;
    /** Number and name of who has seen it, sealed. */
    seen_by: Uint8Array | null;
  };
}
