/** A name as others may see it: the family name and a mark for each further character. 张三 → 张*. */
export function maskName(name: string): string {
  const characters = [...name];
  return characters.length === 0 ? '' : characters[0] + '*'.repeat(Math.max(1, characters.length - 1));
}

/** A number as others may see it: the first three and the last two characters, as far as that hides at least half. */
export function maskNumber(number: string): string {
  if (number.length < 10) return '*'.repeat(number.length);
  return `${number.slice(0, 3)}${'*'.repeat(number.length - 5)}${number.slice(-2)}`;
}

/** Long runs of digits (and a closing X) anywhere in a text: identity, card, telephone and person numbers. */
const NUMBERS = /\d{7,}[\dXx]?/g;

/** A text from outside, such as an insurer's error message, with every long number masked. */
export function maskText(text: string): string {
  return text.replace(NUMBERS, (number) => maskNumber(number));
}

const PLACES_MAX = 5;

interface MaskedError {
  readonly type: string;
  /** The code of the system, a library or the database: ENOSPC, UND_ERR_SOCKET, 40001, ERR_SQLITE_ERROR 13. */
  readonly code?: string;
  readonly at?: string;
}

/** What may be logged of a failure: its kind and place, never its message, which may quote data over several lines. */
export function maskError(error: unknown): MaskedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  const codes = [code, errcode].filter((each) => /^[A-Za-z0-9_.-]{1,40}$/.test(String(each ?? '')));
  const places = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  return {
    type: error.name,
    ...(codes.length === 0 ? {} : { code: codes.join(' ') }),
    at: places.slice(0, PLACES_MAX).join('\n'),
  };
}
