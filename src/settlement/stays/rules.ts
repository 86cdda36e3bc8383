import { checkCharges, type Flaw } from '../rules.ts';
import type { KnownLine } from './lines.ts';
import type { NewCharge } from './model.ts';

/** Charges of a stay that no settlement has taken; one settles as many lines as any bill has. */
export const FREE_LINES_MAX = 10_000;

/** Checks charges as a bill's lines are checked, and that they arose within the stay. */
export function checkStayCharges(charges: readonly NewCharge[], admittedAt: number): Flaw | undefined {
  const checked = checkCharges(charges, undefined);
  if (!checked.ok) return { code: 'settlement.charges', ...checked.error };
  const early = charges.findIndex(({ occurredAt }) => occurredAt < admittedAt);
  if (early < 0) return undefined;
  return {
    code: 'settlement.charges',
    pointer: `/charges/${early}/occurredAt`,
    detail: '早于入院时间 / before the admission',
  };
}

/** Which charges are new: a line that is known and the same is left out, one that is known and differs is a flaw. */
export function newCharges(
  charges: readonly NewCharge[],
  known: ReadonlyMap<string, KnownLine>,
  digestOf: (charge: NewCharge) => string,
): { readonly fresh: readonly number[]; readonly flaw?: Flaw } {
  const fresh: number[] = [];
  for (const [index, charge] of charges.entries()) {
    const line = known.get(charge.line);
    if (!line) fresh.push(index);
    else if (line.state === 'withdrawn' || line.digest !== digestOf(charge)) {
      const detail =
        line.state === 'withdrawn'
          ? '这个明细号已撤回 / this line number was withdrawn'
          : '与已上传的内容不同 / not what was sent under this number';
      return { fresh, flaw: { code: 'stay.line-twice', pointer: `/charges/${index}/line`, detail } };
    }
  }
  return { fresh };
}

/**
 * Which lines are to be withdrawn: those that were withdrawn before are left out, as a repeat. A line that a
 * settlement has taken which stands, or may yet, stays.
 */
export function linesToWithdraw(
  lines: readonly string[],
  known: ReadonlyMap<string, KnownLine>,
  standing: ReadonlySet<string>,
): { readonly leaving: readonly string[]; readonly flaw?: Flaw } {
  const leaving: string[] = [];
  for (const [index, number] of lines.entries()) {
    const line = known.get(number);
    const pointer = `/lines/${index}`;
    if (!line) return { leaving, flaw: { code: 'stay.unknown-line', pointer, detail: number } };
    if (line.state === 'withdrawn') continue;
    if (line.settlement_id !== null && standing.has(line.settlement_id))
      return { leaving, flaw: { code: 'stay.line-settled', pointer, detail: number } };
    leaving.push(number);
  }
  return { leaving };
}

/** The place in the request that a place among its new charges is. */
export function bodyPointer(pointer: string, fresh: readonly number[]): string {
  const match = /^\/charges\/(\d+)(.*)$/.exec(pointer);
  const index = match && fresh[Number(match[1])];
  return index === undefined || index === null ? pointer : `/charges/${index}${match![2]}`;
}
