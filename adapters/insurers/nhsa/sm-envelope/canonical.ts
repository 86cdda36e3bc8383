import { isLosslessNumber } from 'lossless-json';

/** How a service writes what it signs and encrypts. */
export interface Writing {
  /** Whether numbers and booleans stay what they are, or become text. */
  readonly scalars: 'native' | 'text';
  /** Whether Chinese stands as it is, or as \u escapes; in what is encrypted only. */
  readonly chinese: 'plain' | 'escaped';
}

/** What is never signed: the signature, the ciphertext, and whatever else a caller adds. */
const NEVER_SIGNED: ReadonlySet<string> = new Set(['signData', 'encData', 'extra']);

/**
 * The string that a message is signed over: its fields but signData, encData, extra and empty ones, sorted, written
 * k=v and joined by &, and at the end the secret as `key`. Objects are compact JSON, see `canonicalJson`.
 *
 * @param unsigned further fields that the signer leaves out.
 */
export function stringToSign(
  message: Readonly<Record<string, unknown>>,
  appSecret: string,
  scalars: Writing['scalars'],
  unsigned: readonly string[] = [],
): string {
  const fields = Object.keys(message)
    .filter((name) => !NEVER_SIGNED.has(name) && !unsigned.includes(name))
    .sort()
    .flatMap((name) => {
      const text = fieldText(message[name], scalars);
      return text === undefined ? [] : [`${name}=${text}`];
    });
  return [...fields, `key=${appSecret}`].join('&');
}

function fieldText(value: unknown, scalars: Writing['scalars']): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return canonicalJson(value, scalars);
}

/**
 * A value as compact JSON: keys sorted at every depth, lists in their order, without what is null, "", {} or [], Chinese
 * as it is, a number as its source text. `undefined` where nothing is left. Written by hand, since an object of
 * JavaScript would put keys that look like numbers first.
 */
export function canonicalJson(value: unknown, scalars: Writing['scalars']): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (isLosslessNumber(value)) return scalar(value.value, scalars);
  if (Array.isArray(value)) {
    const items = value.flatMap((item) => canonicalJson(item, scalars) ?? []);
    return items.length === 0 ? undefined : `[${items.join(',')}]`;
  }
  if (typeof value === 'object') {
    const fields = value as Record<string, unknown>;
    const entries = Object.keys(fields)
      .sort()
      .flatMap((name) => {
        const text = canonicalJson(fields[name], scalars);
        return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`];
      });
    return entries.length === 0 ? undefined : `{${entries.join(',')}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : scalar(String(value), scalars);
}

function scalar(text: string, scalars: Writing['scalars']): string {
  return scalars === 'text' ? JSON.stringify(text) : text;
}

/** JSON text with everything outside ASCII as \u escapes. */
export function escaped(json: string): string {
  return json.replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
