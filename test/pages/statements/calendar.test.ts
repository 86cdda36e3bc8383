import fc from 'fast-check';
import t from 'tap';
import { byClass } from '../../../src/pages/app/statements/by-class.ts';
import {
  dayAfterKey,
  isDay,
  isMonth,
  lastDayOf,
  plusMonths,
  todayIn,
  weeksOf,
} from '../../../src/pages/app/statements/calendar.ts';

t.test('a month is whole weeks from Monday on, with each of its days once', async (t) => {
  t.strictSame(weeksOf('2026-03')[0], [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    '2026-03-01',
  ]);
  t.equal(weeksOf('2026-03').length, 6);
  t.strictSame(weeksOf('2027-02').length, 4, 'it begins on a Monday and has 28 days');
  const months = fc.tuple(fc.integer({ min: 1990, max: 2100 }), fc.integer({ min: 1, max: 12 }));
  fc.assert(
    fc.property(months, ([year, month]) => {
      const name = `${year}-${String(month).padStart(2, '0')}`;
      const days = weeksOf(name)
        .flat()
        .filter((day) => day !== undefined);
      t.equal(days.at(0), `${name}-01`);
      t.equal(days.at(-1), lastDayOf(name));
      t.equal(days.length, new Date(Date.UTC(year, month, 0)).getUTCDate());
      t.equal(plusMonths(plusMonths(name, 13), -13), name);
    }),
  );
});

t.test('the day is China’s, and what is no day is none', async (t) => {
  t.equal(todayIn(Date.parse('2026-03-02T15:59:59Z')), '2026-03-02');
  t.equal(todayIn(Date.parse('2026-03-02T16:00:00Z')), '2026-03-03');
  for (const [text, day, month] of [
    ['2026-03-02', true, false],
    ['2026-03', false, true],
    ['2026-02-30', false, false],
    ['2026-13', false, false],
    ['yesterday', false, false],
  ] as const) {
    t.equal(isDay(text), day, text);
    t.equal(isMonth(text), month, text);
  }
});

t.test('arrow keys go by days and by weeks, and no other key does', async (t) => {
  t.equal(dayAfterKey('ArrowLeft', '2026-03-01'), '2026-02-28');
  t.equal(dayAfterKey('ArrowDown', '2026-03-01'), '2026-03-08');
  t.equal(dayAfterKey('Enter', '2026-03-01'), undefined);
});

t.test('differences stand by class, and in each what is still to be done first', async (t) => {
  const one = (n: number, name: string, state: string) =>
    ({ n, class: name, state, title: { zh: name, en: name } }) as Parameters<typeof byClass>[0][number];
  const classes = byClass([
    one(1, 'ours-only', 'mended'),
    one(2, 'ours-only', 'open'),
    one(3, 'insurer-only', 'open'),
    one(4, 'ours-only', 'failed'),
  ]);
  t.strictSame(
    classes.map(({ title, items }) => [title.zh, items.map(({ n }) => n)]),
    [
      ['insurer-only', [3]],
      ['ours-only', [2, 4, 1]],
    ],
  );
});
