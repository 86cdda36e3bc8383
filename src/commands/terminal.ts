/** What the commands have in common. */
import { ConfigurationError } from '../config.ts';

/** A whole number given on the command line; what isn't one is told with the usage. */
export function numberOf(text: string, min: number, max: number, usage: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new ConfigurationError(`应为 ${min}–${max} / expected ${min}–${max}: ${text}\n\n${usage}`);
}

/** Resolves when somebody ends the program: Ctrl-C, or whoever supervises it. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
