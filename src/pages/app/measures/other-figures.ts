import type { ReaderMeasures, SettlementMeasures } from '../../../../schemas/measure.ts';
import type { Say } from '../words/texts.ts';
import { type Figure, percentOf } from './figure.ts';
import { labelOf } from './referral-figures.ts';
import type { Word } from './words.ts';

type Sums = SettlementMeasures['total'];

/** Who paid how much: the funds one by one, then the account, what was paid and cash; together the whole. */
export function settlementFigure({ total, groups }: SettlementMeasures, say: Say<Word>): Figure {
  const funds = total.funds.map(({ fund }) => fund);
  const hasUnsplit = [total, ...groups].some((sums) => unsplitOf(sums) > 0);
  const parts: { name: string; of: (sums: Sums) => number }[] = [
    ...funds.map((fund) => ({
      name: say(`fund.${fund}`),
      of: ({ funds }: Sums) => Number(funds.find((each) => each.fund === fund)?.amount ?? 0),
    })),
    ...(hasUnsplit ? [{ name: say('fund.unsplit'), of: unsplitOf }] : []),
    { name: say('account'), of: ({ account }) => Number(account) },
    { name: say('paid'), of: ({ paid }) => Number(paid) },
    { name: say('cash'), of: ({ cash }) => Number(cash) },
  ];
  const cells = (sums: Sums) => [
    String(sums.settlements),
    sums.total,
    ...parts.map(({ of }) => of(sums).toFixed(2)),
  ];
  return {
    chart: {
      kind: 'bar',
      stacked: true,
      unit: 'yuan',
      groups: groups.map((group) => labelOf(group, say)),
      series: parts.map(({ name, of }) => ({ name, values: groups.map(of) })),
    },
    columns: [say('group'), say('count'), say('sum'), ...parts.map(({ name }) => name)],
    rows: [
      ...groups.map((group) => ({ key: group.key, label: labelOf(group, say), cells: cells(group) })),
      { key: 'total', label: say('total'), cells: cells(total) },
    ],
  };
}

/** What the funds paid before it was kept which of them did. */
function unsplitOf({ fund, funds }: Sums): number {
  const known = funds.reduce((sum, { amount }) => sum + Number(amount) * 100, 0);
  return Math.max(0, Math.round(Number(fund) * 100 - known)) / 100;
}

type Worked = ReaderMeasures['total'];

/** How readers failed, and how often they were lost; the causes stand below the readers. */
export function readerFigure({ total, groups, causes }: ReaderMeasures, say: Say<Word>): Figure {
  const cells = ({ readings, failures, outages, failureRate }: Worked) => [
    String(readings),
    String(failures),
    String(outages),
    percentOf(failureRate),
  ];
  return {
    chart: {
      kind: 'bar',
      unit: 'count',
      groups: groups.map((group) => labelOf(group, say)),
      series: [
        { name: say('failures'), values: groups.map(({ failures }) => failures) },
        { name: say('outages'), values: groups.map(({ outages }) => outages) },
      ],
    },
    columns: [say('group'), say('readings'), say('failures'), say('outages'), say('failureRate')],
    rows: [
      ...groups.map((group) => ({ key: group.key, label: labelOf(group, say), cells: cells(group) })),
      { key: 'total', label: say('total'), cells: cells(total) },
      ...causes.map(({ code, failures }) => ({
        key: `cause ${code}`,
        label: code,
        cells: ['', String(failures), '', ''],
      })),
    ],
  };
}
