/** The times and limits of settlements. */
export interface SettlementSettings {
  /** How long an insurer's answer is waited for, where its configuration says nothing. */
  readonly exchangeTimeoutMs: number;
  /** Past this age of a person's request the gateway does not move money again by itself: they may have left. */
  readonly againWithinMs: number;
  /** From the lost answer to the first try at undoing it. */
  readonly firstCheckMs: number;
  /** From one try to the next; the last delay stays. */
  readonly checkDelaysMs: readonly number[];
  /** Tries that were sent and proved nothing, after which a person is called. */
  readonly undecidedMax: number;
  /** How often the worker looks for what is due without being woken. */
  readonly pollMs: number;
}

export const defaultSettings: SettlementSettings = {
  exchangeTimeoutMs: 60_000,
  againWithinMs: 15 * 60_000,
  firstCheckMs: 2_000,
  checkDelaysMs: [5_000, 15_000, 60_000, 300_000, 900_000],
  undecidedMax: 6,
  pollMs: 10_000,
};

/** Exchanges a step may take one after the other: a sign-in, the step itself, what it repeats after a refusal. */
const MONEY_EXCHANGES = 4;
/** A quote opens a visit, uploads its diagnoses, its charges in parts, and asks. */
const QUOTE_EXCHANGES = 16;

/**
 * How long a gateway may work at a step before another may believe it dead. The journal begins no exchange that
 * could outlast it, so this only decides how soon a step that is not finished is taken up again.
 */
export function leaseMsOf(step: 'quote' | 'money', exchangeTimeoutMs: number): number {
  const exchanges = step === 'quote' ? QUOTE_EXCHANGES : MONEY_EXCHANGES;
  return exchanges * (exchangeTimeoutMs + 2_000);
}

/** The delay before try number `tries` + 1, spread by a fifth either way so that many doubts don't come at once. */
export function checkDelayMs(settings: SettlementSettings, tries: number, random: number): number {
  const delays = settings.checkDelaysMs;
  const delay = delays[Math.min(tries, delays.length - 1)] ?? settings.pollMs;
  return Math.round(delay * (0.8 + 0.4 * random));
}
