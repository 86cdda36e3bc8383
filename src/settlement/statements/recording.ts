import type { AuditTrail } from '../../access/audit.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import type { Ledger } from '../ledger.ts';
import type { Settlement } from '../model.ts';
import type { TheirRow } from '../port.ts';
import type { LegRow } from '../queries.ts';
import { correctReversal } from './leg-queries.ts';
import { done, type Mended, person, SEVERAL } from './mended.ts';
import type { Try } from './mending.ts';
import type { StatementRow } from './queries.ts';

export interface RecordingParts {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly audit: AuditTrail;
}

const DISPUTED = { code: 'settlement.statement-differs' } as const;
const REVIEWED = { code: 'settlement.reviewed' } as const;

/** Writes into our ledger what a statement tells of a settlement, through its machine; sends nothing. */
export class Recording {
  readonly #parts: RecordingParts;

  constructor(parts: RecordingParts) {
    this.#parts = parts;
  }

  /** The insurer never had it: its row counts in no statement any more, and its bill may be settled anew. */
  async notSettled(one: Try, { row }: Settlement): Promise<void> {
    const { caller, request } = one;
    const note = request.note ?? '对账:医保没有这笔 / the insurer does not have it';
    const act = `${request.act} record`;
    await this.#parts.ledger.move(row.id, row.version, () => [
      { event: 'disputed', caller, cause: DISPUTED },
      { event: 'review-not-settled', caller, act, note, cause: REVIEWED, leg: { settled_at: null } },
    ]);
  }

  /** The insurer has reversed it: on the day of its statement, where it doesn't say when. */
  async reversal(one: Try, theirs: TheirRow, id: string | undefined): Promise<Mended> {
    const { ledger } = this.#parts;
    const { statement, request, caller } = one;
    if (id === undefined)
      return person('不知是哪一笔,请用 settlementId 指明 / name the settlement with settlementId');
    const settlement = await ledger.find(id);
    const leg = settlement && only(settlement);
    if (settlement && !leg) return person(SEVERAL);
    if (!settlement || leg?.insurer !== statement.insurer || leg.total_fen !== -theirs.totalFen) {
      throw new Fault('request.invalid', {
        pointer: '/body/settlementId',
        detail: '不是同一支付方、同一金额的结算 / not of this payer, or of another amount',
      });
    }
    const number = nameOfReversal(theirs, leg);
    const at = theirs.at ?? dayIn(statement, undefined);
    if (settlement.row.state === 'settled') {
      const note = request.note ?? '对账:医保已撤销 / the insurer has reversed it';
      const act = `${request.act} record`;
      const reversed = { reversal_number: number, reversed_at: at };
      await ledger.move(id, settlement.row.version, () => [
        { event: 'disputed', caller, cause: DISPUTED },
        { event: 'review-reversed', caller, act, note, cause: REVIEWED, leg: reversed },
      ]);
      return done('已登记为撤销 / recorded as reversed');
    }
    if (leg.state !== 'reversed')
      return person(`结算的状态是 ${settlement.row.state} / the settlement is ${settlement.row.state}`);
    if (leg.reversed_at !== null && dayIn(statement, leg.reversed_at) === leg.reversed_at)
      return done('已登记 / recorded already');
    await this.correct(one, id, leg.ordinal, { number: number ?? leg.reversal_number, reversedAt: at });
    return done('已登记撤销的时间 / the time of its reversal is recorded');
  }

  /** When, and under which number, a leg that is reversed was. */
  async correct(
    { caller }: Try,
    settlement: string,
    ordinal: number,
    { number, reversedAt }: { readonly number: string | null; readonly reversedAt: number },
  ): Promise<void> {
    const { store, audit } = this.#parts;
    await store.write(async (unit) => {
      await unit.run(correctReversal, { settlement, ordinal, number, at: reversedAt });
      await audit.add(unit, { ...caller, act: 'correct', kind: 'settlement', subject: settlement });
    });
  }

  /** Sets the settlement before a person; with their word, it has been looked at. */
  async callPerson(one: Try, id: string | null, memo: string | undefined): Promise<Mended> {
    const { ledger } = this.#parts;
    if (one.request.confirm) return done(one.request.note ?? '已人工核对 / a person has looked');
    const reason = memo ?? '须人工核对 / a person must look';
    const settlement = id === null ? undefined : await ledger.find(id);
    if (settlement?.row.state === 'settled' && only(settlement)) {
      await ledger.move(settlement.row.id, settlement.row.version, () => [
        { event: 'disputed', caller: one.caller, cause: { ...DISPUTED, reason } },
      ]);
    }
    return person(reason);
  }
}

/** What a reversal is known by: its number, or where the insurer's details give none, the id it was sent under. */
function nameOfReversal({ number, ownId }: TheirRow, leg: LegRow): string | null {
  return (number === leg.number ? undefined : number) ?? ownId ?? null;
}

/** The only payer of a bill. With several, what one of them says is no word about the bill. */
export function only({ legs }: Settlement): LegRow | undefined {
  return legs.length === 1 ? legs[0] : undefined;
}

export function isThis(leg: LegRow, theirs: TheirRow): boolean {
  return (
    (theirs.ownId !== undefined && leg.own_id === theirs.ownId) ||
    (theirs.number !== undefined && leg.number === theirs.number)
  );
}

/** A moment of a statement's period: the one that is known, where it lies in it. */
export function dayIn({ from_at, to_at }: StatementRow, at: number | undefined): number {
  return at !== undefined && at >= from_at && at < to_at ? at : from_at;
}
