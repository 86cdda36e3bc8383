import type { DifferenceClass, MendingAct } from '../../../schemas/statement-words.ts';
import type { Details, OurRow, RowAmounts, TheirRow } from '../port.ts';
import type { Difference, Known } from './model.ts';
import { isMonth } from './periods.ts';
import type { StatementRow } from './queries.ts';

/** The rules of comparing: what a difference is, and what mends it. No I/O. */

/** The class of a row of the insurer's that we have not. */
export function classOfTheirs({ sign }: Pick<TheirRow, 'sign'>): DifferenceClass {
  return sign === 1 ? 'insurer-only' : 'reversed-at-the-insurer-only';
}

/**
 * The class of a row of ours that the insurer has not, or not so. An answer that gives other amounts than ours tells
 * that it is there; the same amounts, or none, are only what we sent.
 */
export function classOfOurs(ours: OurRow, told: RowAmounts): DifferenceClass {
  const isThere = !sameAmounts(ours, told) && !isNothing(told);
  if (isThere) return 'amounts-differ';
  return ours.sign === 1 ? 'ours-only' : 'reversed-here-only';
}

export function sameAmounts(one: RowAmounts, other: RowAmounts): boolean {
  return (
    one.totalFen === other.totalFen && one.fundFen === other.fundFen && one.accountFen === other.accountFen
  );
}

function isNothing({ totalFen, fundFen, accountFen }: RowAmounts): boolean {
  return totalFen === 0 && fundFen === 0 && accountFen === 0;
}

/**
 * A reversal that was recorded from a statement has no number but the id it was sent under: the insurer, asked by
 * number, does not know it, and lists its own under that id. The two are one.
 */
export function withoutPairs({
  theirs,
  ours,
}: Pick<Details, 'theirs' | 'ours'>): Pick<Details, 'theirs' | 'ours'> {
  const byOwnId = new Map(theirs.map((row) => [row.ownId ?? '', row]));
  const paired = new Set<TheirRow>();
  for (const told of ours) {
    const match = byOwnId.get(told.number ?? '');
    if (!match || match.sign !== told.sign || match.totalFen !== told.totalFen) continue;
    paired.add(match).add(told);
  }
  const isLeft = (row: TheirRow) => !paired.has(row);
  return { theirs: theirs.filter(isLeft), ours: ours.filter(isLeft) };
}

/** What mends a difference. */
export function actOf(difference: Pick<Difference, 'class' | 'theirs'>, known: Known): MendingAct {
  switch (difference.class) {
    case 'insurer-only':
      if (known.inQuestion) return 'resolve-doubt';
      return canBeNamed(difference.theirs) ? 'undo-at-insurer' : 'person';
    case 'ours-only':
      return 'prove-absent';
    case 'amounts-differ':
      return 'person';
    case 'reversed-at-the-insurer-only':
      if (known.inQuestion) return 'resolve-doubt';
      return known.settlementId === undefined ? 'person' : 'record-reversal';
    case 'reversed-here-only':
      return 'reverse-at-insurer';
  }
}

/** Without an id or a number nobody can be told what to undo. */
function canBeNamed(theirs: TheirRow | undefined): boolean {
  return theirs?.ownId !== undefined || theirs?.number !== undefined;
}

/** Whether a statement is a month's, and was made when that was over. */
export function mayClose(
  { period, to_at: to, began_at: began }: Pick<StatementRow, 'period' | 'to_at' | 'began_at'>,
  now: number,
): boolean {
  return isMonth(period) && to <= now && began >= to;
}

/** Whether a person must say that it is so: nothing at the insurer proves it. */
export function needsConfirmation(act: MendingAct): boolean {
  return act === 'prove-absent';
}

/**
 * Compares our rows with a whole list of the insurer's, of which only what has no match is kept in memory. A list may
 * number a reversal by itself or by what it reverses. What was settled and reversed at the insurer on the same day
 * without our knowing comes to nothing.
 */
export class ListComparison {
  readonly #theirs = new Map<string, TheirRow[]>();

  constructor(list: readonly TheirRow[]) {
    for (const row of list) {
      const key = keyOf(row.sign, row.number ?? '');
      this.#theirs.set(key, [...(this.#theirs.get(key) ?? []), row]);
    }
  }

  /** What differs in a row of ours, if anything; a second row of the same number has no match any more. */
  take(ours: OurRow): Difference | undefined {
    const theirs = this.#match(ours);
    if (!theirs)
      return { class: ours.sign === 1 ? 'ours-only' : 'reversed-here-only', sign: ours.sign, ours };
    const same = theirs.totalFen === ours.totalFen && theirs.fundFen === ours.fundFen;
    return same ? undefined : { class: 'amounts-differ', sign: ours.sign, ours, theirs };
  }

  /** Rows of the insurer's that nothing of ours has matched. */
  rest(): Difference[] {
    const left = [...this.#theirs.values()].flat();
    const reversed = new Map<string, number>();
    for (const { sign, number = '' } of left) {
      if (sign === -1) reversed.set(number, (reversed.get(number) ?? 0) + 1);
    }
    const cancelled = new Map<string, number>();
    const standing = left.filter(({ sign, number = '' }) => {
      if (sign === -1 || (reversed.get(number) ?? 0) === 0) return true;
      reversed.set(number, reversed.get(number)! - 1);
      cancelled.set(number, (cancelled.get(number) ?? 0) + 1);
      return false;
    });
    return standing.flatMap((theirs) => {
      const { sign, number = '' } = theirs;
      const gone = cancelled.get(number) ?? 0;
      if (sign === -1 && gone > 0) {
        cancelled.set(number, gone - 1);
        return [];
      }
      return [{ class: classOfTheirs(theirs), sign, theirs }];
    });
  }

  #match(ours: OurRow): TheirRow | undefined {
    for (const number of ours.reverses === undefined ? [ours.number] : [ours.number, ours.reverses]) {
      const rows = this.#theirs.get(keyOf(ours.sign, number));
      const row = number === '' ? undefined : rows?.shift();
      if (row) return row;
    }
    return undefined;
  }
}

function keyOf(sign: number, number: string): string {
  return `${sign} ${number}`;
}
