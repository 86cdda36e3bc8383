/** What other features may ask of settlements: how many visits there were. */
export interface VisitCounts {
  /** Visits settled from `from` until before `until` (epoch ms, the insurer's time) whose settlement stands. */
  countVisits(from: number, until: number): Promise<{ readonly outpatient: number; readonly stays: number }>;
}
