import type { Store, Unit } from '../../store/port.ts';
import type { DividedLine, StayCharge } from '../port.ts';
import * as queries from './line-queries.ts';
import type { NewCharge, StayRecord, StaySeals } from './model.ts';
import type { StayRow } from './queries.ts';
import type { LineState } from './tables.ts';

/** Lines that go to the insurer together (2301). */
export const BATCH_LINES_MAX = 100;

/** Lines looked up together. */
const LOOK_UP_MAX = 500;

export type KnownLine = Pick<queries.LineRow, 'line' | 'state' | 'digest' | 'settlement_id'>;

/** The charges of stays, on disk. */
export class StayLines {
  readonly #store: Store;
  readonly #seals: StaySeals;

  constructor(store: Store, seals: StaySeals) {
    this.#store = store;
    this.#seals = seals;
  }

  /** What the stay has under these numbers. */
  async known(stay: string, lines: readonly string[]): Promise<Map<string, KnownLine>> {
    const known = new Map<string, KnownLine>();
    for (let first = 0; first < lines.length; first += LOOK_UP_MAX) {
      const rows = await this.#store.list<KnownLine>((db) =>
        db
          .selectFrom('stay_lines')
          .select(['line', 'state', 'digest', 'settlement_id'])
          .where('stay_id', '=', stay)
          .where('line', 'in', lines.slice(first, first + LOOK_UP_MAX)),
      );
      for (const row of rows) known.set(row.line, row);
    }
    return known;
  }

  /** The lines that are under way: those of one batch. */
  async underWay(stay: string, state: 'sent' | 'leaving'): Promise<StayCharge[]> {
    const rows = await this.#store.all(queries.linesInState, { stay, state, limit: BATCH_LINES_MAX });
    return rows.map((row) => this.#seals.charge(row));
  }

  /** What no settlement has taken that stands or may yet. */
  async free(stay: string, limit: number): Promise<StayCharge[]> {
    return (await this.#store.all(queries.freeLines, { stay, limit })).map((row) => this.#seals.charge(row));
  }

  sums(stay: string): Promise<queries.LineSums[]> {
    return this.#store.all(queries.lineSums, { stay });
  }

  /** Begins the next batch of an act's charges; answers what of the stay's row changes with it. */
  async send(
    unit: Unit,
    row: StayRow,
    charges: readonly NewCharge[],
  ): Promise<Pick<StayRow, 'begun' | 'serials' | 'exchange_id'>> {
    const batch = charges.slice(row.begun, row.begun + BATCH_LINES_MAX);
    for (const [index, charge] of batch.entries()) {
      await unit.run(queries.insertLine, {
        ...{ stay_id: row.id, line: charge.line, serial: row.serials + index + 1, state: 'sent' },
        ...{ content: this.#seals.sealCharge(row.id, charge), digest: this.#seals.digest(charge) },
        ...{ amount_fen: charge.amountFen, full_own_fen: null, over_limit_fen: null, first_own_fen: null },
        ...{ in_scope_fen: null, settlement_id: null },
      });
    }
    return { begun: row.begun + batch.length, serials: row.serials + batch.length, exchange_id: null };
  }

  /** Gives the lines that are under way new serials, after those they had were taken back. */
  async renumber(
    unit: Unit,
    row: StayRow,
    batch: readonly StayCharge[],
  ): Promise<Pick<StayRow, 'serials' | 'exchange_id'>> {
    for (const [index, { line }] of batch.entries())
      await unit.run(queries.renumberLine, { stay: row.id, line, serial: row.serials + index + 1 });
    return { serials: row.serials + batch.length, exchange_id: null };
  }

  /** The lines that were under way are at the insurer, who divided them so, as far as it said. */
  async arrived(unit: Unit, stay: string, divided: readonly DividedLine[]): Promise<void> {
    for (const each of divided) {
      await unit.run(queries.divideLine, {
        ...{ stay_id: stay, line: each.line, full_own_fen: each.fullOwnFen, in_scope_fen: each.inScopeFen },
        ...{ over_limit_fen: each.overLimitFen, first_own_fen: each.firstOwnFen },
      });
    }
    await this.move(unit, stay, 'sent', 'there');
  }

  async move(unit: Unit, stay: string, from: LineState, to: LineState): Promise<void> {
    await unit.run(queries.moveLines, { stay, from, to });
  }

  async leave(unit: Unit, stay: string, lines: readonly string[]): Promise<void> {
    for (const line of lines) await unit.run(queries.moveLine, { stay, line, to: 'leaving' });
  }

  /** The lines under way never came there: their numbers may be used again. */
  async drop(unit: Unit, stay: string): Promise<void> {
    await unit.run(queries.dropSent, { stay });
  }

  /** Takes what is free for a settlement; answers how many lines. */
  take(unit: Unit, { row }: StayRecord, settlement: string): Promise<number> {
    return unit.run(queries.takeFreeLines, { stay: row.id, settlement });
  }
}
