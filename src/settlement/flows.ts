import type { Logger } from 'pino';
import type { Purpose } from '../../schemas/settlement-words.ts';
import { type Caller, GATEWAY } from '../access/caller.ts';
import { maskError } from '../access/masking.ts';
import type { Clock, Ids } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Unit } from '../store/port.ts';
import type { Journal, Trace } from './journal.ts';
import { type Ledger, type Step, Superseded } from './ledger.ts';
import { onlyLeg, type Settlement } from './model.ts';
import type { Exchange, Insurer, Outcome } from './port.ts';
import { claimMoney, fenceSettlement } from './queries.ts';
import { checkDelayMs, leaseMsOf, type SettlementSettings } from './settings.ts';
import { type Lease, moneyStep, quotedStep, reversedStep, settledStep } from './steps.ts';
import { type Ending, isFinal, ofQuote, ofReverse, ofSettle } from './verdicts.ts';

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

  lease(insurer: string, step: 'quote' | 'money'): Lease {
    const { clock, journal, runner } = this.parts;
    return { next_check_at: clock.now() + leaseMsOf(step, journal.timeoutMsOf(insurer)), runner };
  }

  /**
   * Asks the insurer for the quote; with `confirm`, settles it at once when it is there. A new bill that the adapter
   * finds wrong before anything is sent has failed, and its fault is thrown too, so that it can be mended.
   */
  async quote(
    settlement: Settlement,
    caller: Caller,
    { isNew = false, confirm }: { isNew?: boolean; confirm?: { readonly act: string } | undefined } = {},
  ): Promise<Settlement> {
    const { ledger, clock } = this.parts;
    const leg = onlyLeg(settlement);
    const bill = ledger.seals.bill(settlement.row);
    const { ending, trace } = await this.attempt(settlement, 'quote', caller, (insurer, exchange) =>
      insurer.quote(bill, exchange),
    );
    const conclusion = ofQuote(ending, trace, bill);
    const end = quotedStep(conclusion, ending, settlement, ledger.seals, caller);
    if (!confirm || conclusion.event !== 'quote-accepted') {
      const ended = await this.end(settlement, () => [end]);
      if (isNew && ending.kind === 'thrown' && isFinal(ending.error)) throw inBody(ending.error);
      return ended;
    }
    const person = { askedAt: clock.now(), act: confirm.act };
    const begun = await this.take(settlement, () => [
      end,
      moneyStep('confirm', caller, this.lease(leg.insurer, 'money'), person),
    ]);
    return begun ? this.settle(begun, caller) : ledger.get(settlement.row.id);
  }

  /** Settles what was quoted; the settlement is `settling` and leased to this run. */
  async settle(settlement: Settlement, caller: Caller): Promise<Settlement> {
    const { seals } = this.parts.ledger;
    const bill = seals.bill(settlement.row);
    const quote = seals.quote(onlyLeg(settlement));
    if (!quote) throw new Error('a settlement without its quote cannot be settled');
    const { ending, trace } = await this.attempt(settlement, 'settle', caller, (insurer, exchange) =>
      insurer.settle(bill, quote, exchange),
    );
    const conclusion = ofSettle(ending, trace, bill, quote);
    const end = settledStep(conclusion, ending, trace.money, settlement, seals, caller);
    return this.end(settlement, (current) => [this.scheduled(current, end, trace.money)]);
  }

  /** Reverses what was settled; the settlement is `reversing` and leased to this run. */
  async reverse(settlement: Settlement, caller: Caller): Promise<Settlement> {
    const { seals } = this.parts.ledger;
    const bill = seals.bill(settlement.row);
    const settled = seals.settled(onlyLeg(settlement));
    if (!settled) throw new Error('a settlement without its number cannot be reversed');
    const { ending, trace } = await this.attempt(settlement, 'reverse', caller, (insurer, exchange) =>
      insurer.reverse(bill, settled, exchange),
    );
    const end = reversedStep(ofReverse(ending, trace), ending, caller);
    return this.end(settlement, (current) => [this.scheduled(current, end, trace.money)]);
  }

  /** Runs an adapter's flow, each of its exchanges fenced by the settlement's version and lease. */
  async attempt<T>(
    settlement: Settlement,
    purpose: Purpose,
    caller: Caller,
    work: (insurer: Insurer, exchange: Exchange) => Promise<Outcome<T>>,
  ): Promise<{ ending: Ending<T>; trace: Trace }> {
    const { row } = settlement;
    const leg = onlyLeg(settlement);
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
      if (ended.row.state === 'in-doubt' && ended.row.next_check_at !== null)
        this.onDoubt(ended.row.next_check_at);
      return ended;
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      logger.warn({ settlement: id }, 'a step ended after another had begun');
      return undefined;
    }
  }

  /**
   * A step that ends in doubt, with the time of the next try. Nothing is undone before the deadline of what was lost:
   * the insurer may still be at it, and what it says meanwhile, that it knows of nothing, would not stay true.
   */
  scheduled(current: Settlement, step: Step, lost?: { readonly deadlineAt: number }): Step {
    if (step.event !== 'lost' && step.event !== 'undecided') return step;
    const { clock, settings, ids } = this.parts;
    const tries = step.change?.tries ?? current.row.tries;
    const delay =
      tries === 0 ? settings.firstCheckMs : checkDelayMs(settings, tries - 1, ids.bytes(1).readUInt8() / 255);
    return {
      ...step,
      change: { ...step.change, next_check_at: Math.max(clock.now(), lost?.deadlineAt ?? 0) + delay },
    };
  }

  /** The gateway's own name for what it does unasked. */
  self(): Caller {
    return { client: GATEWAY, requestId: this.parts.ids.next() };
  }
}

/** A fault of the bill as the caller sees it: an adapter names the place within the bill. */
function inBody(fault: Fault): Fault {
  const { pointer } = fault.context;
  if (pointer === undefined || pointer.startsWith('/body')) return fault;
  return new Fault(fault.code, { ...fault.context, pointer: `/body${pointer}` }, fault);
}
