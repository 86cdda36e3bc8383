import type { Caller } from '../access/caller.ts';
import type { Store } from '../store/port.ts';
import { answeredStep } from './answered.ts';
import { DoubtSolver } from './doubt.ts';
import { type ExchangeRow, exchangeById, giveUpExchange } from './exchange-queries.ts';
import type { Flows } from './flows.ts';
import type { Ledger, Step } from './ledger.ts';
import { currentLeg, hasBefore, isMidway } from './legs.ts';
import type { Settlement } from './model.ts';
import { interruptedConclusion, moneyStep, reversedStep, settledStep } from './steps.ts';
import type { Conclusion } from './verdicts.ts';

/** What is done with a settlement that nobody is working at: a step that broke off, or a doubt whose time has come. */
export class Recovery {
  readonly #flows: Flows;
  readonly #ledger: Ledger;
  readonly #store: Store;
  readonly #solver: DoubtSolver;

  constructor(flows: Flows, store: Store) {
    this.#flows = flows;
    this.#ledger = flows.parts.ledger;
    this.#store = store;
    this.#solver = new DoubtSolver(flows, store);
  }

  /** Takes a leased settlement one step on. */
  async take(settlement: Settlement): Promise<Settlement> {
    switch (settlement.row.state) {
      case 'in-doubt':
        return this.#solver.take(settlement);
      case 'draft':
      case 'settling':
      case 'reversing':
        return this.#endInterrupted(settlement);
      default:
        // No other state has a lease; whatever gave it one, it needs nothing more.
        throw new Error(`a settlement in state ${settlement.row.state} has nothing to recover`);
    }
  }

  /** Ends a step whose gateway died, from what the journal knows, and goes on from there. */
  async #endInterrupted(settlement: Settlement): Promise<Settlement> {
    const caller = this.#flows.self();
    const { seals } = this.#ledger;
    const id = currentLeg(settlement).money_exchange;
    if (id !== null) await this.#store.write((unit) => unit.run(giveUpExchange, { id }));
    const exchange = id === null ? undefined : await this.#store.one(exchangeById, { id });
    const answered = exchange && this.#answered(settlement, exchange, caller);
    const reason = exchange && seals.exchangeReason(exchange);
    const money = exchange && { outcome: exchange.outcome, ...(reason === undefined ? {} : { reason }) };
    const lost = exchange && { deadlineAt: exchange.deadline_at };
    // What the step's own gateway wrote before this lease is seen here; if it still lives, it is fenced off.
    return this.#flows.ended(settlement, caller, (current) => {
      if (answered) return answered;
      const conclusion = interruptedConclusion(current, money);
      return this.#flows.scheduled(current, this.#stepOf(current, conclusion, caller), lost);
    });
  }

  /** What an interrupted step of one payer is to the bill. */
  #stepOf(current: Settlement, conclusion: Conclusion, caller: Caller): Step {
    const { seals } = this.#ledger;
    const nothing = { kind: 'thrown', error: undefined } as const;
    // Nothing was sent: whoever still waits is served on; an undoing that has begun is always gone through with.
    const served = conclusion.event === 'not-sent' && this.#flows.isAwaited(current);
    if (current.row.state === 'settling') {
      if (served && hasBefore(current)) return this.#again(current, caller);
      return settledStep(conclusion, nothing, null, current, seals, caller);
    }
    if (current.row.state === 'reversing') {
      if (conclusion.event === 'not-sent' && isMidway(current)) return this.#again(current, caller);
      return reversedStep(conclusion, nothing, current, seals, caller);
    }
    return { ...conclusion, caller };
  }

  #again(current: Settlement, caller: Caller): Step {
    return moneyStep('again', caller, this.#flows.lease(current, 'money'));
  }

  /** An answer that cannot be read now could not have been read then either, and so was lost. */
  #answered(settlement: Settlement, exchange: ExchangeRow, caller: Caller): Step | undefined {
    const { insurers } = this.#flows.parts;
    const insurer = insurers.get(currentLeg(settlement).insurer);
    try {
      return insurer && answeredStep(settlement, exchange, insurer, this.#ledger.seals, caller);
    } catch (error) {
      this.#flows.brokeOff(settlement, 'recovery', error);
      return undefined;
    }
  }
}
