import { XMLParser } from 'fast-xml-parser';

/** An element: its text, its children by name, or a list where it stands several times. */
export type Element = string | readonly Element[] | { readonly [name: string]: Element };

/** An element to be written; what is undefined is left out. */
export type Content = string | readonly Content[] | { readonly [name: string]: Content | undefined };

const DEPTH_MAX = 16;
/** Tags and entities of one document: a million bytes of nothing else would hold up the desks for seconds. */
const MARKS_MAX = 200_000;
const CDATA = '#cdata';

/** Takes text as it stands: entities are not expanded by the parser, numbers stay digits. */
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  processEntities: false,
  removeNSPrefix: true,
  cdataPropName: CDATA,
  maxNestedTags: DEPTH_MAX,
});

/**
 * Reads a document from outside: its only root by name. `undefined` for anything that is not well-formed, is nested
 * deeper than 16, has several roots or more than 200,000 marks, or carries a document type, which is where entities and
 * foreign files come from.
 */
export function parseXml(text: string): { readonly name: string; readonly root: Element } | undefined {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (!trimmed.startsWith('<') || /<!(DOCTYPE|ENTITY)/i.test(trimmed) || marksIn(trimmed) > MARKS_MAX) {
    return undefined;
  }
  const roots = Object.entries(parsed(trimmed) ?? {});
  const [only] = roots;
  return only && roots.length === 1 ? { name: only[0], root: elementOf(only[1]) } : undefined;
}

function marksIn(text: string): number {
  let marks = 0;
  for (const mark of ['<', '&']) {
    for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) marks += 1;
  }
  return marks;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return parser.parse(text, true) as Record<string, unknown>;
  } catch {
    // The parser's message quotes the answer; it goes no further than here.
    return undefined;
  }
}

function elementOf(value: unknown): Element {
  if (Array.isArray(value)) return value.map(elementOf);
  if (typeof value !== 'object' || value === null) return unescapeXml(String(value ?? ''));
  const children = Object.entries(value);
  // A text in CDATA stands as it is.
  if (children.length === 1 && children[0]![0] === CDATA) return [children[0]![1]].flat().join('');
  return Object.fromEntries(children.map(([name, child]) => [name, elementOf(child)]));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi,
    (whole, name, dec, hex) => {
      if (name) return ENTITIES[String(name).toLowerCase()] ?? whole;
      const code = dec ? Number(dec) : Number.parseInt(hex, 16);
      return code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff) ? String.fromCodePoint(code) : whole;
    },
  );
}

/** What XML 1.0 can't hold becomes a space: a name that a card spelled with a control character is still a name. */
const NO_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(NO_CHARACTER, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Writes an element; one whose content is a list stands once for each of its items. */
export function xmlOf(name: string, content: Content): string {
  if (typeof content === 'string') return `<${name}>${escapeXml(content)}</${name}>`;
  if (isList(content)) return content.map((item) => xmlOf(name, item)).join('');
  const children = Object.entries(content).map(([child, inner]) =>
    inner === undefined ? '' : xmlOf(child, inner),
  );
  return `<${name}>${children.join('')}</${name}>`;
}

function isList(content: Content): content is readonly Content[] {
  return Array.isArray(content);
}

/** A child's text, trimmed; empty where it is absent, nested or stands several times. */
export function childText(element: Element | undefined, name: string): string {
  const child = childOf(element, name);
  return typeof child === 'string' ? child.trim() : '';
}

export function childOf(element: Element | undefined, name: string): Element | undefined {
  if (typeof element !== 'object' || Array.isArray(element)) return undefined;
  return Object.hasOwn(element, name) ? (element as Record<string, Element>)[name] : undefined;
}

/** The items of a list element, whether it holds none, one or several; lists hold nothing but items of one name. */
export function itemsOf(element: Element | undefined): readonly Element[] {
  if (typeof element !== 'object') return [];
  if (Array.isArray(element)) return element.flatMap(itemsOf);
  return Object.values(element)
    .flat()
    .filter((item) => typeof item === 'object' && !Array.isArray(item));
}
