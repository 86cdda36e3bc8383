import type { NrcmsJiangsuConfiguration } from '../../../schemas/insurer-configuration.ts';
import type { Clock, Ids } from '../../../src/clock.ts';
import type {
  Exchange,
  ExchangeRef,
  KeptAnswer,
  Operator,
  Verdict,
  WireOutcome,
} from '../../../src/settlement/port.ts';
import { isRecord, textOf } from '../nhsa/envelope.ts';
import { parseExactly } from '../nhsa/exact-json.ts';
import { Ended } from '../nhsa/flow.ts';
import { Transport } from '../nhsa/transport.ts';
import { SYSTEM_ERRORS } from '../nhsa/verdict.ts';
import { cleaned, judgeRefusal, judgeStatus, UNREADABLE, type Words } from '../nrcms/refusals.ts';
import { soapAnswer, soapRequest } from '../nrcms/soap.ts';
import { ARGUMENT, NAMESPACE, operationOf } from './operations.ts';

export interface ServiceParts {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** What an answer holds besides its code; every number is its source text. */
export type Answer = Readonly<Record<string, unknown>>;

export interface Call {
  readonly serviceId: string;
  readonly fields: Answer;
  readonly operator?: Pick<Operator, 'no'> | undefined;
  /** Looks at an accepted answer: a reason why it can't be relied on, which makes the outcome unknown. */
  readonly check?: (answer: Answer) => string | undefined;
}

const TIMEOUT_MS = 60_000;
/** A day's list of one institution is the longest answer. */
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;
/** Of the two ways in, the one for a HIS. */
const MESSAGE_TYPE = '2';
const DONE = '1';
/** What FybxJs says where an invoice of this number has been settled: perhaps by this very request. */
const HAPPENED = ['已存在发票号码相同', '已结算', '已作废'];

/** The county's web service as one calls it: one method an operation, JSON in and out. */
export class Service {
  readonly #configuration: NrcmsJiangsuConfiguration;
  readonly #ids: Ids;
  readonly #transport: Transport;
  readonly #words: Words;

  constructor(configuration: NrcmsJiangsuConfiguration, { ids }: ServiceParts) {
    this.#configuration = configuration;
    this.#ids = ids;
    this.#transport = new Transport({
      url: configuration.url,
      timeoutMs: configuration.timeoutMs ?? TIMEOUT_MS,
      answerBytesMax: ANSWER_BYTES_MAX,
    });
    this.#words = {
      failing: [...SYSTEM_ERRORS, ...(configuration.systemErrors ?? [])],
      turnedAway: [],
      happened: HAPPENED,
    };
  }

  async call(call: Call, exchange: Exchange): Promise<WireOutcome & { readonly at: ExchangeRef }> {
    const { serviceId } = call;
    const ownId = this.#ids.next();
    const body = this.#request(call);
    const soap = this.#isSoap();
    const outcome = await exchange({
      transaction: serviceId,
      ownId,
      effect: operationOf(serviceId)?.effect ?? 'record',
      body,
      send: (signal) =>
        this.#transport.post(
          soap ? { 'content-type': 'text/xml; charset=utf-8', accept: 'text/xml', soapaction: '""' } : {},
          body,
          signal,
        ),
      judge: (answer) => this.judge(call, answer),
    });
    return { ...outcome, at: { exchangeId: outcome.exchangeId, transaction: serviceId, ownId } };
  }

  /** Makes a step of a flow, or ends the flow with what came instead. */
  async accepted(
    call: Call,
    exchange: Exchange,
  ): Promise<{ readonly answer: Answer; readonly at: ExchangeRef }> {
    const done = await this.call(call, exchange);
    if (done.kind === 'accepted') return { answer: done.output as Answer, at: done.at };
    throw new Ended({ kind: done.kind, reason: done.reason, at: done.at });
  }

  /** What an answer proves: only code 1 is success, only a negative code with words is a refusal. Pure. */
  judge({ serviceId, fields, check }: Call, answer: KeptAnswer): Verdict {
    const status = judgeStatus(answer.status);
    if (status) return status;
    const hidden = [textOf(fields.cardid), textOf(fields.grbh)];
    const content = this.#contentOf(answer.body);
    if (content && 'fault' in content) {
      return { kind: 'unknown', reason: `SOAP: ${cleaned(content.fault, hidden)}` };
    }
    const body = content && parseExactly(content.text);
    if (!isRecord(body)) return UNREADABLE;
    const code = textOf(body.code).trim();
    if (code === DONE) {
      const reason = check?.(body);
      return reason ? { kind: 'unknown', reason } : { kind: 'accepted', output: body };
    }
    if (!/^-\d{1,9}$/.test(code)) return UNREADABLE;
    const happened = operationOf(serviceId)?.effect === 'money' ? this.#words.happened : [];
    return judgeRefusal(textOf(body.msg), { ...this.#words, happened }, hidden);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  #request({ serviceId, fields, operator }: Call): Buffer {
    const { hospitalCode, frontEnd, namespace = NAMESPACE, argumentElement = ARGUMENT } = this.#configuration;
    const json = JSON.stringify({
      operator: (operator ?? this.#configuration.operator).no,
      ...fields,
      yybh: hospitalCode,
      ip: frontEnd.host,
      port: String(frontEnd.port),
      serviceId,
      msgType: MESSAGE_TYPE,
    });
    if (!this.#isSoap()) return Buffer.from(json);
    const operation = operationOf(serviceId)?.method ?? `do${serviceId}`;
    return soapRequest({ namespace, operation, arguments: [[argumentElement, json]] });
  }

  #contentOf(body: Buffer): ReturnType<typeof soapAnswer> {
    return this.#isSoap() ? soapAnswer(body) : { text: body.toString('utf8') };
  }

  #isSoap(): boolean {
    return this.#configuration.wire !== 'json';
  }
}
