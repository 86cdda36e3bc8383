import { hash } from 'node:crypto';
import { type Clock, systemClock } from '../../clock.ts';
import { type Business, startVirtualService, type VirtualService } from '../nrcms/desk.ts';
import { child, type Element, escaped, read, soapAnswer, text } from '../nrcms/xml.ts';
import { Book, type LedgerRow } from './book.ts';
import { checkAccount, handlers, Refusal } from './operations.ts';

export { FAMILY, type LedgerRow } from './book.ts';
export { ACCOUNT, WORDS } from './port.ts';

export interface VirtualGuizhou extends VirtualService {
  /** Every settlement ever made, oldest first. */
  ledger(): LedgerRow[];
  /** Makes all tickets invalid, as a service that was started anew does. */
  forgetTickets(): void;
}

/**
 * Starts the sandbox's virtual service of the rural scheme as in Guizhou, on the loopback interface: one SOAP operation,
 * a made-up family, everything in memory. It stands for another organisation and is never part of the real path.
 */
export async function startVirtualGuizhou(options: {
  readonly port: number;
  readonly clock?: Clock;
}): Promise<VirtualGuizhou> {
  const guizhou = new Guizhou(options.clock ?? systemClock);
  const service = await startVirtualService(guizhou, {
    port: options.port,
    path: '/hisinterface/services/HisService',
    contentType: 'text/xml;charset=UTF-8',
  });
  return {
    ...service,
    ledger: () => guizhou.book.ledger(),
    forgetTickets: () => guizhou.forgetTickets(),
  };
}

/** Tickets that hold at once; then everybody logs in anew. */
const TICKETS_MAX = 1_000;

class Guizhou implements Business {
  readonly book = new Book();
  readonly #clock: Clock;
  readonly #tickets = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  forgetTickets(): void {
    this.#tickets.clear();
  }

  operationOf(body: string): string | undefined {
    return text(requestOf(body)?.head, 'operCode') || undefined;
  }

  act(body: string): string {
    try {
      return answerOf('true', '', this.#data(body));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.refusal(error.message);
    }
  }

  refusal(words: string): string {
    return answerOf('false', words, '');
  }

  tampered(answer: string): string {
    return answer.replace(/(&lt;civilCost&gt;)\d+/, '$199999');
  }

  #data(body: string): string {
    const request = requestOf(body);
    if (!request) throw new Refusal('报文格式错误');
    const { head, content, bodyXml } = request;
    if (text(head, 'rsa').toLowerCase() !== hash('md5', bodyXml, 'hex')) throw new Refusal('报文校验失败');
    const operation = text(head, 'operCode');
    if (operation === 'S02') return this.#logIn(content);
    if (!this.#tickets.has(text(head, 'billCode'))) throw new Refusal('票据无效,请重新登录');
    const handler = handlers[operation];
    if (!handler) throw new Refusal('接口编码不存在');
    return xmlOf(handler({ book: this.book, body: content, clock: this.#clock }));
  }

  #logIn(content: Element): string {
    checkAccount(content);
    const billCode = this.book.next('T');
    if (this.#tickets.size >= TICKETS_MAX) this.#tickets.clear();
    this.#tickets.add(billCode);
    return xmlOf({ billCode });
  }
}

function requestOf(body: string): { head: Element; content: Element; bodyXml: string } | undefined {
  const request = child(read(body), 'Envelope', 'Body', 'request');
  const [headXml, bodyXml] = [text(request, 'headXml'), text(request, 'bodyXml')];
  const [head, content] = [read(headXml), read(bodyXml)];
  if (headXml === '' || head === undefined || content === undefined) return undefined;
  return { head: child(head, 'head'), content: child(content, 'body'), bodyXml };
}

function answerOf(state: string, message: string, data: string): string {
  const result = `<result><state>${state}</state><message>${escaped(message)}</message><data>${data}</data></result>`;
  return soapAnswer('request', result);
}

/** Rows under a name become an element each. */
function xmlOf(data: object): string {
  return Object.entries(data)
    .map(([name, value]) => {
      const rows: unknown[] = Array.isArray(value) ? value : [value];
      return rows.map((row) => `<${name}>${innerOf(row)}</${name}>`).join('');
    })
    .join('');
}

function innerOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? xmlOf(value) : escaped(String(value));
}
