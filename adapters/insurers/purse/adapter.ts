import { randomUUID } from 'node:crypto';
import type { PursePayerConfiguration } from '../../../schemas/payer-configuration.ts';
import type { PurseTransaction } from '../../../schemas/purse.ts';
import type { Purse } from '../../../src/card/port.ts';
import type { Clock } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import { type Fen, fenOf, yuanOf } from '../../../src/money.ts';
import {
  type AnsweredExchange,
  type Bill,
  type Capabilities,
  type Doubt,
  type Eligibility,
  type Exchange,
  type Insurer,
  type KeptAnswer,
  type Outcome,
  type Proof,
  type Quote,
  type Reversed,
  type Settled,
  type Verdict,
  type WayOut,
  type WireAnswer,
  WireError,
} from '../../../src/settlement/port.ts';
import { nowhere, paidOf, without } from '../left-over.ts';
import { record } from '../local-record.ts';

const PURCHASE = 'purchase';
/** Nothing was left to pay, so no card was asked. */
const NOTHING = 'nothing';
/** A purse takes no money back without its issuer: what it paid is returned in cash. */
const RETURN = 'return-in-cash';

/** How long the card is waited for: it has just been read. */
const CARD_WAIT_MS = 10_000;

/** From one look at a torn transaction to the next: somebody has to lay the card down again. */
const TORN_LOOK_MS = 60_000;

/**
 * The card's electronic purse as a payer of what is left to the patient. The purse's own machine knows for certain
 * what became of a purchase (`src/card/purse`), by the id that is our id of the exchange: so a lost answer is decided
 * by asking it.
 */
export function createPursePayer(
  configuration: PursePayerConfiguration,
  parts: { readonly purse: () => Purse; readonly clock: Clock },
): Insurer & { close(): Promise<void> } {
  return new PursePayer(configuration, parts.purse, parts.clock);
}

class PursePayer implements Insurer {
  readonly id: string;
  readonly name: string;
  readonly capabilities: Capabilities = {
    place: 'purse',
    verifiesBy: [],
    settings: ['outpatient', 'chronic', 'registration', 'pharmacy', 'inpatient', 'mid-stay'],
    reserved: [PURCHASE, RETURN],
  };
  readonly waysOut: readonly WayOut[];
  readonly #purse: () => Purse;
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  constructor({ id, name, cardWaitMs }: PursePayerConfiguration, purse: () => Purse, clock: Clock) {
    this.#timeoutMs = cardWaitMs ?? CARD_WAIT_MS;
    this.id = id;
    this.name = name ?? '电子钱包';
    this.#purse = purse;
    this.#clock = clock;
    const local = async () => without<Proof>({ is: 'undone' }, RETURN);
    this.waysOut = [
      {
        way: 'query-by-handle',
        decides: [PURCHASE],
        take: (_bill, doubt) => this.#ask(doubt),
      },
      { way: 'query-by-handle', decides: [RETURN, NOTHING], take: local },
    ];
  }

  async verify(): Promise<Outcome<Eligibility>> {
    throw new Fault('insurer.unsupported');
  }

  /** The card must lie on the reader: what is left, as far as its balance goes. */
  async quote(bill: Bill): Promise<Outcome<Quote>> {
    if (bill.leftFen === 0) return without({ split: paidOf(bill, 0), handle: {} }, PURCHASE);
    const { balance } = await this.#purse().balance(
      readerOf(bill),
      { timeoutMs: this.#timeoutMs },
      this.#caller(bill.settlementId),
    );
    const balanceFen = fenAt(balance);
    const split = { ...paidOf(bill, Math.min(balanceFen, bill.leftFen)), balanceFen };
    return without({ split, handle: { readerId: readerOf(bill) } }, PURCHASE);
  }

  async settle(bill: Bill, { split }: Quote, exchange: Exchange): Promise<Outcome<Settled>> {
    const paidFen = split.paidFen ?? 0;
    const ownId = randomUUID();
    if (paidFen === 0) {
      const at = await record(exchange, { transaction: NOTHING, ownId, content: {} });
      if (!at.written) return { kind: 'not-run', reason: at.reason, at };
      return { kind: 'accepted', value: this.#settled(split, ownId, undefined), at };
    }
    const request = { readerId: readerOf(bill), amount: yuanOf(paidFen) };
    const outcome = await exchange({
      transaction: PURCHASE,
      ownId,
      effect: 'money',
      body: Buffer.from(JSON.stringify({ id: ownId, ...request })),
      send: (signal) => this.#pay(ownId, request, signal),
      judge: (answer) => judgePurse(answer, ownId, paidFen),
    });
    const at = { exchangeId: outcome.exchangeId, transaction: PURCHASE, ownId };
    if (outcome.kind !== 'accepted') return { kind: outcome.kind, reason: outcome.reason, at };
    return { kind: 'accepted', value: this.#settled(split, ownId, outcome.output as PurseTransaction), at };
  }

  settledBy(
    _bill: Bill,
    { split }: Quote,
    { transaction, ownId, answer }: AnsweredExchange,
  ): Settled | undefined {
    if (transaction === NOTHING) return this.#settled(split, ownId, undefined);
    const verdict = judgePurse(answer, ownId, split.paidFen ?? 0);
    return verdict.kind === 'accepted'
      ? this.#settled(split, ownId, verdict.output as PurseTransaction)
      : undefined;
  }

  async reverse(
    { billNumber }: Bill,
    { split, number }: Settled,
    exchange: Exchange,
  ): Promise<Outcome<Reversed>> {
    const content = { billNumber, purchase: number, amount: yuanOf(split.paidFen ?? 0) };
    const at = await record(exchange, { transaction: RETURN, ownId: randomUUID(), content });
    if (!at.written) return { kind: 'not-run', reason: at.reason, at };
    return { kind: 'accepted', value: { number: at.ownId, reversedAt: this.#clock.now() }, at };
  }

  reversedBy(_bill: Bill, _settled: Settled, { ownId }: AnsweredExchange): Reversed {
    return { number: ownId, reversedAt: this.#clock.now() };
  }

  async transact(): Promise<Outcome<unknown>> {
    throw new Fault('insurer.unknown-transaction', { pointer: '/infno' });
  }

  async close(): Promise<void> {}

  /** A fault of the purse says for certain that nothing was debited. */
  async #pay(
    id: string,
    { readerId, amount }: { readerId: string; amount: string },
    signal: AbortSignal,
  ): Promise<WireAnswer> {
    let answer: PurseTransaction | { readonly code: string };
    try {
      answer = await this.#purse().purchase(
        id,
        readerId,
        { amount, timeoutMs: this.#timeoutMs },
        this.#caller(id),
        signal,
      );
    } catch (error) {
      if (!(error instanceof Fault)) throw new WireError('maybe', 'the purse broke off', error);
      answer = { code: error.code };
    }
    return { status: 200, contentType: 'application/json', body: Buffer.from(JSON.stringify(answer)) };
  }

  /** What the purse's own machine knows of a purchase whose answer was lost. */
  async #ask({ lost, quote }: Doubt): Promise<Outcome<Proof>> {
    let known: PurseTransaction;
    try {
      known = await this.#purse().get(lost.ownId, this.#caller(lost.ownId));
    } catch (error) {
      // The purse writes a purchase down before it asks the card: what it never heard of never began.
      if (error instanceof Fault && error.code === 'purse.not-found')
        return without({ is: 'undone' }, PURCHASE);
      throw error;
    }
    switch (known.state) {
      case 'debited': {
        const split = quote?.split ?? paidOf({ leftFen: fenAt(known.amount) }, fenAt(known.amount));
        return without({ is: 'settled', settled: this.#settled(split, lost.ownId, known) }, PURCHASE);
      }
      case 'not-debited':
      case 'refused':
        return without({ is: 'undone' }, PURCHASE);
      case 'needs-review':
        return without(
          { is: 'open', reason: '钱包交易须人工核对 / the purse itself needs a person' },
          PURCHASE,
        );
      default: {
        const reason =
          '请把同一张卡放回读卡器并查询钱包交易 / lay the same card down and resolve the purse transaction';
        const until = this.#clock.now() + TORN_LOOK_MS;
        return { kind: 'accepted', value: { is: 'open', reason, until }, at: nowhere(PURCHASE) };
      }
    }
  }

  #settled(split: Settled['split'], number: string, known: PurseTransaction | undefined): Settled {
    const balance = known?.balanceAfter === undefined ? {} : { balanceFen: fenAt(known.balanceAfter) };
    return { split: { ...split, ...balance }, number, settledAt: this.#clock.now(), handle: {} };
  }

  /** The purse's own trail names the exchange it was done for. */
  #caller(requestId: string) {
    return { client: 'gateway', requestId };
  }
}

/** Whether a card was too empty, or the PSAM refused: anything else that came to nothing may be tried again. */
const REFUSALS: ReadonlySet<string> = new Set(['purse.balance', 'purse.refused']);

function judgePurse(answer: KeptAnswer, ownId: string, paidFen: Fen): Verdict {
  const known = JSON.parse(answer.body.toString()) as Partial<PurseTransaction> & { code?: string };
  if (known.code !== undefined)
    return { kind: REFUSALS.has(known.code) ? 'refused' : 'not-run', reason: known.code };
  if (known.id !== ownId) return { kind: 'unknown', reason: 'the answer is about another purchase' };
  if (known.state === 'debited') {
    return fenAt(known.amount ?? '') === paidFen
      ? { kind: 'accepted', output: known }
      : { kind: 'unknown', reason: 'another amount was debited' };
  }
  const nothing = known.state === 'not-debited' || known.state === 'refused';
  return {
    kind: nothing ? 'refused' : 'unknown',
    reason: `${known.state ?? ''} ${known.cause ?? ''}`.trim(),
  };
}

function readerOf({ purseReaderId }: Bill): string {
  if (purseReaderId === undefined) throw new Fault('request.invalid', { pointer: '/purseReaderId' });
  return purseReaderId;
}

function fenAt(text: string): Fen {
  const fen = fenOf(text);
  if (!fen.ok) throw new Error('the purse gave an amount that is none');
  return fen.value;
}
