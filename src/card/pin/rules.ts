import { Fault } from '../../errors.ts';
import { swText } from '../apdu.ts';
import type { PinCommand } from '../port.ts';

const DIGITS_MIN = 4;
const DIGITS_MAX = 12;
const DONE = 0x9000;
/** 63Cx: x tries are left (ISO/IEC 7816-4). */
const TRIES_LEFT = 0x63c0;
/** Wrong, and the card does not say how often it may still be tried. */
const WRONG = 0x6300;
const WRONG_LENGTH = 0x6700;
/** Tried too often, and the key of the PIN no longer usable (LD/T 33 errors −27011, −27012). */
const LOCKED: ReadonlySet<number> = new Set([0x6983, 0x6984]);

/** What the holder's keys are put into (LD/T 32.5). */
export const pinCommands = {
  verify: {
    kind: 'verify',
    header: Buffer.from('00200000', 'hex'),
    digitsMin: DIGITS_MIN,
    digitsMax: DIGITS_MAX,
  },
  change: {
    kind: 'change',
    header: Buffer.from('805E0100', 'hex'),
    digitsMin: DIGITS_MIN,
    digitsMax: DIGITS_MAX,
  },
} as const satisfies Record<string, PinCommand>;

/** VERIFY without data: it is asked how many tries are left, and none is taken (ISO/IEC 7816-4, VERIFY). */
export const TRIES_QUERY = Buffer.from('00200000', 'hex');

/**
 * How many tries are left, by the answer to `TRIES_QUERY`; nothing where the card does not tell. Fault `pin.locked`,
 * so that nobody types in vain.
 */
export function triesLeftOf(sw: number): number | undefined {
  if (LOCKED.has(sw) || sw === TRIES_LEFT) throw new Fault('pin.locked', { facts: { sw: swText(sw) } });
  return tries(sw);
}

/** Faults `pin.wrong`, `pin.locked`, `pin.length`, `card.refused`, where the card did not take what was typed. */
export function requireTaken(sw: number): void {
  if (sw === DONE) return;
  const facts = { sw: swText(sw) };
  const left = tries(sw);
  if (LOCKED.has(sw) || left === 0) throw new Fault('pin.locked', { facts });
  if (left !== undefined) throw new Fault('pin.wrong', { facts: { ...facts, triesLeft: left } });
  if (sw === WRONG) throw new Fault('pin.wrong', { facts });
  if (sw === WRONG_LENGTH) throw new Fault('pin.length', { facts });
  throw new Fault('card.refused', { facts });
}

function tries(sw: number): number | undefined {
  return (sw & 0xfff0) === TRIES_LEFT ? sw & 0x0f : undefined;
}
