import type { Clock } from '../../clock.ts';
import type { Store } from '../../store/port.ts';
import type { Flows } from '../flows.ts';
import type { Ledger } from '../ledger.ts';
import { currentLeg } from '../legs.ts';
import type { Settlement } from '../model.ts';
import type { TheirRow } from '../port.ts';
import type { Recovery } from '../recovery.ts';
import type { SettlementService } from '../service.ts';
import { exchangeByOwnId } from './leg-queries.ts';
import { done, type Mended, notYet, person } from './mended.ts';
import type { Try } from './mending.ts';
import { dayIn, type Recording } from './recording.ts';
import type { Undone } from './undoing.ts';

export interface DoubtMendingParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly flows: Flows;
  readonly recovery: Pick<Recovery, 'take'>;
  readonly service: Pick<SettlementService, 'review'>;
  readonly recording: Recording;
}

/** Ends a doubt, or what a person was called for over one, with what the statement shows: the insurer has it. */
export class DoubtMending {
  readonly #parts: DoubtMendingParts;

  constructor(parts: DoubtMendingParts) {
    this.#parts = parts;
  }

  async resolve(
    one: Try,
    theirs: TheirRow,
    settlementId: string,
    undo: () => Promise<Undone<unknown> | { readonly failed: Mended }>,
  ): Promise<Mended> {
    const { store, clock, ledger } = this.#parts;
    const { insurer } = one.statement;
    const exchange = await store.one(exchangeByOwnId, { insurer, own_id: theirs.ownId ?? '' });
    // Nothing is undone before the deadline of what was lost: the insurer may still be at it.
    if ((exchange?.deadline_at ?? 0) > clock.now())
      return notYet('应答期限未过,稍后再试 / its answer may still come: try later');
    let settlement = await ledger.get(settlementId);
    if (settlement.row.state === 'in-doubt') {
      settlement = await this.#takeWaysOut(settlement);
      if (settlement.row.state === 'in-doubt') return notYet('仍在查 / still in doubt');
    }
    if (settlement.row.state !== 'needs-review') return done(`→ ${settlement.row.state}`);
    return theirs.sign === -1
      ? this.#didReverse(one, theirs, settlement, exchange?.sent_at)
      : this.#undoSettled(one, theirs, settlement, undo);
  }

  /** Begins the ways out of a doubt anew, and takes the first that its insurer offers. */
  async #takeWaysOut({ row }: Settlement): Promise<Settlement> {
    const { ledger, flows, recovery } = this.#parts;
    const caller = flows.self();
    let mine = false;
    const leased = await ledger.move(row.id, row.version, (current) => {
      // Somebody is at it.
      mine = current.row.runner === null;
      if (!mine) return [];
      const change = { ...flows.lease(current, 'money'), way: 0, undecided: 0 };
      return [{ event: 'undecided', caller, cause: { code: 'settlement.undecided-yet' }, change }];
    });
    return mine ? recovery.take(leased) : leased;
  }

  /** The reversal that was lost did take place; where nobody learns its number, it is known by the id we gave it. */
  async #didReverse(
    one: Try,
    theirs: TheirRow,
    settlement: Settlement,
    sentAt: number | undefined,
  ): Promise<Mended> {
    const { service, recording } = this.#parts;
    const { ordinal } = currentLeg(settlement);
    await service.review(this.#review(one, settlement), { found: 'reversed', note: noteOf(one, theirs) });
    const at = theirs.at ?? dayIn(one.statement, sentAt);
    await recording.correct(one, settlement.row.id, ordinal, {
      number: theirs.number ?? theirs.ownId ?? null,
      reversedAt: at,
    });
    return done('已登记为撤销 / recorded as reversed');
  }

  async #undoSettled(
    one: Try,
    theirs: TheirRow,
    settlement: Settlement,
    undo: () => Promise<Undone<unknown> | { readonly failed: Mended }>,
  ): Promise<Mended> {
    const undone = await undo();
    if ('failed' in undone) {
      return undone.failed.event === 'refused' ? person(undone.failed.reason) : undone.failed;
    }
    const note = noteOf(one, theirs);
    await this.#parts.service.review(this.#review(one, settlement), { found: 'not-settled', note });
    return done('已冲正 / undone');
  }

  #review({ request, caller }: Try, { row }: Settlement) {
    return { id: row.id, act: `${request.act} review`, caller };
  }
}

function noteOf({ request }: Try, { ownId = '' }: TheirRow): string {
  return request.note ?? `对账:医保有报文 ${ownId} / the insurer lists it`;
}
