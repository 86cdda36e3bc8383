const DAY_MS = 86_400_000;
/** China is eight hours ahead of UTC. */
const AHEAD_MS = 8 * 3_600_000;

/** What is counted beside the codes of faults. */
export const READING = 'made';
export const OUTAGE = 'outage';

/** The beginning of a day of China, epoch ms. */
export function dayOf(at: number): number {
  return Math.floor((at + AHEAD_MS) / DAY_MS) * DAY_MS - AHEAD_MS;
}

/** Nobody laid a card down, somebody else was there first, or the question made no sense: the reader has not failed. */
const NO_FAILURE: ReadonlySet<string> = new Set([
  'card.none',
  'reader.busy',
  'reader.leased',
  'reader.queue-full',
  'reader.not-found',
  'reader.unsupported',
  // A reader that is away fails nobody a second time: its loss was counted, and pages ask again every few seconds.
  'reader.absent',
  'gateway.stopping',
]);

export function isFailure(code: string): boolean {
  return (code.startsWith('reader.') || code.startsWith('card.')) && !NO_FAILURE.has(code);
}
