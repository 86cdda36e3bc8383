import type { Band, BenefitRow, Benefits } from './model.ts';

/** What is wrong with a table whose form is right, and where: no table is used that has such a flaw. */
export function flawOf({ tiers, levels, rows, critical, assistance }: Benefits): string | undefined {
  const stray = Object.entries(levels).find(([, tier]) => tier !== undefined && !tiers.includes(tier));
  if (stray) return `levels/${stray[0]}: 没有这个等级 / no such tier`;
  for (const [index, row] of rows.entries()) {
    if (!tiers.includes(row.tier)) return `rows/${index}/tier: 没有这个等级 / no such tier`;
    const flaw = bandsFlaw(row.bands, 0);
    if (flaw) return `rows/${index}/ratio${flaw}`;
  }
  for (const [index, row] of critical.entries()) {
    const flaw = bandsFlaw(row.bands);
    if (flaw) return `critical/${index}/ratio${flaw}`;
  }
  return (
    overlap('rows', rows, (row) => keyOf(row, row.tier)) ??
    overlap('critical', critical, ({ insurer, insutype }) => `${insurer} ${insutype}`) ??
    overlap('assistance', assistance, ({ insurer, insutype, personClass }) =>
      [insurer, insutype, personClass].join(' '),
    )
  );
}

function bandsFlaw(bands: readonly Band[], firstFen?: number): string | undefined {
  if (firstFen !== undefined && bands[0]?.overFen !== firstFen)
    return '/0/over: 第一段应从 0.00 起 / the first band starts at 0.00';
  const index = bands.findIndex(({ overFen }, i) => i > 0 && overFen <= (bands[i - 1]?.overFen ?? 0));
  return index < 0 ? undefined : `/${index}/over: 应大于前一段 / must be above the band before`;
}

interface Dated {
  readonly from: string;
  readonly to?: string;
}

/** Two rules for the same case on the same day leave open which holds. */
function overlap<R extends Dated>(
  list: string,
  rows: readonly R[],
  keyOfRow: (row: R) => string,
): string | undefined {
  const seen = new Map<string, [index: number, row: R][]>();
  for (const [index, row] of rows.entries()) {
    if (row.to !== undefined && row.to < row.from) return `${list}/${index}/to: 早于 from / is before from`;
    const same = seen.get(keyOfRow(row)) ?? [];
    const other = same.find(([, before]) => meet(row, before));
    if (other) return `${list}/${index}: 与 ${list}/${other[0]} 重叠 / overlaps ${list}/${other[0]}`;
    seen.set(keyOfRow(row), [...same, [index, row]]);
  }
  return undefined;
}

const LAST_DAY = '9999-12-31';

function meet(a: Dated, b: Dated): boolean {
  return a.from <= (b.to ?? LAST_DAY) && b.from <= (a.to ?? LAST_DAY);
}

function keyOf({ insurer, insutype, setting, personClass, referral }: BenefitRow, tier: string): string {
  return [insurer, insutype, setting, personClass ?? '', referral ?? '', tier].join(' ');
}

/**
 * Rows by which a higher tier costs less than a lower one: a lower deductible, or a higher ratio. That is rare enough
 * in policies to be a slip of who typed them, but not wrong.
 */
export function warningsOf({ tiers, rows }: Benefits): string[] {
  const byKey = new Map<string, [index: number, row: BenefitRow][]>();
  for (const [index, row] of rows.entries()) {
    const key = keyOf(row, row.tier);
    byKey.set(key, [...(byKey.get(key) ?? []), [index, row]]);
  }
  return rows.flatMap((row, index) => {
    const next = tiers[tiers.indexOf(row.tier) + 1];
    const above = next === undefined ? [] : (byKey.get(keyOf(row, next)) ?? []);
    return above
      .filter(([, higher]) => meet(row, higher))
      .flatMap(([other, higher]) =>
        slipsOf(row, higher).map((slip) => `rows/${other}/${slip} rows/${index}`),
      );
  });
}

function slipsOf(row: BenefitRow, higher: BenefitRow): string[] {
  return [
    ...(higher.deductible.amountFen < row.deductible.amountFen
      ? ['deductible: 低于下一级 / below that of the lower tier']
      : []),
    ...((higher.bands[0]?.ratio ?? 0) > (row.bands[0]?.ratio ?? 0)
      ? ['ratio: 高于下一级 / above that of the lower tier']
      : []),
  ];
}
