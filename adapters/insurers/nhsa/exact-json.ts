/** A number of JSON, RFC 8259. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const NINE = 0x39;
const ZERO = 0x30;
const SPACE = 0x20;
/** Set in a letter's code, it makes the letter small. */
const SMALL = 0x20;
const SMALL_E = 0x65;

/**
 * Reads JSON with every number as the text it was written as, so that no amount passes through a float. `undefined`
 * when it isn't JSON, or when an object has a key twice: which of the two amounts counts, nobody can tell.
 */
export function parseExactly(text: string): unknown {
  const quoted = quoteNumbers(text);
  if (!quoted) return undefined;
  try {
    const value: unknown = JSON.parse(quoted.text);
    return countKeys(value) === quoted.keys ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Puts quotes around every number, and counts the keys; `undefined` where a string doesn't end or a number isn't one. */
function quoteNumbers(text: string): { text: string; keys: number } | undefined {
  let quoted = '';
  let copied = 0;
  let keys = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (at === 0) return undefined;
      if (nextIsColon(text, at)) keys += 1;
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      const end = endOfNumber(text, at);
      const number = text.slice(at, end);
      if (!NUMBER.test(number)) return undefined;
      quoted += `${text.slice(copied, at)}"${number}"`;
      copied = end;
      at = end;
    } else {
      at += 1;
    }
  }
  return { text: copied === 0 ? text : quoted + text.slice(copied), keys };
}

/** The place after the string that begins at `start`; 0 where it doesn't end. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return 0;
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    const inNumber =
      (code >= ZERO && code <= NINE) ||
      code === POINT ||
      code === PLUS ||
      code === MINUS ||
      (code | SMALL) === SMALL_E;
    if (!inNumber) break;
  }
  return end;
}

function nextIsColon(text: string, start: number): boolean {
  let at = start;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return text.charCodeAt(at) === COLON;
}

/** The keys of all objects in it; without recursion, which a hostile answer could exhaust. */
function countKeys(value: unknown): number {
  const waiting: unknown[] = [value];
  let keys = 0;
  for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const isArray = Array.isArray(next);
    for (const inner of Object.values(next)) {
      if (!isArray) keys += 1;
      if (typeof inner === 'object' && inner !== null) waiting.push(inner);
    }
  }
  return keys;
}
