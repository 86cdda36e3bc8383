import type { AssistanceConfiguration } from '../../../schemas/payer-configuration.ts';
import type { Ids } from '../../../src/clock.ts';
import type {
  Exchange,
  ExchangeRef,
  KeptAnswer,
  Verdict,
  WireOutcome,
} from '../../../src/settlement/port.ts';
import { Transport } from '../nhsa/transport.ts';
import { cleaned, judgeStatus, UNREADABLE } from '../nrcms/refusals.ts';
import { type Content, childOf, childText, type Element, parseXml, xmlOf } from '../nrcms/xml.ts';

/** An operation of the civil-affairs service, by the name it has in the journal. `strike` is `balance` with a negative total. */
export type Operation =
  | 'checkIdentity'
  | 'queryBalancePre'
  | 'queryPercentage'
  | 'saveInRecord'
  | 'balance'
  | 'strike'
  | 'saveExpenseDetail';

const METHODS: Readonly<Record<Operation, string>> = {
  checkIdentity: 'checkIdentity',
  queryBalancePre: 'queryBalancePre',
  queryPercentage: 'queryPercentage',
  saveInRecord: 'saveInRecord',
  balance: 'balance',
  strike: 'balance',
  saveExpenseDetail: 'saveExpenseDetail',
};

const EFFECTS: Readonly<Record<Operation, 'none' | 'record' | 'money'>> = {
  checkIdentity: 'none',
  queryBalancePre: 'none',
  queryPercentage: 'none',
  saveInRecord: 'record',
  balance: 'money',
  strike: 'money',
  saveExpenseDetail: 'record',
};

export function effectOf(operation: string): 'none' | 'record' | 'money' | undefined {
  return EFFECTS[operation as Operation];
}

/** One operation to be made. */
export interface Call {
  readonly operation: Operation;
  /** The method's arguments, in order: a text, or an object's fields. */
  readonly arguments: readonly (readonly [name: string, content: Content])[];
  /** Return codes that say that what was asked for is so already; they count as accepted. */
  readonly alreadySo?: readonly string[];
}

export type Done = WireOutcome & { readonly at: ExchangeRef };

export const OK = '00000';
/** An exception on their side: what was asked may have run. */
const EXCEPTION = '0000X';

const TIMEOUT_MS = 60_000;
const ANSWER_BYTES_MAX = 1024 * 1024;
/** The namespace that the service's own package gives its methods; no WSDL is public. */
const NAMESPACE = 'http://service.mbalance.drel.cams.inspur.com';
const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

/** The civil-affairs web service (医疗救助一站式结算) as one calls it: SOAP 1.1, one method each. */
export class AssistanceService {
  readonly #transport: Transport;
  readonly #ids: Ids;
  readonly #namespace: string;

  constructor(configuration: AssistanceConfiguration, ids: Ids) {
    this.#transport = new Transport({
      url: configuration.url,
      timeoutMs: configuration.timeoutMs ?? TIMEOUT_MS,
      answerBytesMax: ANSWER_BYTES_MAX,
    });
    this.#ids = ids;
    this.#namespace = configuration.namespace ?? NAMESPACE;
  }

  async call(call: Call, exchange: Exchange): Promise<Done> {
    const { operation } = call;
    const ownId = this.#ids.next();
    const body = this.#request(call);
    const outcome = await exchange({
      transaction: operation,
      ownId,
      effect: EFFECTS[operation],
      body,
      send: (signal) =>
        this.#transport.post(
          { 'content-type': 'text/xml; charset=utf-8', accept: 'text/xml', soapaction: '""' },
          body,
          signal,
        ),
      judge: (answer) => judge(call, answer),
    });
    return { ...outcome, at: { exchangeId: outcome.exchangeId, transaction: operation, ownId } };
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  #request({ operation, arguments: given }: Call): Buffer {
    const parameters = given.map(([name, content]) => xmlOf(name, content)).join('');
    const method = METHODS[operation];
    return Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${ENVELOPE}" xmlns:sam="${this.#namespace}">` +
        `<soapenv:Body><sam:${method}>${parameters}</sam:${method}></soapenv:Body></soapenv:Envelope>`,
    );
  }
}

/**
 * What an answer proves: 00000 is success, any other code with a place in the service's own list a refusal, 0000X and
 * what can't be read nothing. `queryPercentage` returns a bare text. Pure.
 */
export function judge(call: Call, answer: KeptAnswer): Verdict {
  const status = judgeStatus(answer.status);
  if (status) return status;
  const document = parseXml(answer.body.toString('utf8'));
  const content = document?.name === 'Envelope' ? childOf(document.root, 'Body') : undefined;
  if (content === undefined) return UNREADABLE;
  const hidden = personalOf(call);
  const fault = childOf(content, 'Fault');
  if (fault !== undefined)
    return { kind: 'unknown', reason: `SOAP: ${cleaned(childText(fault, 'faultstring'), hidden)}` };
  const returned = returnedBy(content);
  if (call.operation === 'queryPercentage') {
    return typeof returned === 'string' ? { kind: 'accepted', output: returned.trim() } : UNREADABLE;
  }
  const code = childText(returned, 'returnCode');
  const words = cleaned(childText(returned, 'returnCodeDes'), hidden);
  if (code === OK || call.alreadySo?.includes(code)) return { kind: 'accepted', output: returned };
  const reason = words === '' ? code : `${code} ${words}`;
  const refusal = /^0[1-5]00[1-9]$/.test(code);
  return { kind: refusal && code !== EXCEPTION ? 'refused' : 'unknown', reason: reason || '应答没有返回码' };
}

/** What stands in the response element's only child. */
function returnedBy(body: Element): Element | undefined {
  if (typeof body !== 'object' || Array.isArray(body)) return undefined;
  const [response] = Object.values(body);
  if (typeof response !== 'object' || Array.isArray(response)) return undefined;
  return Object.values(response)[0];
}

const PERSONAL: ReadonlySet<string> = new Set(['idCard', 'insuranceNo', 'name']);

function personalOf({ arguments: given }: Call): string[] {
  return given.flatMap(([name, content]) => {
    if (typeof content === 'string') return PERSONAL.has(name) ? [content] : [];
    return Object.entries(content).flatMap(([field, value]) =>
      PERSONAL.has(field) && typeof value === 'string' ? [value] : [],
    );
  });
}
