import { childOf, type Element, escapeXml, parseXml } from './xml.ts';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

/** How a web service spells its one kind of call. */
export interface SoapCall {
  readonly namespace: string;
  readonly operation: string;
  /** Names and texts of the arguments, in order. */
  readonly arguments: readonly (readonly [name: string, text: string])[];
}

/** A SOAP 1.1 request; every argument is a text, also where that text is XML or JSON itself. */
export function soapRequest(call: SoapCall): Buffer {
  const parameters = call.arguments.map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`).join('');
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${ENVELOPE}" xmlns:his="` +
      `${escapeXml(call.namespace)}"><soapenv:Body><his:${call.operation}>${parameters}</his:${call.operation}>` +
      '</soapenv:Body></soapenv:Envelope>',
  );
}

/** The text that the service returned, its fault, or nothing where the answer is no SOAP answer. */
export type SoapAnswer = { readonly text: string } | { readonly fault: string };

export function soapAnswer(body: Buffer): SoapAnswer | undefined {
  const document = parseXml(body.toString('utf8'));
  if (document?.name !== 'Envelope') return undefined;
  const content = childOf(document.root, 'Body');
  const fault = childOf(content, 'Fault');
  if (fault !== undefined) {
    const words = childOf(fault, 'faultstring');
    return { fault: typeof words === 'string' ? words : '' };
  }
  const text = onlyText(content, 2);
  return text === undefined ? undefined : { text };
}

/** The one text inside, `levels` elements down: response element, return element. */
function onlyText(element: Element | undefined, levels: number): string | undefined {
  if (levels === 0) return typeof element === 'string' ? element : undefined;
  if (typeof element !== 'object' || Array.isArray(element)) return undefined;
  const [only, ...others] = Object.values(element);
  return others.length === 0 ? onlyText(only, levels - 1) : undefined;
}
