import { maskName, maskText } from '../access/masking.ts';

/** Longer bodies are shown up to here. */
const CHARACTERS_MAX = 64 * 1024;

/** Values of fields whose names end so are names of persons, and numbers that are somebody's. */
const NAMES = /(?:^|_|[a-z])(?:psn_?name|user_?name|patn_?name|coner_?name|agnter_?name|xm|name)$/i;
const NUMBERS =
  /(?:certno|cert_no|psn_?no|card_?sn|card_?no|cardid|medical_?no|tel|phone|addr|id_?no|sfzh|ickh|ec_?token|token|business_?info|brdy|birthday|mdtrt_cert_no)$/i;
/** Names that are nobody's: of institutions, departments, drugs. */
const THINGS =
  /(?:medins|dept|dise|diag|item|fund|hilist|list|fil[em]|prod|hosp|org|office|drug|opter|dr|dor|dcla)_?name$/i;

/**
 * The body of an exchange as a person may see it: what names somebody is masked, by the names of the fields where it
 * is JSON, and everywhere in the text. In a body that is no JSON every word in Chinese is masked, since nothing tells
 * which of them is a name.
 */
export function maskedBody(body: Uint8Array, known: readonly string[]): string {
  const text = Buffer.from(body).toString('utf8').slice(0, CHARACTERS_MAX);
  const json = body.length <= CHARACTERS_MAX ? parsed(text) : undefined;
  const masked = json === undefined ? maskWords(text) : JSON.stringify(maskValue('', json));
  return maskText(known.reduce((hidden, value) => hideValue(hidden, value), masked));
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

function maskValue(field: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => maskValue(field, item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskValue(key, inner)]));
  }
  if (typeof value === 'string') {
    // The input or output of some provinces is JSON within a text.
    const inner = /^\s*[{[]/.test(value) ? parsed(value) : undefined;
    if (inner !== undefined) return JSON.stringify(maskValue('', inner));
  }
  if (value === '' || value === null) return value;
  if (NUMBERS.test(field)) return '*'.repeat(6);
  return typeof value === 'string' && NAMES.test(field) && !THINGS.test(field) ? maskName(value) : value;
}

function maskWords(text: string): string {
  return text.replace(/\p{Script=Han}{2,}/gu, (word) => maskName(word));
}

function hideValue(text: string, value: string): string {
  if (value.length < 2) return text;
  return text.replaceAll(value, /\p{Script=Han}/u.test(value) ? maskName(value) : '*'.repeat(6));
}
