/** What stands for a character that a system could not write: marks, and the private-use codes of old GBK fonts. */
const UNWRITABLE = /[\ufffd?□■〓\ue000-\uf8ff]/gu;

/** Names on chips are cut at thirty bytes, which may fall into the middle of a fifteenth character. */
const CUT_LENGTH_MIN = 14;

/**
 * The characters of a name that count: full-width forms, capitals, blanks and the many dots of 少数民族 names make no
 * difference.
 */
function plain(name: string): string {
  return name
    .replace(UNWRITABLE, '?')
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}?]/gu, '');
}

/** Whether two names are written alike but for what makes no difference. */
export function isSameSpelling(one: string, other: string): boolean {
  const [a, b] = [plain(one), plain(other)];
  return a === b && !a.includes('?');
}

/**
 * Whether two names can be one person's: alike, or alike where both could be written, or the one is the other cut short
 * by a chip.
 */
export function isSameName(one: string, other: string): boolean {
  const [a, b] = [[...plain(one)], [...plain(other)]];
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length === 0 || (short.length < long.length && short.length < CUT_LENGTH_MIN)) return false;
  return short.every((character, at) => character === long[at] || [character, long[at]].includes('?'));
}
