import { randomUUID } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import type { Clock } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import type {
  Exchange,
  ExchangeRef,
  KeptAnswer,
  Operator,
  Spool,
  Verdict,
  WireAnswer,
  WireOutcome,
} from '../../../src/settlement/port.ts';
import type { Store } from '../../../src/store/port.ts';
import { envelopeWriter, exactJson, isRecord, textOf } from './envelope.ts';
import { FileTransport } from './file-transport.ts';
import { type Effect, effectOf, WITHOUT_SESSION } from './kinds.ts';
import { MessageIds } from './msgid.ts';
import { Sessions, type SignedIn } from './session.ts';
import { signerOf } from './signing.ts';
import { Specification } from './specification.ts';
import { Transport } from './transport.ts';
import { hideFieldsOf, judgeAnswer, SYSTEM_ERRORS } from './verdict.ts';

export interface PlatformParts {
  readonly store: Store;
  readonly clock: Clock;
  /** The secret that the configuration's `signing` names, already read; empty without signing. */
  readonly secret: string;
  readonly specification?: Specification;
  /** Where files lie while they are on their way; without it none are carried. */
  readonly spool?: Spool | undefined;
}

/** One transaction to be made. */
export interface Call {
  readonly infno: string;
  readonly input: unknown;
  /** Whether the input is plain JSON, as a HIS gave it, rather than made by the transformers with exact decimals. */
  readonly isPlain?: boolean;
  readonly operator?: Operator | undefined;
  /** insuplc_admdvs; empty where it is local or not known yet. */
  readonly insuredPlace?: string | undefined;
  /**
   * Looks at an accepted output: a reason why it can't be relied on, which makes the outcome unknown.
   */
  readonly check?: (output: unknown, ownId: string) => string | undefined;
  /** Refusals that say that what was asked for is so already, by a part of their text; they count as accepted. */
  readonly alreadySo?: readonly string[];
  /** How it travels, where it is no plain request. */
  readonly transfer?: Transfer;
}

/** A request whose body, or whose answer, is a file. */
export interface Transfer {
  readonly timeoutMs: number;
  /** What the journal keeps of it. */
  kept(envelope: Buffer): Buffer;
  send(headers: Record<string, string>, envelope: Buffer, signal: AbortSignal): Promise<WireAnswer>;
  /** What a file that came proves; nothing where words came. */
  judge?(answer: WireAnswer): Verdict | undefined;
}

export type Done = WireOutcome & { readonly at: ExchangeRef };

const TIMEOUT_MS = 60_000;
/** Words by which the platform says that the operator is not signed in. No public list of its texts exists. */
const NOT_SIGNED_IN = ['签到', 'sign_no'];
/** Answers beyond this are passed on without checking each field. */
const CHECKED_BYTES_MAX = 1024 * 1024;

/** The platform as one calls it: checks the input, signs in, allots the id, and reads the answer. */
export class Platform {
  readonly specification: Specification;
  readonly #configuration: NhsaConfiguration;
  readonly #clock: Clock;
  readonly #ids: MessageIds;
  readonly #transport: Transport;
  readonly #sessions: Sessions<Done>;
  readonly #body: ReturnType<typeof envelopeWriter>;
  readonly #sign: ReturnType<typeof signerOf>;
  readonly #systemErrors: readonly string[];

  constructor(configuration: NhsaConfiguration, parts: PlatformParts) {
    this.#configuration = configuration;
    this.#clock = parts.clock;
    this.specification =
      parts.specification ??
      new Specification({ checking: configuration.checking === 'lenient' ? 'lenient' : 'strict' });
    this.#ids = new MessageIds(parts.store, parts.clock, configuration.fixmedinsCode);
    this.#transport = new Transport({
      url: configuration.url,
      timeoutMs: configuration.timeoutMs ?? TIMEOUT_MS,
    });
    this.#sessions = new Sessions(parts.clock);
    this.#body = envelopeWriter(configuration);
    this.#sign = signerOf(configuration.signing, parts.secret);
    this.#systemErrors = [...SYSTEM_ERRORS, ...(configuration.systemErrors ?? [])];
  }

  /**
   * Makes one transaction. An input that breaks the specification throws `request.invalid` before anything is sent.
   * Where the platform no longer knows the session, one that moves no money is made once more in a new one.
   */
  async call(call: Call, exchange: Exchange): Promise<Done> {
    const problem = this.specification.requestProblem(call.infno, call.input);
    if (problem) {
      const { pointer, message } = problem;
      const detail = `${call.infno} ${pointer} ${message}`;
      throw new Fault('request.invalid', { pointer: `/input${pointer}`, detail });
    }
    const operator = call.operator ?? this.#configuration.operator;
    const effect = effectOf(call.infno);
    const input = call.isPlain ? JSON.stringify(call.input) : exactJson(call.input);
    for (let again = effect === 'money' ? 0 : 1; ; again--) {
      const session = await this.#session(call.infno, operator, exchange);
      if ('failed' in session) return session.failed;
      const outcome = await this.#send(call, effect, input, operator, session.signNo, exchange);
      if (outcome.kind !== 'not-run' || !isNotSignedIn(outcome.reason)) return outcome;
      this.#sessions.drop(operator, session.signNo);
      if (again === 0) return outcome;
    }
  }

  /** A msgid's time and sequence without the institution: 18 digits that nobody else at this institution has. */
  async serial(): Promise<string> {
    return (await this.#ids.next()).slice(12);
  }

  /** Carries files over the same connections. */
  fileTransport(): FileTransport {
    return new FileTransport(() => this.#transport.pool, new URL(this.#configuration.url).pathname);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  async #send(
    call: Call,
    effect: Effect,
    input: string,
    operator: Operator,
    signNo: string,
    exchange: Exchange,
  ): Promise<Done> {
    const { infno, transfer } = call;
    const ownId = await this.#ids.next();
    const body = this.#body({
      infno,
      msgid: ownId,
      insuredPlace: call.insuredPlace ?? '',
      operator,
      signNo,
      at: this.#clock.now(),
      input,
    });
    const outcome = await exchange({
      transaction: infno,
      ownId,
      effect,
      body: transfer?.kept(body) ?? body,
      ...(transfer && { timeoutMs: transfer.timeoutMs }),
      send: (signal) => {
        const headers = this.#sign(infno, this.#clock.now(), nonce());
        return transfer?.send(headers, body, signal) ?? this.#transport.post(headers, body, signal);
      },
      judge: (answer) => transfer?.judge?.(answer) ?? this.judge(call, ownId, answer),
    });
    return { ...outcome, at: { exchangeId: outcome.exchangeId, transaction: infno, ownId } };
  }

  /** What an answer to a call proves. Pure. */
  judge(call: Call, ownId: string, answer: KeptAnswer): Verdict {
    const verdict = judgeAnswer(answer, this.#systemErrors, hideFieldsOf(call.input));
    if (verdict.kind === 'refused') return refusal(verdict.reason, call);
    if (verdict.kind !== 'accepted') return verdict;
    const reason = call.check?.(verdict.output, ownId);
    if (reason) return { kind: 'unknown', reason };
    const notes = this.#notes(call.infno, verdict.output, answer.body.length);
    return notes.length > 0 ? { ...verdict, notes } : verdict;
  }

  #notes(infno: string, output: unknown, bytes: number): string[] {
    if (bytes > CHECKED_BYTES_MAX) return ['应答过大,未逐项检查 / too large to be checked field by field'];
    return this.specification
      .answerProblems(infno, output)
      .map(({ pointer, message }) => `${pointer} ${message}`);
  }

  #session(infno: string, operator: Operator, exchange: Exchange): Promise<SignedIn<Done>> {
    if (WITHOUT_SESSION.has(infno)) return SIGNING_IN;
    return this.#sessions.of(operator, () => this.#signIn(operator, exchange));
  }

  /** 9001. The session's number is all that is needed of the answer. */
  async #signIn(operator: Operator, exchange: Exchange): Promise<SignedIn<Done>> {
    const { mac, ip } = { ...addresses(), ...this.#configuration.operator };
    const done = await this.call(
      {
        infno: '9001',
        input: { signIn: { opter_no: operator.no, mac, ip } },
        operator,
        check: (output) =>
          signNoOf(output) ? undefined : '签到应答中没有 sign_no / the answer has no sign_no',
      },
      exchange,
    );
    return done.kind === 'accepted' ? { signNo: signNoOf(done.output) } : { failed: done };
  }
}

const SIGNING_IN: Promise<SignedIn<Done>> = Promise.resolve({ signNo: '' });

/** What a refusal proves. */
function refusal(reason: string, call: Call): Verdict {
  if (call.alreadySo?.some((text) => reason.includes(text))) {
    return { kind: 'accepted', output: {}, notes: [reason] };
  }
  // A word about the session is none about the business.
  if (isNotSignedIn(reason)) return { kind: 'not-run', reason };
  return { kind: saysItHappened(call.infno, reason) ? 'unknown' : 'refused', reason };
}

/**
 * Refusals that say that the bill is settled, or reversed, by now. Nobody but this request is to do that, so it may
 * have come twice, sent again by something in between: that is no word that it did nothing.
 */
const HAPPENED = ['已结算', '重复结算', '没有未结算', '已撤销', '报文ID重复'];

function saysItHappened(infno: string, reason: string): boolean {
  return infno !== '2601' && effectOf(infno) === 'money' && HAPPENED.some((word) => reason.includes(word));
}

function isNotSignedIn(reason: string): boolean {
  return NOT_SIGNED_IN.some((word) => reason.includes(word));
}

function signNoOf(output: unknown): string {
  if (!isRecord(output)) return '';
  const node = isRecord(output.signinoutb) ? output.signinoutb : output;
  return textOf(node.sign_no);
}

/** This machine's first address, for those who configure none. */
function addresses(): { mac: string; ip: string } {
  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find((entry) => !entry.internal && entry.family === 'IPv4');
  return { mac: own?.mac ?? '00:00:00:00:00:00', ip: own?.address ?? '127.0.0.1' };
}

/** A nonce for a gateway's signature; made from a UUID, since Node draws the randomness of those many at a time. */
function nonce(): string {
  return randomUUID().replaceAll('-', '');
}
