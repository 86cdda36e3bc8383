import { Fault } from '../../src/errors.ts';
import {
  type AnsweredExchange,
  type Bill,
  type Capabilities,
  type Eligibility,
  type Exchange,
  type Insurer,
  type LostExchange,
  type Outcome,
  type Proof,
  type Quote,
  type Reversed,
  type Settled,
  type Split,
  type TransactionContext,
  type Verdict,
  type VerifyInput,
  type WayOut,
  type WireAnswer,
  WireError,
} from '../../src/settlement/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';

/** How the insurer treats one request. `act` says whether it does what was asked before the rest happens. */
export const BEHAVIOURS = [
  'accept',
  'refuse',
  'lose-before',
  'lose-after',
  'rubbish-after',
  'unreachable',
  'turn-away',
] as const;

export type Behaviour =
  | (typeof BEHAVIOURS)[number]
  | 'differ'
  | 'faulty'
  | 'hang'
  | 'throw'
  | 'misjudge'
  | 'fault';

interface Entry {
  readonly bill: string;
  readonly number: string;
  state: 'live' | 'undone' | 'reversed';
}

/**
 * An insurer in memory that keeps accounts as the national platform does: settlements under the sender's own ids,
 * reversals that are settlements of their own, and 2601 that undoes either by its own id and refuses what it does not
 * know. It outlives every gateway of a test.
 */
export class FakeInsurer implements Insurer {
  /** When it says that it settled: epoch ms. */
  settledAt = 1;
  readonly id: string;
  readonly name = '示例医保';
  capabilities: Capabilities = {
    place: 'basic',
    verifiesBy: ['document'],
    settings: ['outpatient', 'chronic', 'registration', 'inpatient', 'mid-stay'],
    reserved: ['2207', '2208', '2601'],
  };
  /** Transactions that its 2601 undoes. */
  reversible = ['2207', '2208'];
  /** Whether its 2601 says of an exchange that never came that there is nothing to undo, or only refuses. */
  provesAbsence = false;
  /** What it does next with a transaction; `accept` where nothing is said. */
  readonly script = new Map<string, Behaviour[]>();
  /** Every request that reached it, by transaction. */
  readonly received: string[] = [];
  /** Bills it settled while they were settled already. */
  readonly doubled: string[] = [];
  /** What it makes of its own answer when a later gateway finds it on disk. */
  stored: 'useful' | 'useless' | 'throws' = 'useful';
  /** Runs before the adapter makes an exchange. */
  asked: (transaction: string) => Promise<void> | void = () => undefined;
  /** Runs before it answers, so that a test can act at that moment. */
  before: (transaction: string) => Promise<void> | void = () => undefined;
  readonly #settlements = new Map<string, Entry>();
  readonly #reversals = new Map<string, Entry>();
  #next = 1;

  constructor({ id = 'fake', place = 'basic' }: { id?: string; place?: Capabilities['place'] } = {}) {
    this.id = id;
    this.capabilities = { ...this.capabilities, place };
  }

  say(transaction: string, ...behaviours: Behaviour[]): void {
    this.script.set(transaction, behaviours);
  }

  live(bill: string): Entry[] {
    return [...this.#settlements.values()].filter((entry) => entry.bill === bill && entry.state === 'live');
  }

  async verify(input: VerifyInput, exchange: Exchange): Promise<Outcome<Eligibility>> {
    const eligibility: Eligibility = {
      personNumber: 'P1',
      name: input.identity.name,
      insurances: [
        { insutype: '390', personType: '15', active: true, balanceFen: 12_30, insuredPlace: '111111' },
      ],
      classes: [{ code: '2303' }],
    };
    return this.#flow('1101', 'none', input, exchange, () => eligibility);
  }

  async quote(bill: Bill, exchange: Exchange): Promise<Outcome<Quote>> {
    const visit = await this.#flow('2201', 'record', bill, exchange, () => ({}));
    if (visit.kind !== 'accepted') return visit;
    const handle = { attempt: String(bill.attempt) };
    return this.#flow('2206', 'none', bill, exchange, () => ({ split: splitOf(bill.leftFen), handle }));
  }

  async settle(bill: Bill, quote: Quote, exchange: Exchange): Promise<Outcome<Settled>> {
    return this.#flow('2207', 'money', bill, exchange, (ownId, behaviour) => {
      const entry: Entry = { bill: bill.billNumber, number: `S${this.#next++}`, state: 'live' };
      if (this.live(bill.billNumber).length > 0) this.doubled.push(bill.billNumber);
      this.#settlements.set(ownId, entry);
      const { split } = quote;
      const cash = behaviour === 'differ' ? { cashFen: split.cashFen + 1, fundFen: split.fundFen - 1 } : {};
      const faults = behaviour === 'faulty' ? { faults: ['funds'] } : {};
      return {
        split: { ...split, ...cash },
        number: entry.number,
        settledAt: this.settledAt,
        handle: quote.handle,
        ...faults,
      };
    });
  }

  settledBy(_bill: Bill, quote: Quote, { ownId }: AnsweredExchange): Settled | undefined {
    const entry = this.#settlements.get(ownId);
    if (this.stored === 'throws') throw new Error('a bug of the adapter');
    if (this.stored === 'useless' || !entry) return undefined;
    return { split: quote.split, number: entry.number, settledAt: this.settledAt, handle: quote.handle };
  }

  reversedBy(_bill: Bill, _settled: Settled, { ownId }: AnsweredExchange): Reversed | undefined {
    return this.#reversals.has(ownId) ? { number: `R ${ownId}`, reversedAt: 2 } : undefined;
  }

  async reverse(_bill: Bill, settled: Settled, exchange: Exchange): Promise<Outcome<Reversed>> {
    const entry = [...this.#settlements.values()].find(({ number }) => number === settled.number);
    return this.#flow('2208', 'money', settled, exchange, (ownId, behaviour) => {
      if (entry?.state !== 'live') return 'refused';
      entry.state = 'reversed';
      this.#reversals.set(ownId, entry);
      const faults = behaviour === 'faulty' ? { faults: ['total'] } : {};
      return { number: `R${this.#next++}`, reversedAt: 2, ...faults };
    });
  }

  get waysOut(): readonly WayOut[] {
    const take: WayOut['take'] = (_bill, { lost }, exchange) => this.#reverseByOwnId(lost, exchange);
    return [{ way: 'reverse-by-own-id', decides: this.reversible, take }];
  }

  async #reverseByOwnId(lost: LostExchange, exchange: Exchange): Promise<Outcome<Proof>> {
    return this.#flow('2601', 'money', lost, exchange, () => {
      const settlement = this.#settlements.get(lost.ownId);
      const reversal = this.#reversals.get(lost.ownId);
      if (lost.transaction === '2207' && settlement?.state === 'live') settlement.state = 'undone';
      else if (lost.transaction === '2208' && reversal?.state === 'reversed') reversal.state = 'live';
      else if (!settlement && !reversal && this.provesAbsence) return { is: 'undone' };
      else return 'refused';
      return { is: 'undone' };
    });
  }

  async transact(
    transaction: string,
    input: unknown,
    _context: TransactionContext,
    exchange: Exchange,
  ): Promise<Outcome<unknown>> {
    const effect = this.capabilities.reserved.includes(transaction) ? 'money' : 'record';
    return this.#flow(transaction, effect, input, exchange, () => ({ amount: '12.30' }));
  }

  async #flow<T>(
    transaction: string,
    effect: 'none' | 'record' | 'money',
    content: unknown,
    exchange: Exchange,
    act: (ownId: string, behaviour: Behaviour) => T | 'refused',
  ): Promise<Outcome<T>> {
    const ownId = `M${this.#next++}`;
    const behaviour = this.script.get(transaction)?.shift() ?? 'accept';
    let value: T | 'refused' | undefined;
    await this.asked(transaction);
    if (behaviour === 'fault') {
      throw new Fault('settlement.choose-insurance', {
        pointer: '/visit/insutype',
        facts: { choices: '310,390' },
      });
    }
    const outcome = await exchange({
      transaction,
      ownId,
      effect,
      body: Buffer.from(JSON.stringify(content)),
      send: async () => {
        await this.before(transaction);
        return this.#answer(transaction, behaviour, () => {
          value = act(ownId, behaviour);
          return value !== 'refused';
        });
      },
      judge: (answer) => judge(answer, value),
    });
    const at = { exchangeId: outcome.exchangeId, transaction, ownId };
    return outcome.kind === 'accepted'
      ? { kind: 'accepted', value: value as T, at }
      : { kind: outcome.kind, reason: outcome.reason, at };
  }

  #answer(transaction: string, behaviour: Behaviour, act: () => boolean): WireAnswer | Promise<WireAnswer> {
    if (behaviour === 'unreachable') throw new WireError('nothing', 'connection refused');
    this.received.push(transaction);
    if (behaviour === 'lose-before') throw new WireError('maybe', 'connection reset');
    if (behaviour === 'throw') throw new Error('a bug of the adapter');
    if (behaviour === 'hang') return new Promise(() => undefined);
    if (behaviour === 'turn-away') return answer('not-run');
    const acted = behaviour !== 'refuse' && act();
    if (!acted) return answer('refused');
    if (behaviour === 'lose-after') throw new WireError('maybe', 'connection reset');
    return answer(
      behaviour === 'rubbish-after' ? '<html>' : behaviour === 'misjudge' ? 'misjudge' : 'accepted',
    );
  }
}

function answer(text: string): WireAnswer {
  return { status: 200, contentType: 'text/plain', body: Buffer.from(text) };
}

function judge(given: WireAnswer, output: unknown): Verdict {
  const word = given.body.toString();
  if (word === 'misjudge') throw new Error('a bug of the adapter');
  if (word === 'accepted') return { kind: 'accepted', output, notes: ['a note'] };
  // Insurers quote whom they speak of.
  if (word === 'refused') return { kind: 'refused', reason: `${SAMPLE_NAME} ${SAMPLE_NUMBER} 不符合条件` };
  if (word === 'not-run') return { kind: 'not-run', reason: '签名不一致!' };
  return { kind: 'unknown', reason: 'not an answer' };
}

/** Half from the fund, a tenth from the account, the rest in cash. */
function splitOf(totalFen: number): Split {
  const fundFen = Math.floor(totalFen / 2);
  const accountFen = Math.floor(totalFen / 10);
  return {
    totalFen,
    funds: [{ fund: 'pooled', code: 'hifp_pay', amountFen: fundFen }],
    fundFen,
    accountFen,
    cashFen: totalFen - fundFen - accountFen,
    hospitalFen: 0,
    fullOwnFen: 0,
    overLimitFen: 0,
    firstOwnFen: 0,
    inScopeFen: totalFen,
    deductibleFen: 0,
  };
}
