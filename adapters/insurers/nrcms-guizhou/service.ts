import { hash } from 'node:crypto';
import type { NrcmsGuizhouConfiguration } from '../../../schemas/insurer-configuration.ts';
import type { Clock, Ids } from '../../../src/clock.ts';
import type {
  Exchange,
  ExchangeRef,
  KeptAnswer,
  Verdict,
  WireOutcome,
} from '../../../src/settlement/port.ts';
import { Transport } from '../nhsa/transport.ts';
import { SYSTEM_ERRORS } from '../nhsa/verdict.ts';
import { cleaned, judgeRefusal, judgeStatus, UNREADABLE, type Words } from '../nrcms/refusals.ts';
import { soapAnswer, soapRequest } from '../nrcms/soap.ts';
import { type Content, childOf, childText, type Element, parseXml, xmlOf } from '../nrcms/xml.ts';
import { Sessions, type SignedIn } from '../session.ts';
import { effectOf, SOAP } from './profile.ts';

export interface ServiceParts {
  readonly clock: Clock;
  readonly ids: Ids;
  /** The password in the clear, already read. */
  readonly password: string;
}

/** One operation to be made. */
export interface Call {
  readonly operation: string;
  readonly body: { readonly [name: string]: Content | undefined };
  /** Looks at accepted data: a reason why they can't be relied on, which makes the outcome unknown. */
  readonly check?: (data: Element) => string | undefined;
}

export type Done = WireOutcome & { readonly at: ExchangeRef };

const TIMEOUT_MS = 60_000;
/** Dictionaries are the longest answers; reading more than this would hold up the desks. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/** No public list of texts exists; these are parts of what such services say. */
const TICKET_EXPIRED = ['票据', 'billCode', '重新登录', '未登录', '登录超时'];
const HAPPENED = ['已结算', '重复结算', '已冲红', '已补偿'];

/** Operations whose refusal "it is so already" may be the echo of this very request. */
const isMoney = (operation: string) => effectOf(operation) === 'money';

/** The SOAP service as one calls it: logs in, signs the body, and reads the answer. */
export class Service {
  readonly #configuration: NrcmsGuizhouConfiguration;
  readonly #parts: ServiceParts;
  readonly #transport: Transport;
  readonly #sessions: Sessions<Done>;
  readonly #soap: typeof SOAP;
  readonly #expired: readonly string[];
  /** What refusals tell of operations that move money, and of the others. */
  readonly #words: Words;
  readonly #wordsOfRecords: Words;

  constructor(configuration: NrcmsGuizhouConfiguration, parts: ServiceParts) {
    this.#configuration = configuration;
    this.#parts = parts;
    this.#transport = new Transport({
      url: configuration.url,
      timeoutMs: configuration.timeoutMs ?? TIMEOUT_MS,
      answerBytesMax: ANSWER_BYTES_MAX,
    });
    this.#sessions = new Sessions(parts.clock);
    this.#soap = { ...SOAP, ...configuration.soap };
    const { systemErrors = [], turnedAway = [], rolledBack = [] } = configuration;
    this.#expired = [...TICKET_EXPIRED, ...turnedAway];
    this.#wordsOfRecords = {
      failing: [...SYSTEM_ERRORS, ...systemErrors],
      turnedAway: this.#expired,
      happened: [],
    };
    // What has been taken back can't be settled, but quoted anew.
    this.#words = {
      ...this.#wordsOfRecords,
      turnedAway: [...this.#expired, ...rolledBack],
      happened: HAPPENED,
    };
  }

  /** Makes one operation. Where the ticket is no longer valid, one that moves no money is made once more with a new one. */
  async call(call: Call, exchange: Exchange): Promise<Done> {
    const holder = { no: this.#configuration.userName };
    for (let again = isMoney(call.operation) ? 0 : 1; ; again--) {
      const session = await this.#sessions.of(holder, () => this.#logIn(exchange));
      if ('failed' in session) return session.failed;
      const done = await this.#send(call, session.signNo, exchange);
      if (done.kind !== 'not-run' || !this.#saysTurnedAway(done.reason)) return done;
      this.#sessions.drop(holder, session.signNo);
      if (again === 0) return done;
    }
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  /** S02: the password goes as its MD5, 32 upper-case digits; the answer's billCode is the ticket of what follows. */
  async #logIn(exchange: Exchange): Promise<SignedIn<Done>> {
    const passWord = hash('md5', this.#parts.password, 'hex').toUpperCase();
    const done = await this.#send(
      {
        operation: 'S02',
        body: { userName: this.#configuration.userName, passWord },
        check: (data) =>
          childText(data, 'billCode') === ''
            ? '登录应答中没有 billCode / the answer has no billCode'
            : undefined,
      },
      undefined,
      exchange,
    );
    return done.kind === 'accepted'
      ? { signNo: childText(done.output as Element, 'billCode') }
      : { failed: done };
  }

  async #send(call: Call, billCode: string | undefined, exchange: Exchange): Promise<Done> {
    const { operation } = call;
    const ownId = this.#parts.ids.next();
    const body = this.#request(call, billCode);
    const outcome = await exchange({
      transaction: operation,
      ownId,
      effect: effectOf(operation) ?? 'none',
      body,
      send: (signal) =>
        this.#transport.post(
          { 'content-type': 'text/xml; charset=utf-8', accept: 'text/xml', soapaction: '""' },
          body,
          signal,
        ),
      judge: (answer) => this.judge(call, answer),
    });
    return { ...outcome, at: { exchangeId: outcome.exchangeId, transaction: operation, ownId } };
  }

  #request(call: Call, billCode: string | undefined): Buffer {
    const bodyXml = xmlOf('body', call.body);
    const digest = hash('md5', bodyXml, 'hex');
    const rsa = this.#configuration.digestCase === 'upper' ? digest.toUpperCase() : digest;
    const headXml = xmlOf('head', { operCode: call.operation, billCode, rsa });
    const { namespace, operation, headElement, bodyElement } = this.#soap;
    const texts = [
      [headElement, headXml],
      [bodyElement, bodyXml],
    ] as const;
    return soapRequest({ namespace, operation, arguments: texts });
  }

  /** What an answer to a call proves: only `state` true is success, only `state` false with words a refusal. Pure. */
  judge(call: Call, answer: KeptAnswer): Verdict {
    const status = judgeStatus(answer.status);
    if (status) return status;
    const soap = soapAnswer(answer.body);
    if (!soap) return UNREADABLE;
    if ('fault' in soap) {
      return { kind: 'unknown', reason: `SOAP: ${cleaned(soap.fault, personalOf(call.body))}` };
    }
    const document = parseXml(soap.text);
    if (document?.name !== 'result') return UNREADABLE;
    const state = childText(document.root, 'state');
    if (state === 'false') {
      const words = isMoney(call.operation) ? this.#words : this.#wordsOfRecords;
      return judgeRefusal(childText(document.root, 'message'), words, personalOf(call.body));
    }
    if (state !== 'true') return UNREADABLE;
    const data = childOf(document.root, 'data') ?? '';
    const reason = call.check?.(data);
    return reason ? { kind: 'unknown', reason } : { kind: 'accepted', output: data };
  }

  #saysTurnedAway(reason: string): boolean {
    return this.#expired.some((part) => reason.includes(part));
  }
}

/** Fields of a request whose values a refusal may repeat. */
const PERSONAL: ReadonlySet<string> = new Set([
  'medicalNo',
  'idcardNo',
  'memberId',
  'memberName',
  'name',
  'tel',
  'userName',
]);

function personalOf(body: Call['body']): string[] {
  return Object.entries(body).flatMap(([field, value]) =>
    PERSONAL.has(field) && typeof value === 'string' ? [value] : [],
  );
}
