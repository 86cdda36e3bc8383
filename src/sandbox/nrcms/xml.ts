import { XMLParser } from 'fast-xml-parser';

/** An element as the virtual services read it: text, or children by name. */
export type Element = string | { readonly [name: string]: Element | readonly Element[] };

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  removeNSPrefix: true,
  maxNestedTags: 16,
});

/** Nothing where it is no XML. */
export function read(text: string): Element | undefined {
  try {
    return parser.parse(text, true) as Element;
  } catch {
    return undefined;
  }
}

export function child(
  element: Element | readonly Element[] | undefined,
  ...path: readonly string[]
): Element {
  let inner: Element | readonly Element[] | undefined = element;
  for (const name of path) {
    if (typeof inner !== 'object' || Array.isArray(inner)) return '';
    inner = (inner as Readonly<Record<string, Element | readonly Element[]>>)[name];
  }
  return (Array.isArray(inner) ? inner[0] : inner) ?? '';
}

export function text(element: Element | readonly Element[] | undefined, ...path: readonly string[]): string {
  const inner = child(element, ...path);
  return typeof inner === 'string' ? inner : '';
}

/** The elements of a name inside, none, one or several. */
export function children(element: Element, name: string): Element[] {
  if (typeof element === 'string') return [];
  const inner = element[name];
  return inner === undefined ? [] : ([inner].flat() as Element[]);
}

export function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The answer of a SOAP method whose result is a text. */
export function soapAnswer(method: string, result: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">' +
    `<soap:Body><ns1:${method}Response xmlns:ns1="urn:sandbox"><return>${escaped(result)}</return>` +
    `</ns1:${method}Response></soap:Body></soap:Envelope>`
  );
}
