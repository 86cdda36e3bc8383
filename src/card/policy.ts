import type { CardsConfiguration } from '../../schemas/configuration.ts';
import type { Reading, ReadingNote } from '../../schemas/reading.ts';
import { Fault } from '../errors.ts';
import { isDay } from './digits.ts';

/** What becomes of cards that should not be used any more: the county decides. */
export type CardRules = Pick<CardsConfiguration, 'expired' | 'blocked' | 'revoked' | 'typed'>;

/** As the default configuration has it. */
export const DEFAULT_RULES: CardRules = {
  expired: 'note',
  blocked: 'refuse',
  revoked: 'refuse',
  typed: 'accept',
};

/** The notes a rule stands for, the gravest first: of several, this one is told. */
const RULED = ['revoked', 'blocked', 'expired'] as const;

/** Fault `card.revoked`, `card.blocked` or `card.expired` where a note stands that the rules refuse. */
export function admit(notes: readonly ReadingNote[], rules: CardRules): void {
  const refused = RULED.find((note) => notes.includes(note) && rules[note] === 'refuse');
  if (refused) throw new Fault(`card.${refused}`);
}

/** The numbers under which a card that was read or typed can stand on the list of those reported lost. */
export function cardNumbers({
  card,
  healthCard,
  identity,
}: Pick<Reading, 'card' | 'healthCard' | 'identity'>): readonly string[] {
  return [card?.cardId, card?.cardNumber, healthCard?.cardNumber, identity?.cardNumber].filter(
    (number) => number !== undefined,
  );
}

/**
 * Whether a document is out of its time. Days are yyyymmdd, both included; a year alone means all of it, and anything
 * else no limit.
 */
export function validity(validTo: string, today: string, validFrom = ''): ReadingNote[] {
  const last = limit(validTo, '1231');
  const first = limit(validFrom, '0101');
  if (last !== '' && last < today) return ['expired'];
  return first > today ? ['not-yet-valid'] : [];
}

function limit(digits: string, dayOfYear: string): string {
  if (isDay(digits)) return digits;
  return /^\d{4}$/.test(digits) ? digits + dayOfYear : '';
}
