import type { Say } from '../words/words.tsx';

/** A time of the gateway's, as people write it, by the clock of China that the gateway tells it in. */
export function timeOf(timestamp: string | undefined): string {
  return timestamp === undefined ? '—' : timestamp.slice(0, 19).replace('T', ' ');
}

const UNITS = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
] as const;

/** How long ago it was, in its largest unit. */
export function ageOf(
  timestamp: string,
  now: number,
  say: Say<'age.days' | 'age.hours' | 'age.minutes' | 'age.seconds'>,
): string {
  const ms = Math.max(0, now - Date.parse(timestamp));
  const [unit, size] = UNITS.find(([, size]) => ms >= size) ?? UNITS[3];
  return say(`age.${unit}`, { n: Math.floor(ms / size) });
}
