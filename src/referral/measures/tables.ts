export interface MeasureTables {
  /** When a referral was answered, closed, and known to be closed at both ends; no row before any of these. */
  referral_times: {
    referral_id: string;
    /** Where it had waited for a review; otherwise it was sent as it was created. */
    sent_at: number | null;
    /** The recipient's first act. */
    answered_at: number | null;
    closed_at: number | null;
    /** When the initiator's gateway had the end on disk. */
    acknowledged_at: number | null;
  };
}
