import { isObject } from './resource.ts';

/** The elements and attributes that FHIR lets a narrative have (R4 narrative, txt-1). */
const ELEMENTS = new Set(
  (
    'a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i ' +
    'img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var'
  ).split(' '),
);
const ATTRIBUTES = new Set(
  'abbr align alt axis border cellpadding cellspacing class colspan height href id lang name nowrap rowspan rules scope span src style summary title valign width xml:lang xmlns'.split(
    ' ',
  ),
);

/** Addresses that a narrative may name: within the document or the resource itself, never the net. */
const ADDRESS = /^(#|data:image\/(png|jpeg|gif);base64,)/;

/** One tag, its attributes quoted; anything else with an angle bracket is not XHTML. */
const TAG = /<(\/?)([A-Za-z][A-Za-z0-9]*)((?:\s+[A-Za-z:_-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/g;
const ATTRIBUTE = /([A-Za-z:_-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

/** The path to the first narrative that holds what FHIR does not allow; undefined where all may stay as they are. */
export function badNarrative(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const bad = badNarrative(value[index]);
      if (bad !== undefined) return `/${index}${bad}`;
    }
    return undefined;
  }
  if (!isObject(value)) return undefined;
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (name === 'div' && (typeof member !== 'string' || !isAllowed(member))) return '/div';
    const bad = badNarrative(member);
    if (bad !== undefined) return `/${name}${bad}`;
  }
  return undefined;
}

export function isAllowed(div: string): boolean {
  const rest = div.replaceAll(TAG, (tag, _closing, name: string, attributes: string) =>
    ELEMENTS.has(name) && areAllowed(attributes) ? '' : tag,
  );
  return !rest.includes('<') && /^\s*<div[\s>]/.test(div);
}

function areAllowed(attributes: string): boolean {
  for (const [, name = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    if (!ATTRIBUTES.has(name)) return false;
    const value = (double ?? single ?? '').trim();
    if ((name === 'href' || name === 'src') && !ADDRESS.test(value)) return false;
    if (name === 'style' && /url|expression|@|\\/i.test(value)) return false;
  }
  return true;
}
