import type { Caller } from '../access/caller.ts';
import type { Store } from '../store/port.ts';
import { answeredStep } from './answered.ts';
import { type ExchangeRow, exchangeById, giveUpExchange } from './exchange-queries.ts';
import type { Flows } from './flows.ts';
import type { Ledger, Step } from './ledger.ts';
import type { DoubtOf } from './machine.ts';
import { type Cause, onlyLeg, type Settlement } from './model.ts';
import type { Doubt, Insurer, WayOut } from './port.ts';
import { interruptedConclusion, moneyStep } from './steps.ts';
import { ofUndo } from './verdicts.ts';

/** What is done with a settlement that nobody is working at: a step that broke off, or a doubt whose time has come. */
export class Recovery {
  readonly #flows: Flows;
  readonly #ledger: Ledger;
  readonly #store: Store;

  constructor(flows: Flows, store: Store) {
    this.#flows = flows;
    this.#ledger = flows.parts.ledger;
    this.#store = store;
  }

  /** Takes a leased settlement one step on. */
  async take(settlement: Settlement): Promise<Settlement> {
    switch (settlement.row.state) {
      case 'in-doubt':
        return this.#undo(settlement, settlement.row.doubt_of ?? 'settle');
      case 'draft':
      case 'settling':
      case 'reversing':
        return this.#endInterrupted(settlement);
      default:
        // No other state has a lease; whatever gave it one, it needs nothing more.
        throw new Error(`a settlement in state ${settlement.row.state} has nothing to recover`);
    }
  }

  /** Ends a step whose gateway died, from what the journal knows. */
  async #endInterrupted(settlement: Settlement): Promise<Settlement> {
    const caller = this.#flows.self();
    const { seals } = this.#ledger;
    const id = onlyLeg(settlement).money_exchange;
    if (id !== null) await this.#store.write((unit) => unit.run(giveUpExchange, { id }));
    const exchange = id === null ? undefined : await this.#store.one(exchangeById, { id });
    const answered = exchange && this.#answered(settlement, exchange, caller);
    const reason = exchange && seals.exchangeReason(exchange);
    const money = exchange && { outcome: exchange.outcome, ...(reason === undefined ? {} : { reason }) };
    const lost = exchange && { deadlineAt: exchange.deadline_at };
    // What the step's own gateway wrote before this lease is seen here; if it still lives, it is fenced off.
    return this.#flows.end(settlement, (current) => [
      answered ?? this.#flows.scheduled(current, { ...interruptedConclusion(current, money), caller }, lost),
    ]);
  }

  /** An answer that cannot be read now could not have been read then either, and so was lost. */
  #answered(settlement: Settlement, exchange: ExchangeRow, caller: Caller): Step | undefined {
    const { insurers } = this.#flows.parts;
    const insurer = insurers.get(onlyLeg(settlement).insurer);
    try {
      return insurer && answeredStep(settlement, exchange, insurer, this.#ledger.seals, caller);
    } catch (error) {
      this.#flows.brokeOff(settlement, 'recovery', error);
      return undefined;
    }
  }

  /** Tries to undo a lost exchange by the id we gave it. */
  async #undo(settlement: Settlement, doubtOf: DoubtOf): Promise<Settlement> {
    const caller = this.#flows.self();
    const lost = await this.#lost(settlement);
    const insurer = this.#flows.parts.insurers.get(onlyLeg(settlement).insurer);
    if (!lost) return this.#giveUp(settlement, caller, 'the lost exchange is not in the journal');
    if (!insurer) return this.#later(settlement, caller, false, { code: 'insurer.not-found' });
    const way = wayOut(insurer, lost);
    if (!way) return this.#giveUp(settlement, caller, `${lost.lost.transaction} cannot be decided`);
    const bill = this.#ledger.seals.bill(settlement.row);
    const { ending, trace } = await this.#flows.attempt(settlement, 'undo', caller, (_insurer, exchange) =>
      way.take(bill, lost, exchange),
    );
    const reason = trace.money?.reason ?? '';
    switch (ofUndo(ending, trace)) {
      case 'undone':
        return this.#undone(settlement, doubtOf, caller);
      case 'refused':
        // Whether it never knew the exchange or will not undo it, the insurer does not say.
        return this.#giveUp(settlement, caller, reason);
      case 'unknown':
        return this.#later(settlement, caller, true, { code: 'insurer.no-answer', reason });
      case 'not-sent':
        return this.#later(settlement, caller, false, { code: 'insurer.unreachable', reason });
    }
  }

  /** No money moved after all. Does it again for a person who is still waiting. */
  async #undone(settlement: Settlement, doubtOf: DoubtOf, caller: Caller): Promise<Settlement> {
    const { asked_at: askedAt, tries } = settlement.row;
    const { clock, settings } = this.#flows.parts;
    const recent = askedAt !== null && clock.now() - askedAt < settings.againWithinMs;
    const again = recent && tries < settings.checkDelaysMs.length;
    const undone: Step = {
      event: 'undone',
      caller,
      change: { tries: tries + 1 },
      leg: { money_exchange: null },
      ...(again ? {} : { cause: { code: 'settlement.undone' } }),
    };
    if (!again) return this.#flows.end(settlement, () => [undone]);
    const lease = this.#flows.lease(onlyLeg(settlement).insurer, 'money');
    const event = doubtOf === 'settle' ? 'confirm' : 'reverse';
    const begun = await this.#flows.take(settlement, () => [undone, moneyStep(event, caller, lease)]);
    if (!begun) return this.#ledger.get(settlement.row.id);
    return doubtOf === 'settle' ? this.#flows.settle(begun, caller) : this.#flows.reverse(begun, caller);
  }

  #giveUp(settlement: Settlement, caller: Caller, reason: string): Promise<Settlement> {
    const cause: Cause = { code: 'settlement.undecided', reason };
    return this.#flows.end(settlement, () => [{ event: 'undecidable', caller, cause }]);
  }

  /** Not found out this time. Only tries that were sent count towards calling a person: an outage passes. */
  #later(settlement: Settlement, caller: Caller, sent: boolean, cause: Cause): Promise<Settlement> {
    const tries = settlement.row.tries + 1;
    const undecided = settlement.row.undecided + (sent ? 1 : 0);
    if (undecided >= this.#flows.parts.settings.undecidedMax) {
      return this.#giveUp(settlement, caller, cause.reason ?? '');
    }
    return this.#flows.end(settlement, (current) => [
      this.#flows.scheduled(current, { event: 'undecided', caller, cause, change: { tries, undecided } }),
    ]);
  }

  async #lost(settlement: Settlement): Promise<Doubt | undefined> {
    const leg = onlyLeg(settlement);
    const row =
      leg.money_exchange === null
        ? undefined
        : await this.#store.one(exchangeById, { id: leg.money_exchange });
    const handle = (this.#ledger.seals.settled(leg) ?? this.#ledger.seals.quote(leg))?.handle;
    if (!row) return undefined;
    return {
      of: settlement.row.doubt_of ?? 'settle',
      lost: {
        transaction: row.transaction,
        ownId: row.own_id,
        sentAt: row.sent_at,
        deadlineAt: row.deadline_at,
        ...(handle && { handle }),
      },
    };
  }
}

/** The first way out that can decide what became of the lost exchange. */
function wayOut(insurer: Insurer, { lost }: Doubt): WayOut | undefined {
  return insurer.waysOut.find((way) => way.decides.includes(lost.transaction));
}
