import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import type { Insurers } from '../flows.ts';
import type { Ledger } from '../ledger.ts';
import { liveLeg } from '../leg-queries.ts';
import { billFor } from '../legs.ts';
import type { Reversed, TheirRow } from '../port.ts';
import type { DifferenceRow } from './difference-queries.ts';
import type { DoubtMending } from './doubt-mending.ts';
import type { StatementKeeper } from './keeper.ts';
import { exchangeByOwnId } from './leg-queries.ts';
import { done, type Mended, person, SEVERAL } from './mended.ts';
import type { MendRequest } from './mender.ts';
import type { StatementSeals } from './model.ts';
import type { StatementRow } from './queries.ts';
import { isThis, only, type Recording } from './recording.ts';
import type { Undoing } from './undoing.ts';

export interface MendingParts {
  readonly store: Store;
  readonly insurers: Insurers;
  readonly ledger: Ledger;
  readonly keeper: StatementKeeper;
  readonly undoing: Undoing;
  readonly recording: Recording;
  readonly doubts: DoubtMending;
  readonly seals: StatementSeals;
}

/** One try to mend: the difference, what it is about, and who asks for it. */
export interface Try {
  readonly statement: StatementRow;
  readonly difference: DifferenceRow;
  readonly request: MendRequest;
  readonly caller: Caller;
}

/** The acts that mend a difference, each with what proves that it is done. */
export class Mending {
  readonly #parts: MendingParts;

  constructor(parts: MendingParts) {
    this.#parts = parts;
  }

  act(one: Try): Promise<Mended> {
    const { difference, request } = one;
    const { ours, theirs } = this.#parts.seals.content(difference);
    const { recording } = this.#parts;
    // Only of a reversal can a person say what it is of; everything else that is for a person stays so.
    const isNamed = difference.class === 'reversed-at-the-insurer-only' && request.settlementId !== undefined;
    if (difference.act === 'person' && !isNamed) {
      return recording.callPerson(one, ours?.settlementId ?? difference.settlement_id, theirs?.memo);
    }
    if (difference.act === 'prove-absent') return this.#proveAbsent(one);
    if (difference.act === 'reverse-at-insurer') return this.#reverseAtInsurer(one);
    if (!theirs) throw new Error('a difference of the insurer without its row');
    return this.#theirs(one, theirs);
  }

  /** What the insurer has and we have not. What is known of it here may have changed since it was found. */
  async #theirs(one: Try, theirs: TheirRow): Promise<Mended> {
    const { keeper, doubts, recording } = this.#parts;
    const { settlementId, inQuestion } = await keeper.known(one.statement.insurer, { theirs });
    const undo = () => this.#undo(one, theirs, settlementId);
    if (settlementId !== undefined && inQuestion) return doubts.resolve(one, theirs, settlementId, undo);
    if (theirs.sign === 1) return this.#undoAtInsurer(one, theirs, settlementId);
    return recording.reversal(one, theirs, one.request.settlementId ?? settlementId);
  }

  async #undoAtInsurer(one: Try, theirs: TheirRow, settlementId: string | undefined): Promise<Mended> {
    const { store, ledger } = this.#parts;
    const { insurer } = one.statement;
    if (settlementId !== undefined) {
      const { legs } = await ledger.get(settlementId);
      const stands = legs.find((leg) => leg.insurer === insurer && leg.live === 1 && isThis(leg, theirs));
      if (stands)
        return person(`与有效结算 ${settlementId} 是同一笔 / it is the live settlement ${settlementId}`);
    }
    const bill = theirs.billNumber;
    const live = bill === undefined ? undefined : await store.one(liveLeg, { insurer, bill });
    if (live) {
      return person(
        `账单有有效结算 ${live.settlement_id} / its bill has the live settlement ${live.settlement_id}`,
      );
    }
    const undone = await this.#undo(one, theirs, settlementId);
    return 'failed' in undone ? undone.failed : done('医保端已冲正 / undone at the insurer');
  }

  /** What stands with us and not at the insurer: made sure of first, as far as the insurer can. */
  async #proveAbsent(one: Try): Promise<Mended> {
    const { ledger, recording, seals } = this.#parts;
    const { ours } = seals.content(one.difference);
    if (!ours) throw new Error('a difference of ours without its row');
    const settlement = await ledger.get(ours.settlementId);
    const leg = only(settlement);
    if (settlement.row.state === 'failed' && leg?.settled_at === null)
      return done('已登记 / recorded already');
    if (settlement.row.state !== 'settled' || leg?.number !== ours.number) return person(SEVERAL);
    if (ours.ownId !== '') {
      const { totalFen, fundFen, accountFen, ownId, handle } = ours;
      const row: TheirRow = { sign: 1, totalFen, fundFen, accountFen, ownId, handle };
      const undone = await this.#undo(one, row, ours.settlementId);
      // Refused: it knows of nothing to undo, or says so for another reason; the person's word decides.
      if ('failed' in undone && undone.failed.event !== 'refused') return undone.failed;
    }
    await recording.notSettled(one, settlement);
    return done('已登记为未结算 / recorded as not settled');
  }

  /** Reversed here, and not there: what our ledger says is made true. */
  async #reverseAtInsurer(one: Try): Promise<Mended> {
    const { insurers, ledger, undoing, recording, seals } = this.#parts;
    const { insurer: id } = one.statement;
    const { ours } = seals.content(one.difference);
    if (!ours) throw new Error('a difference of ours without its row');
    const settlement = await ledger.get(ours.settlementId);
    const leg = settlement.legs.find(({ insurer, state }) => insurer === id && state === 'reversed');
    const settled = leg && ledger.seals.settled(leg);
    const insurer = insurers.get(id);
    if (!leg || !settled || !insurer) return person('结算已有变化 / the settlement has changed');
    const bill = billFor(settlement, leg.ordinal, ledger.seals);
    const { settlementId } = ours;
    const context = { insurer: id, purpose: 'reverse', caller: one.caller, settlementId } as const;
    const undone = await undoing.do(one.difference, context, (exchange) =>
      insurer.reverse(bill, settled, exchange),
    );
    if ('failed' in undone) return undone.failed;
    const reversed: Reversed | undefined =
      'value' in undone ? undone.value : insurer.reversedBy?.(bill, settled, undone.stored);
    if (!reversed) return person('应答无法读取 / its answer cannot be read');
    await recording.correct(one, settlementId, leg.ordinal, reversed);
    const faults = reversed.faults ?? [];
    return faults.length > 0 ? person(faults.join(', ')) : done('医保端已撤销 / reversed at the insurer');
  }

  async #undo(one: Try, theirs: TheirRow, settlementId: string | undefined) {
    const { store, insurers, undoing } = this.#parts;
    const { insurer } = one.statement;
    const flows = insurers.get(insurer)?.statements;
    if (!flows) throw new Fault('statement.unsupported');
    const own_id = theirs.ownId ?? '';
    const exchange = own_id === '' ? undefined : await store.one(exchangeByOwnId, { insurer, own_id });
    const row = exchange ? { ...theirs, transaction: exchange.transaction } : theirs;
    const context = { insurer, purpose: 'undo', caller: one.caller, settlementId } as const;
    return undoing.do(one.difference, context, (send) => flows.undo(row, send));
  }
}
