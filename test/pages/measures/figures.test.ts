import t from 'tap';
import type { ReaderMeasures, ReferralMeasures, SettlementMeasures } from '../../../schemas/measure.ts';
import { optionOf } from '../../../src/pages/app/measures/chart-option.ts';
import { readerFigure, settlementFigure } from '../../../src/pages/app/measures/other-figures.ts';
import { isDay, lastYear, monthsOf } from '../../../src/pages/app/measures/period.ts';
import { queryOf } from '../../../src/pages/app/measures/query.ts';
import { answerFigure, countyFigure, loopFigure } from '../../../src/pages/app/measures/referral-figures.ts';
import { words } from '../../../src/pages/app/measures/words.ts';

const say = (word: string, facts: Readonly<Record<string, string | number>> = {}) =>
  (words[word as keyof typeof words]?.[1] ?? word).replace(/\{(\w+)\}/g, (_whole, name: string) =>
    String(facts[name]),
  );

t.test('a year is this month and the eleven before it, in China', async (t) => {
  t.strictSame(lastYear(Date.parse('2026-03-31T20:00:00Z')), { from: '2025-05-01', to: '2026-04-01' });
  t.strictSame(lastYear(Date.parse('2026-01-15T00:00:00Z')), { from: '2025-02-01', to: '2026-01-15' });
});

t.test('the months of a time are cut to it', async (t) => {
  t.strictSame(monthsOf({ from: '2025-12-15', to: '2026-02-03' }), [
    { month: '2025-12', from: '2025-12-15', to: '2025-12-31' },
    { month: '2026-01', from: '2026-01-01', to: '2026-01-31' },
    { month: '2026-02', from: '2026-02-01', to: '2026-02-03' },
  ]);
  t.strictSame(monthsOf({ from: '2026-02-03', to: '2026-02-01' }), []);
  t.equal(isDay('2026-02-03'), true);
  for (const text of [undefined, '', '2026-13-01', 'yesterday']) t.equal(isDay(text), false, String(text));
});

const ratio = (numerator: number, denominator: number) => ({
  ...{ numerator, denominator },
  ...(denominator === 0 ? {} : { rate: numerator / denominator }),
});
const counts = (answered: number) => ({
  referrals: 4,
  delivered: ratio(4, 4),
  answered: ratio(answered, 4),
  returned: ratio(0, 0),
  closed: ratio(1, 2),
  answerTimes: {
    averageMinutes: 30,
    within: [
      { minutes: 15, referrals: 1 },
      { minutes: 120, referrals: 2 },
    ],
    later: 1,
  },
});
const name = { zh: '率', en: 'rate' };
const referrals = {
  definitions: (['answered', 'returned'] as const).map((measure) => ({ measure, name, definition: name })),
  total: counts(3),
  groups: [
    { key: '2026-02', ...counts(3) },
    { key: '2026-03', ...counts(0) },
  ],
} as unknown as ReferralMeasures;

t.test('rates are drawn by month with what they are a share of; no rate is no point', async (t) => {
  const { chart, columns, rows } = loopFigure(referrals, say, 'en');
  t.match(chart, { kind: 'line', unit: 'share', groups: ['2026-02', '2026-03'] });
  t.strictSame(
    chart.series.map(({ values }) => values),
    [
      [0.75, 0],
      [null, null],
    ],
  );
  t.strictSame(columns, ['Group', 'Referrals', 'rate', 'rate']);
  t.strictSame(rows.at(-1), { key: 'total', label: 'Total', cells: ['4', '75.00 % (3/4)', '– (0/0)'] });
});

t.test('answers are stacked by how long they took', async (t) => {
  const { chart, columns, rows } = answerFigure(referrals, say, 'en');
  t.strictSame(
    chart.series.map(({ name, values }) => [name, values[0]]),
    [
      ['within 15 min', 1],
      ['within 2 h', 2],
      ['later', 1],
    ],
  );
  t.equal(columns.length, rows[0]!.cells.length + 1);
});

t.test('the county has a row for each month and one for all of it', async (t) => {
  const county = { outpatientVisits: 9, stays: 1, outwardReferrals: 0, inCountyShare: 1 } as never;
  const { rows, chart } = countyFigure([{ month: '2026-03', county }], county, say);
  t.strictSame(rows[0]!.cells, ['9', '1', '0', '100.00 %', '–']);
  t.strictSame(
    chart.series.map(({ values }) => values),
    [[1], [null]],
  );
});

t.test(
  'who paid is split by fund, and what an older settlement did not split stands for itself',
  async (t) => {
    const sums = {
      settlements: 2,
      total: '30.00',
      fund: '20.10',
      account: '3.00',
      paid: '0.00',
      cash: '6.90',
    };
    const funds = [{ fund: 'pooled' as const, amount: '12.30' }];
    const data = {
      total: { ...sums, funds },
      groups: [{ key: 'nhsa', ...sums, funds }],
    } as unknown as SettlementMeasures;
    const { chart, rows } = settlementFigure(data, say);
    t.strictSame(
      chart.series.map(({ name, values }) => [name, values[0]]),
      [
        ['Pooled fund', 12.3],
        ['Fund (not split)', 7.8],
        ['Account', 3],
        ['Paid', 0],
        ['Cash', 6.9],
      ],
    );
    t.equal(chart.stacked, true);
    t.strictSame(rows[0], {
      key: 'nhsa',
      label: 'nhsa',
      cells: ['2', '30.00', '12.30', '7.80', '3.00', '0.00', '6.90'],
    });
  },
);

t.test('the causes of failures stand below the readers', async (t) => {
  const worked = { readings: 9, failures: 1, outages: 2, failureRate: 0.1 };
  const data = {
    total: worked,
    groups: [{ key: 'desk-1', ...worked }],
    causes: [{ code: 'reader.lost', failures: 1 }],
  } as unknown as ReaderMeasures;
  t.strictSame(
    readerFigure(data, say).rows.map(({ label, cells }) => [label, ...cells]),
    [
      ['desk-1', '9', '1', '2', '10.00 %'],
      ['Total', '9', '1', '2', '10.00 %'],
      ['reader.lost', '', '1', '', ''],
    ],
  );
});

t.test('a chart of shares goes from nothing to all, and writes no styles into the page', async (t) => {
  const series = [{ name: 'rate', values: [0.98, null] }];
  const option = optionOf({ kind: 'line', unit: 'share', groups: ['a', 'b'], series });
  t.match(option.yAxis, { min: 0, max: 1 });
  t.equal(option.yAxis.axisLabel.formatter(0.5), '50 %');
  t.equal(option.tooltip.renderMode, 'richText');
  t.equal(option.tooltip.valueFormatter(null), '–');
  t.match(optionOf({ kind: 'bar', stacked: true, unit: 'yuan', groups: [], series }).series, [
    { type: 'bar', stack: 'whole' },
  ]);
});

t.test('only parameters that are there are asked with', async (t) => {
  t.equal(queryOf({ from: '2026-03-01', organisation: undefined }), 'from=2026-03-01');
});
