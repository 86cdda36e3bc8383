import { XMLParser } from 'fast-xml-parser';
import iconv from 'iconv-lite';
import { maskText } from '../../../src/access/masking.ts';
import { Fault } from '../../../src/errors.ts';

/** The elements of an answer that hold text. */
export type Fields = ReadonlyMap<string, string>;

/** Two results and a sentence are a few hundred bytes. */
export const ANSWER_BYTES_MAX = 16_384;

const TEXT_LENGTH_MAX = 80;

/** Takes text as it stands: entities are not expanded, numbers stay digits. */
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  processEntities: false,
  maxNestedTags: 8,
});

/**
 * Reads an answer in UTF-8 or GBK, whichever its content type or its XML declaration names: one element, whatever it is
 * called, with the fields inside. Fault `encryption.refused` for anything else.
 */
export function fieldsOf(bytes: Buffer, contentType: string): Fields {
  const text = iconv.decode(bytes, encodingOf(bytes, contentType)).trim();
  // Nothing an honest service would send: a document type is where entities and foreign files come from.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw nonsense();
  const roots = Object.values(parsed(text));
  const [root] = roots;
  if (roots.length !== 1 || typeof root !== 'object' || root === null || Array.isArray(root))
    throw nonsense();
  const fields = Object.entries(root as Record<string, unknown>);
  if (fields.some(([name, value]) => isResult(name) && typeof value !== 'string')) throw nonsense();
  return new Map(fields.filter((field): field is [string, string] => typeof field[1] === 'string'));
}

/** A result that stands twice, or has more inside, proves nothing. */
function isResult(name: string): boolean {
  return name.startsWith('RESULT') || name === 'RETCODE';
}

function parsed(text: string): Record<string, unknown> {
  try {
    return parser.parse(text, true) as Record<string, unknown>;
  } catch (cause) {
    // The parser's message quotes the answer; it goes no further than here.
    throw nonsense(cause);
  }
}

function nonsense(cause?: unknown): Fault {
  return new Fault('encryption.refused', { detail: 'the answer is no XML of this service' }, cause);
}

/** The content type comes first (RFC 7303, 3.2); GB2312 and GBK are read as GB18030, which holds both. */
function encodingOf(bytes: Buffer, contentType: string): 'utf8' | 'gb18030' {
  const declaration = bytes.subarray(0, 100).toString('latin1');
  const named =
    /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1] ??
    /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w-]+)/.exec(declaration)?.[1];
  return named !== undefined && /^gb/i.test(named) ? 'gb18030' : 'utf8';
}

/** Why there is no result, in the service's own words as far as they name no card. */
export function refusalOf(fields: Fields): Fault {
  const words = [fields.get('RETCODE'), fields.get('RETTEXT')]
    .filter((each) => each !== undefined && each !== '')
    .map((each) => masked(each!).slice(0, TEXT_LENGTH_MAX));
  return new Fault('encryption.refused', { detail: words.length === 0 ? 'no result' : words.join(' ') });
}

function masked(text: string): string {
  return maskText(text.replace(/\p{Cc}+/gu, ' ').replace(/[0-9A-F]{16,}/gi, '*'));
}
