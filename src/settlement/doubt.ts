import type { Caller } from '../access/caller.ts';
import type { Store } from '../store/port.ts';
import { exchangeById } from './exchange-queries.ts';
import type { Flows } from './flows.ts';
import type { Ledger, Step } from './ledger.ts';
import { billFor, currentLeg, hasBefore, hasNext, isMidway } from './legs.ts';
import type { Cause, Settlement } from './model.ts';
import type { Doubt, Proof, WayOut } from './port.ts';
import { failedPayerStep, moneyStep, reversedStep, settledStep } from './steps.ts';
import { ofReversed, ofSettled, ofWay } from './verdicts.ts';

/** Between one way out that proved nothing and the next. */
const NEXT_WAY_MS = 1_000;

/**
 * Finds out what became of an exchange whose answer was lost. An insurer declares its ways out of doubt; they are
 * taken in its order, each once per lease:
 *
 *     way 1 ──proves nothing──► way 2 ──proves nothing──► … ──► a person decides (needs-review)
 *       │ not found out, not sent: again later, more and more seldom; after some tries that were sent, the next way
 *       └ proved: it has no effect (undone), it settled, or it reversed ──► the settlement goes on from there
 */
export class DoubtSolver {
  readonly #flows: Flows;
  readonly #ledger: Ledger;
  readonly #store: Store;

  constructor(flows: Flows, store: Store) {
    this.#flows = flows;
    this.#ledger = flows.parts.ledger;
    this.#store = store;
  }

  /** Takes one way out, once. */
  async take(settlement: Settlement): Promise<Settlement> {
    const caller = this.#flows.self();
    const doubt = await this.#doubt(settlement);
    const leg = currentLeg(settlement);
    const insurer = this.#flows.parts.insurers.get(leg.insurer);
    if (!doubt) return this.#giveUp(settlement, caller, 'the lost exchange is not in the journal');
    if (!insurer) return this.#later(settlement, caller, { code: 'insurer.not-found' });
    const ways = insurer.waysOut.filter(({ decides }) => decides.includes(doubt.lost.transaction));
    const way = ways[settlement.row.way];
    if (!way) return this.#giveUp(settlement, caller, `${doubt.lost.transaction} cannot be decided`);
    const bill = billFor(settlement, leg.ordinal, this.#ledger.seals);
    const { ending, trace } = await this.#flows.attempt(
      settlement,
      purposeOf(way),
      caller,
      leg.ordinal,
      (_insurer, exchange) => way.take(bill, doubt, exchange),
    );
    const verdict = ofWay(ending, trace);
    switch (verdict.kind) {
      case 'proved':
        return this.#proved(settlement, doubt, verdict.proof, caller);
      case 'nothing':
        return this.#nextWay(settlement, caller, ways, verdict.reason);
      case 'wait':
        return this.#later(
          settlement,
          caller,
          { code: 'settlement.undecided-yet', reason: verdict.reason },
          verdict,
        );
      case 'not-sent':
        return this.#later(settlement, caller, { code: 'insurer.unreachable', reason: verdict.reason });
      case 'unknown':
        // Only tries that were sent count towards the next way: an outage passes.
        return settlement.row.undecided + 1 >= this.#flows.parts.settings.undecidedMax
          ? this.#nextWay(settlement, caller, ways, verdict.reason)
          : this.#later(
              settlement,
              caller,
              { code: 'insurer.no-answer', reason: verdict.reason },
              { sent: true },
            );
    }
  }

  /** The settlement goes on from what was proved. */
  #proved(
    settlement: Settlement,
    doubt: Doubt,
    proof: Exclude<Proof, { is: 'open' }>,
    caller: Caller,
  ): Promise<Settlement> {
    if (doubt.of === 'settle') {
      return proof.is === 'settled' && doubt.quote
        ? this.#didSettle(settlement, doubt, proof, caller)
        : this.#didNotSettle(settlement, caller);
    }
    return proof.is === 'reversed'
      ? this.#flows.ended(settlement, caller, (current) => {
          const ending = { kind: 'accepted', value: proof.reversed, at: at(doubt) } as const;
          return reversedStep(ofReversed(proof.reversed), ending, current, this.#ledger.seals, caller);
        })
      : this.#didNotReverse(settlement, caller);
  }

  /** The answer was lost, the settlement was not. */
  async #didSettle(
    settlement: Settlement,
    doubt: Doubt,
    { settled }: Extract<Proof, { is: 'settled' }>,
    caller: Caller,
  ): Promise<Settlement> {
    const { seals } = this.#ledger;
    const ending = { kind: 'accepted', value: settled, at: at(doubt) } as const;
    const stepOf = (current: Settlement) => {
      const bill = billFor(current, currentLeg(current).ordinal, seals);
      return settledStep(
        ofSettled(settled, bill, doubt.quote!),
        ending,
        doubt.lost.ownId,
        current,
        seals,
        caller,
      );
    };
    if (!hasNext(settlement) || this.#flows.isAwaited(settlement)) {
      return this.#flows.ended(settlement, caller, stepOf);
    }
    // The patient has left, and the payers after this one can't be asked any more: all or nothing.
    const ended = await this.#flows.take(settlement, (current) => {
      const step = stepOf(current);
      if (step.event !== 'next-payer') return [step];
      const failed = failedPayerStep({ code: 'settlement.too-late' }, current, seals, caller);
      return [step, { ...failed, change: { ...failed.change, ...this.#flows.lease(current, 'money') } }];
    });
    return ended ? this.#flows.goOn(ended, caller) : this.#ledger.get(settlement.row.id);
  }

  /** No money moved after all. Does it again for a person who is still waiting. */
  #didNotSettle(settlement: Settlement, caller: Caller): Promise<Settlement> {
    const again = this.#mayTryAgain(settlement);
    if (!hasBefore(settlement)) return this.#undone(settlement, 'confirm', again, caller);
    if (again) return this.#again(settlement, caller);
    const cause: Cause = { code: 'settlement.undone' };
    return this.#flows.ended(settlement, caller, (current) =>
      failedPayerStep(cause, current, this.#ledger.seals, caller),
    );
  }

  #didNotReverse(settlement: Settlement, caller: Caller): Promise<Settlement> {
    if (isMidway(settlement)) return this.#again(settlement, caller);
    return this.#undone(settlement, 'reverse', this.#mayTryAgain(settlement), caller);
  }

  /** Back to where the step began, and once more where that is wanted. */
  async #undone(
    settlement: Settlement,
    event: 'confirm' | 'reverse',
    again: boolean,
    caller: Caller,
  ): Promise<Settlement> {
    const undone: Step = {
      event: 'undone',
      caller,
      change: { tries: settlement.row.tries + 1 },
      leg: { money_exchange: null },
      ...(again ? {} : { cause: { code: 'settlement.undone' } }),
    };
    if (!again) return this.#flows.end(settlement, () => [undone]);
    const begun = await this.#flows.take(settlement, (current) => [
      undone,
      moneyStep(event, caller, this.#flows.lease(current, 'money')),
    ]);
    return begun ? this.#flows.goOn(begun, caller) : this.#ledger.get(settlement.row.id);
  }

  #again(settlement: Settlement, caller: Caller): Promise<Settlement> {
    return this.#flows.ended(settlement, caller, (current) => {
      const step = moneyStep('again', caller, this.#flows.lease(current, 'money'));
      return { ...step, change: { ...step.change, tries: current.row.tries + 1 } };
    });
  }

  #mayTryAgain(settlement: Settlement): boolean {
    const { settings } = this.#flows.parts;
    return this.#flows.isAwaited(settlement) && settlement.row.tries < settings.checkDelaysMs.length;
  }

  #nextWay(
    settlement: Settlement,
    caller: Caller,
    ways: readonly WayOut[],
    reason: string,
  ): Promise<Settlement> {
    const way = settlement.row.way + 1;
    if (way >= ways.length) return this.#giveUp(settlement, caller, reason);
    const { clock } = this.#flows.parts;
    const change = { way, undecided: 0, next_check_at: clock.now() + NEXT_WAY_MS };
    const cause: Cause = { code: 'settlement.undecided-yet', reason };
    return this.#flows.end(settlement, () => [{ event: 'undecided', caller, cause, change }]);
  }

  #giveUp(settlement: Settlement, caller: Caller, reason: string): Promise<Settlement> {
    const cause: Cause = { code: 'settlement.undecided', reason };
    return this.#flows.end(settlement, () => [{ event: 'undecidable', caller, cause }]);
  }

  /** Not found out this time. */
  #later(
    settlement: Settlement,
    caller: Caller,
    cause: Cause,
    { sent = false, until = 0 }: { sent?: boolean; until?: number } = {},
  ): Promise<Settlement> {
    const change = { tries: settlement.row.tries + 1, undecided: settlement.row.undecided + (sent ? 1 : 0) };
    return this.#flows.end(settlement, (current) => [
      this.#flows.scheduled(current, { event: 'undecided', caller, cause, change }, { deadlineAt: until }),
    ]);
  }

  async #doubt(settlement: Settlement): Promise<Doubt | undefined> {
    const leg = currentLeg(settlement);
    if (leg.money_exchange === null) return undefined;
    const row = await this.#store.one(exchangeById, { id: leg.money_exchange });
    if (!row) return undefined;
    const { seals } = this.#ledger;
    const [quote, settled] = [seals.quote(leg), seals.settled(leg)];
    const handle = (settled ?? quote)?.handle;
    return {
      of: settlement.row.doubt_of ?? 'settle',
      lost: {
        transaction: row.transaction,
        ownId: row.own_id,
        sentAt: row.sent_at,
        deadlineAt: row.deadline_at,
        ...(handle && { handle }),
      },
      ...(quote && { quote }),
      ...(settled && { settled }),
    };
  }
}

/** Only undoing may move money; the other ways ask. */
function purposeOf({ way }: WayOut): 'undo' | 'query' {
  return way === 'reverse-by-own-id' || way === 'two-phase' ? 'undo' : 'query';
}

function at({ lost }: Doubt) {
  return { exchangeId: '', transaction: lost.transaction, ownId: lost.ownId };
}
