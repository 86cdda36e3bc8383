import type { Logger } from 'pino';
import type { Purpose } from '../../schemas/settlement-words.ts';
import { type Caller, GATEWAY } from '../access/caller.ts';
import { maskError } from '../access/masking.ts';
import type { Clock, Ids } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Unit } from '../store/port.ts';
import type { Journal, Trace } from './journal.ts';
import { type Ledger, type Step, Superseded } from './ledger.ts';
import { claimMoney } from './leg-queries.ts';
import { billFor, currentLeg } from './legs.ts';
import { next } from './machine.ts';
import type { Settlement } from './model.ts';
import type { Bill, Exchange, Insurer, Outcome, Quote } from './port.ts';
import { fenceSettlement } from './queries.ts';
import { checkDelayMs, leaseMsOf, type SettlementSettings } from './settings.ts';
import { type Lease, moneyStep, quotedStep, reversedStep, settledStep } from './steps.ts';
import { type Conclusion, type Ending, isFinal, ofQuote, ofReverse, ofSettle } from './verdicts.ts';

export type Insurers = ReadonlyMap<string, Insurer>;

export interface FlowParts {
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly insurers: Insurers;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly settings: SettlementSettings;
  /** Names this run of this gateway: `<gateway> <run>`. */
  readonly runner: string;
}

/**
 * What is done at the insurer once a step has begun:
 *
 *     step begun, lease taken (on disk) ──► the adapter's exchanges, each fenced by the step's version
 *                                      ──► step ended (on disk), unless another step has begun meanwhile
 *
 * Nothing is kept in memory that a restart would miss: `recovery.ts` ends what a dead gateway left behind.
 */
export class Flows {
  readonly parts: FlowParts;
  /** Told when a doubt will be due, so that nobody waits for the next poll. */
  onDoubt: (at: number) => void = () => undefined;

  constructor(parts: FlowParts) {
    this.parts = parts;
  }

  insurer(id: string): Insurer {
    const insurer = this.parts.insurers.get(id);
    if (!insurer) throw new Fault('insurer.not-found');
    return insurer;
  }

  lease({ legs }: Settlement, step: 'quote' | 'money'): Lease {
    return this.leaseOf(
      legs.map(({ insurer }) => insurer),
      step,
    );
  }

  /** A quote asks every payer, money moves at one; what either may take, the slowest of them decides. */
  leaseOf(insurers: readonly string[], step: 'quote' | 'money'): Lease {
    const { clock, journal, runner } = this.parts;
    const timeoutMs = Math.max(...insurers.map((insurer) => journal.timeoutMsOf(insurer)));
    const times = step === 'quote' ? insurers.length : 1;
    return { next_check_at: clock.now() + times * leaseMsOf(step, timeoutMs), runner };
  }

  /**
   * Asks each payer for its quote, on what those before would leave; with `confirm`, settles at once when all are
   * there. A new bill that an adapter finds wrong before anything is sent has failed, and its fault is thrown too, so
   * that it can be mended.
   */
  async quote(
    settlement: Settlement,
    caller: Caller,
    { isNew = false, confirm }: { isNew?: boolean; confirm?: { readonly act: string } | undefined } = {},
  ): Promise<Settlement> {
    const { ledger, clock } = this.parts;
    const { conclusion, ending, quotes } = await this.#quotes(settlement, caller);
    const end = quotedStep(conclusion, quotes, settlement, ledger.seals, caller);
    if (!confirm || conclusion.event !== 'quote-accepted') {
      const ended = await this.end(settlement, () => [end]);
      if (isNew && ending.kind === 'thrown' && isFinal(ending.error)) throw inBody(ending.error);
      return ended;
    }
    const person = { askedAt: clock.now(), act: confirm.act };
    const begun = await this.take(settlement, (current) => [
      end,
      moneyStep('confirm', caller, this.lease(current, 'money'), person),
    ]);
    return begun ? this.settle(begun, caller) : ledger.get(settlement.row.id);
  }

  async #quotes(settlement: Settlement, caller: Caller) {
    const quotes: Quote[] = [];
    for (const { ordinal } of settlement.legs) {
      const bill = billFor(settlement, ordinal, this.parts.ledger.seals, quotes);
      const { ending, conclusion } = await this.#quoteOf(settlement, ordinal, bill, caller);
      if (conclusion.event !== 'quote-accepted' || ending.kind !== 'accepted')
        return { conclusion, ending, quotes };
      quotes.push(ending.value);
      if (quotes.length === settlement.legs.length) return { conclusion, ending, quotes };
    }
    throw new Error(`settlement ${settlement.row.id} has no payer`);
  }

  async #quoteOf(settlement: Settlement, ordinal: number, bill: Bill, caller: Caller) {
    const { ending, trace } = await this.attempt(settlement, 'quote', caller, ordinal, (insurer, exchange) =>
      insurer.quote(bill, exchange),
    );
    return { ending, conclusion: ofQuote(ending, trace, bill) };
  }

  /** Settles what was quoted, payer after payer; the settlement is `settling` and leased to this run. */
  async settle(settlement: Settlement, caller: Caller): Promise<Settlement> {
    const { seals } = this.parts.ledger;
    const leg = currentLeg(settlement);
    const bill = billFor(settlement, leg.ordinal, seals);
    let quote = seals.quote(leg);
    if (!quote) throw new Error('a settlement without its quote cannot be settled');
    if (quote.split.totalFen !== bill.leftFen) {
      // A person accepted that a payer before took on another share than it had said: this one is asked anew.
      const asked = await this.#quoteOf(settlement, leg.ordinal, bill, caller);
      if (asked.conclusion.event !== 'quote-accepted' || asked.ending.kind !== 'accepted') {
        const { cause } = asked.conclusion;
        const nothing: Conclusion = { event: 'not-sent', ...(cause && { cause }) };
        return this.ended(settlement, caller, () =>
          settledStep(nothing, NOTHING, null, settlement, seals, caller),
        );
      }
      quote = asked.ending.value;
    }
    const put = quote;
    const { ending, trace } = await this.attempt(
      settlement,
      'settle',
      caller,
      leg.ordinal,
      (insurer, exchange) => insurer.settle(bill, put, exchange),
    );
    const conclusion = ofSettle(ending, trace, bill, put);
    const ownId = trace.money?.ownId ?? null;
    const end = settledStep(conclusion, ending, ownId, settlement, seals, caller);
    return this.ended(settlement, caller, (current) => this.scheduled(current, end, trace.money));
  }

  /** Reverses what was settled, payer after payer; the settlement is `reversing` and leased to this run. */
  async reverse(settlement: Settlement, caller: Caller): Promise<Settlement> {
    const { seals } = this.parts.ledger;
    const leg = currentLeg(settlement);
    const bill = billFor(settlement, leg.ordinal, seals);
    const settled = seals.settled(leg);
    if (!settled) throw new Error('a settlement without its number cannot be reversed');
    const { ending, trace } = await this.attempt(
      settlement,
      'reverse',
      caller,
      leg.ordinal,
      (insurer, exchange) => insurer.reverse(bill, settled, exchange),
    );
    const end = reversedStep(ofReverse(ending, trace), ending, settlement, seals, caller);
    return this.ended(settlement, caller, (current) => this.scheduled(current, end, trace.money));
  }

  /**
   * Ends one payer's step and goes on with the next where the machine says so: the lease of the step that follows is
   * on disk with the end of the one before.
   */
  async ended(
    settlement: Settlement,
    caller: Caller,
    plan: (current: Settlement) => Step,
  ): Promise<Settlement> {
    const ended = await this.take(settlement, (current) => {
      const step = plan(current);
      const flow = next({ state: current.row.state, doubtOf: current.row.doubt_of }, step.event)?.sends;
      if (flow !== 'settle' && flow !== 'reverse') return [step];
      return [{ ...step, change: { ...step.change, ...this.lease(current, 'money') } }];
    });
    if (!ended) return this.parts.ledger.get(settlement.row.id);
    return this.goOn(ended, caller);
  }

  /** Works at a settlement that is leased to this run, if there is anything to work at. */
  async goOn(settlement: Settlement, caller: Caller): Promise<Settlement> {
    if (settlement.row.runner !== this.parts.runner) return settlement;
    if (settlement.row.state === 'settling') return this.settle(settlement, caller);
    if (settlement.row.state === 'reversing') return this.reverse(settlement, caller);
    return settlement;
  }

  /** Runs an adapter's flow, each of its exchanges fenced by the settlement's version and lease. */
  async attempt<T>(
    settlement: Settlement,
    purpose: Purpose,
    caller: Caller,
    ordinal: number,
    work: (insurer: Insurer, exchange: Exchange) => Promise<Outcome<T>>,
  ): Promise<{ ending: Ending<T>; trace: Trace }> {
    const { row, legs } = settlement;
    const leg = legs[ordinal - 1]!;
    const { exchange, trace } = this.parts.journal.open({
      ...caller,
      insurer: leg.insurer,
      purpose,
      settlementId: row.id,
      leaseUntil: row.next_check_at ?? 0,
      fence: async (unit: Unit, { id, moves, replaces }) => {
        if (!(await unit.one(fenceSettlement, { id: row.id, version: row.version }))) return false;
        // A try at undoing leaves the mark on the exchange it is about.
        if (!moves || purpose === 'undo') return true;
        const claim = { settlement: row.id, ordinal: leg.ordinal, exchange: id, replaces: replaces ?? '' };
        return (await unit.run(claimMoney, claim)) === 1;
      },
    });
    try {
      return { ending: await work(this.insurer(leg.insurer), exchange), trace };
    } catch (error) {
      if (!(error instanceof Fault)) this.brokeOff(settlement, purpose, error);
      return { ending: { kind: 'thrown', error }, trace };
    }
  }

  /** Logs a bug of an adapter. */
  brokeOff({ row }: Settlement, purpose: string, error: unknown): void {
    this.parts.logger.error({ settlement: row.id, purpose, err: maskError(error) }, 'a flow broke off');
  }

  /** Ends a step, and answers how the settlement stands, whoever brought it there. */
  async end(settlement: Settlement, plan: (current: Settlement) => readonly Step[]): Promise<Settlement> {
    return (await this.take(settlement, plan)) ?? this.parts.ledger.get(settlement.row.id);
  }

  /** Takes steps on behalf of a flow; nothing where another has begun meanwhile: what this one found counts no more. */
  async take(
    settlement: Settlement,
    plan: (current: Settlement) => readonly Step[],
  ): Promise<Settlement | undefined> {
    const { ledger, logger } = this.parts;
    const { id, version } = settlement.row;
    try {
      const ended = await ledger.move(id, version, plan);
      const { next_check_at: due, runner } = ended.row;
      if (due !== null && runner === null) this.onDoubt(due);
      return ended;
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      logger.warn({ settlement: id }, 'a step ended after another had begun');
      return undefined;
    }
  }

  /**
   * A step that ends in doubt, or in waiting, with the time of the next try. Nothing is undone before the deadline of what was lost:
   * the insurer may still be at it, and what it says meanwhile, that it knows of nothing, would not stay true.
   */
  scheduled(current: Settlement, step: Step, lost?: { readonly deadlineAt: number }): Step {
    if (step.event !== 'lost' && step.event !== 'undecided' && step.event !== 'later') return step;
    const { clock, settings, ids } = this.parts;
    const tries = step.change?.tries ?? current.row.tries;
    const delay =
      tries === 0 ? settings.firstCheckMs : checkDelayMs(settings, tries - 1, ids.bytes(1).readUInt8() / 255);
    const from = Math.max(clock.now(), lost?.deadlineAt ?? 0);
    // What is to be undone and was not sent is tried again, more and more seldom, until it is.
    const counted = step.event === 'later' ? { tries: tries + 1 } : {};
    return { ...step, change: { ...counted, ...step.change, next_check_at: from + delay } };
  }

  /** Whether the person who asked for money to move may still be waiting. */
  isAwaited({ row }: Settlement): boolean {
    const { clock, settings } = this.parts;
    return row.asked_at !== null && clock.now() - row.asked_at < settings.againWithinMs;
  }

  /** The gateway's own name for what it does unasked. */
  self(): Caller {
    return { client: GATEWAY, requestId: this.parts.ids.next() };
  }
}

/** Stands for what a payer said that was never asked. */
const NOTHING = { kind: 'thrown', error: undefined } as const;

/** A fault of the bill as the caller sees it: an adapter names the place within the bill. */
function inBody(fault: Fault): Fault {
  const { pointer } = fault.context;
  if (pointer === undefined || pointer.startsWith('/body')) return fault;
  return new Fault(fault.code, { ...fault.context, pointer: `/body${pointer}` }, fault);
}
