import { randomUUID } from 'node:crypto';
import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import type { Clock } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import type { Exchange, KeptAnswer, Operator, Spool, Verdict } from '../../../src/settlement/port.ts';
import type { Store } from '../../../src/store/port.ts';
import { Sessions, type SignedIn } from '../session.ts';
import type { Call, Done } from './call.ts';
import { envelopeWriter, exactJson } from './envelope.ts';
import { FileTransport } from './file-transport.ts';
import { saysItHappened } from './happened.ts';
import { type Effect, effectOf, WITHOUT_SESSION } from './kinds.ts';
import { insutypeIn, localTerms } from './local-terms.ts';
import { MessageIds } from './msgid.ts';
import { PlatformTime, type Warnings } from './platform-time.ts';
import { type Profile, profileOf } from './profile.ts';
import { ownAddress, signInOf } from './sign-in.ts';
import { signerOf } from './signing.ts';
import type { SmChannel } from './sm-envelope/channel.ts';
import { Specification } from './specification.ts';
import { secureContextOf, type TlsFiles } from './tls.ts';
import { Transport } from './transport.ts';
import { plainProblem } from './validator.ts';
import { hideFieldsOf, isSignatureTooOld, judgeAnswer } from './verdict.ts';

export interface PlatformParts {
  readonly store: Store;
  readonly clock: Clock;
  /** The secret that the configuration's `signing` names, already read; empty without signing. */
  readonly secret: string;
  /** What the configuration's `tls` names, already read. */
  readonly tls?: TlsFiles | undefined;
  readonly specification?: Specification | undefined;
  readonly logger?: Warnings | undefined;
  /** Ways of their own for some transactions. */
  readonly channels?: readonly SmChannel[];
  /** Where files lie while they are on their way; without it none are carried. */
  readonly spool?: Spool | undefined;
}

/** The gateway grants half an hour: a signature that it refused for its time is not mended by a few seconds. */
const SKEW_WORTH_A_REPEAT_MS = 60_000;
/** Answers beyond this are passed on without checking each field. */
const CHECKED_BYTES_MAX = 1024 * 1024;

/** The platform as one calls it: checks the input, signs in, allots the id, and reads the answer. */
export class Platform {
  readonly specification: Specification;
  readonly profile: Profile;
  readonly time: PlatformTime;
  readonly #configuration: NhsaConfiguration;
  readonly #clock: Clock;
  readonly #ids: MessageIds;
  readonly #transport: Transport;
  readonly #sessions: Sessions<Done>;
  readonly #body: ReturnType<typeof envelopeWriter>;
  readonly #sign: ReturnType<typeof signerOf>;
  readonly #channels: readonly SmChannel[];

  constructor(configuration: NhsaConfiguration, parts: PlatformParts) {
    this.#configuration = configuration;
    this.#clock = parts.clock;
    const profile = profileOf(configuration);
    this.profile = profile;
    this.time = new PlatformTime(parts.clock, parts.logger);
    this.specification = parts.specification ?? new Specification(profile);
    this.#ids = new MessageIds(parts.store, parts.clock, configuration.fixmedinsCode);
    this.#transport = new Transport({
      url: configuration.url,
      timeoutMs: profile.timeoutMs,
      contentType: configuration.contentType,
      secureContext: parts.tls && secureContextOf(parts.tls, `insurers.${configuration.id}.tls`),
    });
    this.#sessions = new Sessions(this.time);
    this.#body = envelopeWriter(configuration, profile);
    this.#sign = signerOf(configuration.signing, parts.secret);
    this.#channels = parts.channels ?? [];
  }

  /**
   * Makes one transaction. An input that breaks the specification throws `request.invalid` before anything is sent.
   * Where the platform no longer knows the session, one that moves no money is made once more in a new one. Where its
   * gateway finds the signature's time wrong, nothing has run, and any is made once more by the gateway's clock.
   */
  async call(asked: Call, exchange: Exchange): Promise<Done> {
    const call = asked.isPlain ? asked : localTerms(asked, this.profile);
    this.#check(call);
    const operator = call.operator ?? this.#configuration.operator;
    const effect = effectOf(call.infno);
    const input = call.isPlain ? JSON.stringify(call.input) : exactJson(call.input);
    let [sessionsLeft, timesLeft] = [effect === 'money' ? 0 : 1, 1];
    for (;;) {
      const session = await this.#session(call.infno, operator, exchange);
      if ('failed' in session) return session.failed;
      const sent = await this.#send(call, effect, input, operator, session.signNo, exchange);
      const { outcome } = sent;
      if (outcome.kind !== 'not-run') return outcome;
      if (this.#isNotSignedIn(outcome.reason)) {
        this.#sessions.drop(operator, session.signNo);
        if (sessionsLeft-- === 0) return outcome;
      } else if (!sent.learnedTime || timesLeft-- === 0) return outcome;
    }
  }

  /** Whether a transaction is known, and where to post it. */
  has(infno: string): boolean {
    const { paths } = this.profile;
    if (!this.specification.has(infno)) return false;
    return this.hasOwnWay(infno) || paths === 'single' || Object.hasOwn(paths.byTransaction, infno);
  }

  /** Throws where the call can't be made as it is. */
  #check({ infno, input, isPlain }: Call): void {
    if (!this.has(infno)) {
      const detail = `${this.profile.name}:没有这个交易或它的地址 / this transaction, or its path, is not known`;
      throw new Fault('insurer.unknown-transaction', { pointer: '/infno', detail });
    }
    const problem = (isPlain && plainProblem(input)) || this.specification.requestProblem(infno, input);
    if (!problem) return;
    const detail = `${infno} ${problem.pointer} ${problem.message}`;
    throw new Fault('request.invalid', { pointer: `/input${problem.pointer}`, detail });
  }

  /** A msgid's time and sequence without the institution: 18 digits that nobody else at this institution has. */
  async serial(): Promise<string> {
    return (await this.#ids.next()).slice(12);
  }

  async close(): Promise<void> {
    await Promise.all([this.#transport, ...this.#channels].map((way) => way.close()));
  }

  /** Whether a transaction goes a way of its own. */
  hasOwnWay(infno: string): boolean {
    return this.#channelOf(infno) !== undefined;
  }

  /** The way of its own that a transaction goes; most go to the one entry point. */
  #channelOf(infno: string): SmChannel | undefined {
    return this.#channels.find((channel) => channel.carries(infno));
  }

  /** Carries files over the same connections. */
  fileTransport(): FileTransport {
    const { pathname } = new URL(this.#configuration.url);
    return new FileTransport(
      () => this.#transport.pool,
      (infno) => this.#pathOf(infno) ?? pathname,
    );
  }

  async #send(
    call: Call,
    effect: Effect,
    input: string,
    operator: Operator,
    signNo: string,
    exchange: Exchange,
  ): Promise<{ outcome: Done; learnedTime: boolean }> {
    const { infno, transfer } = call;
    const ownId = await this.#ids.next();
    const channel = this.#channelOf(infno);
    const at = this.time.now();
    const insuredPlace = call.insuredPlace ?? '';
    const insutype = call.insutype ?? insutypeIn(call.input);
    const body = channel
      ? channel.body(input, at)
      : this.#body({ infno, msgid: ownId, insuredPlace, insutype, operator, signNo, at, input });
    let learnedTime = false;
    const outcome = await exchange({
      transaction: infno,
      ownId,
      effect,
      body: transfer?.kept(body) ?? body,
      ...(transfer && { timeoutMs: transfer.timeoutMs }),
      send: async (signal) => {
        if (channel) return channel.send(infno, body, signal);
        const sentAt = this.#clock.now();
        const { signingSkewMs } = this.time;
        const headers = this.#sign(infno, sentAt + signingSkewMs, nonce());
        if (transfer) return transfer.send(headers, body, signal);
        const answer = await this.#transport.post(headers, body, signal, this.#pathOf(infno));
        this.time.learn(answer.body, sentAt);
        if (isSignatureTooOld(answer)) {
          this.time.learnFromGateway(answer.date);
          // It may have been another's refusal that taught it, of many that were under way.
          learnedTime = Math.abs(this.time.signingSkewMs - signingSkewMs) >= SKEW_WORTH_A_REPEAT_MS;
        }
        return answer;
      },
      judge: (answer) => transfer?.judge?.(answer) ?? this.judge(call, ownId, answer),
    });
    return {
      outcome: { ...outcome, at: { exchangeId: outcome.exchangeId, transaction: infno, ownId } },
      learnedTime,
    };
  }

  /** The path of a transaction that has one of its own. */
  #pathOf(infno: string): string | undefined {
    const { paths } = this.profile;
    return paths === 'single' ? undefined : `${paths.prefix}${paths.byTransaction[infno]}`;
  }

  /** What an answer to a call proves. Pure. */
  judge(call: Call, ownId: string, answer: KeptAnswer): Verdict {
    const hide = hideFieldsOf(call.input);
    const channel = this.#channelOf(call.infno);
    const verdict = channel ? channel.judge(answer, hide) : judgeAnswer(answer, this.profile, hide);
    if (verdict.kind === 'refused') return this.#refusal(verdict.reason, call);
    if (verdict.kind !== 'accepted') return verdict;
    const refused = call.refused?.(verdict.output);
    if (refused) return { kind: 'refused', reason: refused };
    const reason = call.check?.(verdict.output, ownId);
    if (reason) return { kind: 'unknown', reason };
    const notes = this.#notes(call, verdict.output, answer.body.length);
    return notes.length > 0 ? { ...verdict, notes } : verdict;
  }

  /** What a refusal proves. */
  #refusal(reason: string, call: Call): Verdict {
    if (call.alreadySo?.some((text) => reason.includes(text))) {
      return { kind: 'accepted', output: {}, notes: [reason] };
    }
    // A word about the session is none about the business.
    if (this.#isNotSignedIn(reason)) return { kind: 'not-run', reason };
    return { kind: saysItHappened(call.infno, reason) ? 'unknown' : 'refused', reason };
  }

  #isNotSignedIn(reason: string): boolean {
    return this.profile.notSignedIn.some((word) => reason.includes(word));
  }

  /** Where request and answer depart from the specification. */
  #notes({ infno, input, isPlain }: Call, output: unknown, bytes: number): string[] {
    if (bytes > CHECKED_BYTES_MAX) return ['应答过大,未逐项检查 / too large to be checked field by field'];
    const asked = isPlain ? this.specification.requestNotes(infno, input) : [];
    return [
      ...asked.map(({ pointer, message }) => `input${pointer} ${message}`),
      ...this.specification
        .answerProblems(infno, output)
        .map(({ pointer, message }) => `${pointer} ${message}`),
    ];
  }

  #session(infno: string, operator: Operator, exchange: Exchange): Promise<SignedIn<Done>> {
    if (WITHOUT_SESSION.has(infno) || this.#channelOf(infno)) return SIGNING_IN;
    return this.#sessions.of(operator, () => this.#signIn(operator, exchange));
  }

  /** 9001. The session's number is all that is needed of the answer. */
  async #signIn(operator: Operator, exchange: Exchange): Promise<SignedIn<Done>> {
    const { mac, ip } = { ...ownAddress(), ...this.#configuration.operator };
    const done = await this.call(
      {
        infno: '9001',
        input: { signIn: { opter_no: operator.no, mac, ip } },
        operator,
        check: (output) =>
          signInOf(output).signNo ? undefined : '签到应答中没有 sign_no / the answer has no sign_no',
      },
      exchange,
    );
    return done.kind === 'accepted' ? signInOf(done.output) : { failed: done };
  }
}

const SIGNING_IN: Promise<SignedIn<Done>> = Promise.resolve({ signNo: '' });

/** A nonce for a gateway's signature; made from a UUID, since Node draws the randomness of those many at a time. */
function nonce(): string {
  return randomUUID().replaceAll('-', '');
}
