import type {
  AnsweredExchange,
  Bill,
  Capabilities,
  Doubt,
  Eligibility,
  Exchange,
  ExchangeRef,
  Insurer,
  KeptAnswer,
  Outcome,
  Proof,
  Quote,
  Reversed,
  Settled,
  Split,
  Verdict,
  WayOut,
  WireAnswer,
} from '../../../src/settlement/port.ts';
import type { Answer, Entry, Output, Request, Rules, Transaction } from './insurer.ts';
import type { Breakage } from './plan.ts';

export interface AdapterParts {
  readonly rules: Rules;
  readonly now: () => number;
  /** A fresh id for a request. */
  readonly ownId: () => string;
  readonly send: (body: Buffer, signal: AbortSignal) => Promise<WireAnswer>;
  readonly broken: Breakage | undefined;
}

type Done =
  | { readonly kind: 'accepted'; readonly output: Output; readonly at: ExchangeRef }
  | { readonly kind: 'refused' | 'not-run' | 'unknown'; readonly reason: string; readonly at: ExchangeRef };

/** Effects as an adapter declares them; the ways out that undo move money, too. */
const MONEY: ReadonlySet<Transaction> = new Set(['settle', 'reverse', 'undo', 'cancel']);

/** Speaks to a model insurer of any kind, as carefully as a real adapter does. One for each life of a gateway. */
export class ModelAdapter implements Insurer {
  readonly id: string;
  readonly name = '示例';
  readonly capabilities: Capabilities;
  readonly waysOut: readonly WayOut[];
  readonly #parts: AdapterParts;
  #signedIn = false;

  constructor(parts: AdapterParts) {
    const { id, place, ways } = parts.rules;
    this.id = id;
    this.capabilities = { place, verifiesBy: ['document'], settings: ['outpatient'], reserved: [...MONEY] };
    this.#parts = parts;
    this.waysOut = ways.map(({ way, decides }) => ({
      way,
      decides,
      take: (_bill, doubt, exchange) => this.#take(way, doubt, exchange),
    }));
  }

  verify(): Promise<Outcome<Eligibility>> {
    throw new Error('nobody asks who a person is here');
  }

  transact(): Promise<Outcome<unknown>> {
    throw new Error('no other transaction is made here');
  }

  async quote(bill: Bill, exchange: Exchange): Promise<Outcome<Quote>> {
    const visit = await this.#ask('visit', contentOf(bill), exchange);
    if (visit.kind !== 'accepted') return visit;
    const quoted = await this.#ask('quote', contentOf(bill), exchange);
    if (quoted.kind !== 'accepted') return quoted;
    const { handle = '', entry } = quoted.output;
    return { kind: 'accepted', value: { split: this.#splitOf(entry!), handle: { handle } }, at: quoted.at };
  }

  async settle(bill: Bill, quote: Quote, exchange: Exchange): Promise<Outcome<Settled>> {
    const content = { ...contentOf(bill), handle: quote.handle.handle };
    const done = await this.#move('settle', content, exchange);
    return done.kind === 'accepted' ? { ...done, value: this.#settledOf(done.output) } : done;
  }

  settledBy(_bill: Bill, _quote: Quote, { ownId, answer }: AnsweredExchange): Settled | undefined {
    const verdict = this.#judge(ownId, answer);
    return verdict.kind === 'accepted' ? this.#settledOf(verdict.output as Output) : undefined;
  }

  async reverse(bill: Bill, settled: Settled, exchange: Exchange): Promise<Outcome<Reversed>> {
    const content = { ...contentOf(bill), number: settled.number };
    const done = await this.#move('reverse', content, exchange);
    return done.kind === 'accepted' ? { ...done, value: reversedOf(done.output) } : done;
  }

  reversedBy(_bill: Bill, _settled: Settled, { ownId, answer }: AnsweredExchange): Reversed | undefined {
    const verdict = this.#judge(ownId, answer);
    return verdict.kind === 'accepted' ? reversedOf(verdict.output as Output) : undefined;
  }

  /** Signs in where it must, and once more where it was turned away, under a new id. */
  async #move(of: 'settle' | 'reverse', content: object, exchange: Exchange): Promise<Done> {
    for (let time = 1; ; time++) {
      if (!this.#signedIn) {
        const session = await this.#ask('sign-in', {}, exchange);
        if (session.kind !== 'accepted') return session;
        this.#signedIn = true;
      }
      const ownId = this.#parts.ownId();
      if (this.#parts.rules.isTwoPhase) {
        const prepared = await this.#ask(
          'prepare',
          { ...content, original: { of, ownId, stamp: 0 } },
          exchange,
        );
        if (prepared.kind !== 'accepted') return prepared;
      }
      const done = await this.#ask(of, content, exchange, ownId);
      if (done.kind !== 'not-run' || time === 2) return done;
      this.#signedIn = false;
    }
  }

  async #take(way: WayOut['way'], doubt: Doubt, exchange: Exchange): Promise<Outcome<Proof>> {
    const { of, lost, quote } = doubt;
    const original = { of, ownId: lost.ownId, stamp: lost.sentAt };
    if (this.#parts.broken === 'resend-without-undoing') {
      return {
        kind: 'accepted',
        value: { is: 'undone' },
        at: { exchangeId: '', transaction: '', ownId: lost.ownId },
      };
    }
    const transaction = QUESTIONS[way];
    const done = await this.#ask(transaction, { original, handle: quote?.handle.handle }, exchange);
    if (done.kind !== 'accepted') return done;
    return { ...done, value: transaction === 'undo' ? { is: 'undone' } : this.#proofOf(done.output) };
  }

  #proofOf(output: Output): Proof {
    if (output.is === 'never') return { is: 'undone' };
    if (output.is === 'settled') return { is: 'settled', settled: this.#settledOf(output) };
    if (output.is === 'reversed') return { is: 'reversed', reversed: reversedOf(output) };
    if (this.#parts.broken === 'not-yet-is-never') return { is: 'undone' };
    return { is: 'open', reason: 'not yet', ...(output.until === undefined ? {} : { until: output.until }) };
  }

  async #ask(
    transaction: Transaction,
    content: object,
    exchange: Exchange,
    ownId: string = this.#parts.ownId(),
  ): Promise<Done> {
    const { now, send } = this.#parts;
    const request: Request = { transaction, ownId, stamp: now(), ...content };
    const body = Buffer.from(JSON.stringify(request));
    const outcome = await exchange({
      transaction,
      ownId,
      effect: MONEY.has(transaction) ? 'money' : transaction === 'visit' ? 'record' : 'none',
      body,
      send: (signal) => send(body, signal),
      judge: (answer) => this.#judge(ownId, answer),
    });
    const at = { exchangeId: outcome.exchangeId, transaction, ownId };
    return outcome.kind === 'accepted'
      ? { kind: 'accepted', output: outcome.output as Output, at }
      : { kind: outcome.kind, reason: outcome.reason, at };
  }

  #judge(ownId: string, { status, body }: KeptAnswer): Verdict {
    const verdict = judge(ownId, status, body.toString(), this.#parts.broken !== 'no-answer-check');
    const isBroken = this.#parts.broken === 'unknown-is-refused' && verdict.kind === 'unknown';
    return isBroken ? { kind: 'refused', reason: verdict.reason } : verdict;
  }

  #settledOf({ entry, faulty }: Output): Settled {
    const split = this.#splitOf(entry!);
    return {
      split: faulty ? { ...split, cashFen: split.cashFen + 1 } : split,
      number: entry!.number,
      settledAt: this.#parts.now(),
      handle: {},
      ...(faulty ? { faults: ['shares'] } : {}),
    };
  }

  #splitOf({ totalFen, paysFen }: Entry): Split {
    const { place } = this.#parts.rules;
    const isPatients = place === 'purse' || place === 'mobile';
    return {
      ...{ totalFen, cashFen: totalFen - paysFen, funds: [], fundFen: isPatients ? 0 : paysFen },
      ...(isPatients ? { paidFen: paysFen } : {}),
      ...{ accountFen: 0, hospitalFen: 0, fullOwnFen: 0, overLimitFen: 0, firstOwnFen: 0 },
      ...{ inScopeFen: totalFen, deductibleFen: 0 },
    };
  }
}

const QUESTIONS = {
  'reverse-by-own-id': 'undo',
  'query-by-handle': 'query',
  'two-phase': 'cancel',
  statement: 'list',
} as const satisfies Record<WayOut['way'], Transaction>;

function contentOf({ billNumber, settlementId, leftFen }: Bill) {
  return { bill: billNumber, settlementId, leftFen };
}

function reversedOf({ reversed, faulty }: Output): Reversed {
  return { number: reversed!.number, reversedAt: 1, ...(faulty ? { faults: ['total'] } : {}) };
}

/** Only an explicit word that belongs to this very request counts. */
function judge(ownId: string, status: number, text: string, checks: boolean): Verdict {
  const answer = status < 300 ? answerIn(text) : undefined;
  if (!answer) return { kind: 'unknown', reason: `HTTP ${status}, not an answer` };
  if (checks && answer.to !== ownId) return { kind: 'unknown', reason: 'it answers another request' };
  const reason = answer.words ?? '';
  switch (answer.said) {
    case 'done':
      return { kind: 'accepted', output: answer.output };
    case 'refused':
    case 'not-run':
      return { kind: answer.said, reason };
    case 'failed':
      return { kind: 'unknown', reason };
  }
}

function answerIn(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}
