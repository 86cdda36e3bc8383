/** What stands where something is not shown. */
export const HIDDEN = '••••';

/** Half of a pair whose other half is a secret, and what a secret could be tried against. */
const HIDDEN_KEYS: ReadonlySet<string> = new Set(['keyHash', 'accessKey']);

/** Fields that an insurer's bureau names as it likes; nobody knows what is in them. */
const HIDDEN_VALUES: ReadonlySet<string> = new Set(['extraFields', 'orderFields', 'payFields']);

/** A configuration as an operator may see it. */
export type Shown = { readonly [key: string]: Shown } | readonly Shown[] | string | number | boolean | null;

/**
 * The configuration in force, as a person may see it. It holds no secret, only where each is found (`file`, `env`), and
 * that is shown; what could help to guess one, or was put where a secret may be, is not: hashes of keys, names and
 * passwords in addresses and what follows their question mark, and fields whose meaning is not ours.
 */
export function shownConfiguration(value: unknown, key = ''): Shown {
  if (HIDDEN_KEYS.has(key)) return HIDDEN;
  if (typeof value === 'string') return shownText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((each) => shownConfiguration(each));
  if (typeof value !== 'object' || value === null) return null;
  const hides = HIDDEN_VALUES.has(key);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([name, each]) => [name, hides ? HIDDEN : shownConfiguration(each, name)]),
  );
}

const ADDRESS = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/@?#]*@)?([^?#]*)(?:[?#].*)?$/i;

function shownText(text: string): string {
  const address = ADDRESS.exec(text);
  return address ? `${address[1]}${address[2]}` : text;
}
