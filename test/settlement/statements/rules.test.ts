import fc from 'fast-check';
import t from 'tap';
import { DIFFERENCE_CLASSES, DIFFERENCE_STATES, MENDING_ACTS } from '../../../schemas/statement-words.ts';
import { COUNTY_CLASSES, type OurRow, type TheirRow } from '../../../src/settlement/port.ts';
import { ACTS, CLASSES } from '../../../src/settlement/statements/acts.ts';
import { differences, isReplaceable, nextDifference } from '../../../src/settlement/statements/machine.ts';
import {
  dayBefore,
  daysOf,
  eachDayOf,
  momentOf,
  spanOf,
} from '../../../src/settlement/statements/periods.ts';
import {
  actOf,
  classOfOurs,
  ListComparison,
  needsConfirmation,
  withoutPairs,
} from '../../../src/settlement/statements/rules.ts';

const amounts = (totalFen: number) => ({ totalFen, fundFen: totalFen / 2, accountFen: 0 });

function ours(number: string, totalFen: number, more: Partial<OurRow> = {}): OurRow {
  const sign = totalFen < 0 ? -1 : 1;
  return {
    ...{ settlementId: `s ${number}`, group: '', sign, number, ownId: '', cashFen: 0, at: 0, handle: {} },
    ...amounts(totalFen),
    ...more,
  };
}

function theirs(number: string, totalFen: number, more: Partial<TheirRow> = {}): TheirRow {
  return { sign: totalFen < 0 ? -1 : 1, number, ...amounts(totalFen), ...more };
}

/** What a whole list differs in from ours, as class and number. */
function compared(list: readonly TheirRow[], rows: readonly OurRow[]): string[] {
  const comparison = new ListComparison(list);
  const found = rows.flatMap((row) => comparison.take(row) ?? []);
  return [...found, ...comparison.rest()].map(
    (each) => `${each.class} ${(each.ours ?? each.theirs)?.number ?? ''}`,
  );
}

t.test('the classes of a county’s daily comparison are found as what they are here', async (t) => {
  const reversal = (number: string, of: string) => ours(number, -100, { reverses: of });
  const cases: readonly [keyof typeof COUNTY_CLASSES, readonly TheirRow[], readonly OurRow[]][] = [
    // The insurer has undone it, the clinic has not.
    [1, [theirs('A', 100), theirs('A', -100)], [ours('A', 100)]],
    // The insurer has paid, the clinic has nothing.
    [2, [theirs('A', 100)], []],
    // The clinic has undone it twice.
    [3, [theirs('A', 100), theirs('A', -100)], [ours('A', 100), reversal('A', 'A'), reversal('A', 'A')]],
    // The clinic has paid twice.
    [4, [theirs('A', 100)], [ours('A', 100), ours('A', 100)]],
    [5, [theirs('A', 100)], [ours('A', 100, { fundFen: 1 })]],
    [6, [theirs('A', 100)], [ours('A', 102)]],
  ];
  for (const [dzjg, list, rows] of cases) {
    t.same(compared(list, rows), [`${COUNTY_CLASSES[dzjg]} A`], `DZJG ${dzjg}`);
  }
});

t.test('a reversal is matched by its own number, or by that of what it reverses', async (t) => {
  const rows = [ours('A', 100), ours('R', -100, { reverses: 'A' })];
  t.same(compared([theirs('A', 100), theirs('R', -100)], rows), []);
  t.same(compared([theirs('A', 100), theirs('A', -100)], rows), []);
  t.same(compared([theirs('A', 100)], rows), ['reversed-here-only R']);
});

t.test('what the insurer settled and reversed without our knowing comes to nothing', async (t) => {
  t.same(compared([theirs('A', 100), theirs('A', -100)], []), []);
  t.same(compared([theirs('A', 100), theirs('A', -100), theirs('A', 100)], []), ['insurer-only A']);
  t.same(compared([theirs('A', -100)], []), ['reversed-at-the-insurer-only A']);
});

t.test('two ledgers that agree have no difference, and each change of one is found', async (t) => {
  const rows = fc.uniqueArray(
    fc.record({ number: fc.nat(50).map(String), fen: fc.integer({ min: 1, max: 999 }) }),
    {
      selector: ({ number }) => number,
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(rows, fc.nat(), fc.constantFrom('lose', 'invent', 'change'), (all, at, change) => {
      const mine = all.map(({ number, fen }) => ours(number, fen * 2));
      const list = all.map(({ number, fen }) => theirs(number, fen * 2));
      const none = compared(list, mine);
      if (none.length > 0) throw new Error(`agreeing ledgers differ: ${none.join()}`);
      if (change === 'invent')
        return compared([...list, theirs('new', 100)], mine).join() === 'insurer-only new';
      if (list.length === 0) return true;
      const place = at % list.length;
      const { number = '' } = list[place]!;
      if (change === 'lose') return compared(list.toSpliced(place, 1), mine).join() === `ours-only ${number}`;
      const other = theirs(number, list[place]!.totalFen + 2);
      return compared(list.with(place, other), mine).join() === `amounts-differ ${number}`;
    }),
  );
  t.pass('held');
});

t.test('a row that the insurer does not agree to is there with other amounts, or not there', async (t) => {
  t.equal(classOfOurs(ours('A', 100), amounts(100)), 'ours-only');
  t.equal(classOfOurs(ours('A', 100), amounts(0)), 'ours-only');
  t.equal(classOfOurs(ours('A', 100), amounts(102)), 'amounts-differ');
  t.equal(classOfOurs(ours('R', -100), amounts(-100)), 'reversed-here-only');
  t.equal(classOfOurs(ours('R', -100), amounts(-98)), 'amounts-differ');
});

t.test('a reversal that is known by its id alone is one with the insurer’s of that id', async (t) => {
  const told = theirs('M1', -100);
  const listed = theirs('', -100, { ownId: 'M1' });
  t.same(withoutPairs({ theirs: [listed], ours: [told] }), { theirs: [], ours: [] });
  const dearer = theirs('', -102, { ownId: 'M1' });
  t.same(withoutPairs({ theirs: [dearer], ours: [told] }), { theirs: [dearer], ours: [told] });
  const other = theirs('', -100, { ownId: 'M2' });
  t.same(withoutPairs({ theirs: [other], ours: [told] }), { theirs: [other], ours: [told] });
});

t.test('each class has the act that mends it, by what is known of it here', async (t) => {
  const unknown = { inQuestion: false };
  const known = { settlementId: 's', inQuestion: false };
  const open = { settlementId: 's', inQuestion: true };
  const act = (
    kind: (typeof DIFFERENCE_CLASSES)[number],
    of: typeof unknown,
    row: TheirRow = theirs('A', 1),
  ) => actOf({ class: kind, theirs: row }, of);
  t.equal(act('insurer-only', open), 'resolve-doubt');
  t.equal(act('insurer-only', known), 'undo-at-insurer');
  t.equal(act('insurer-only', unknown), 'undo-at-insurer');
  const { number: _, ...nameless } = theirs('A', 1);
  t.equal(act('insurer-only', unknown, nameless), 'person', 'nobody can be told what to undo');
  t.equal(act('ours-only', known), 'prove-absent');
  t.equal(act('amounts-differ', known), 'person');
  t.equal(act('reversed-at-the-insurer-only', open), 'resolve-doubt');
  t.equal(act('reversed-at-the-insurer-only', known), 'record-reversal');
  t.equal(act('reversed-at-the-insurer-only', unknown), 'person');
  t.equal(act('reversed-here-only', known), 'reverse-at-insurer');
  t.same(MENDING_ACTS.filter(needsConfirmation), ['prove-absent']);
});

t.test('every class and every act is told in both languages', async (t) => {
  for (const { zh, en } of [
    ...DIFFERENCE_CLASSES.map((kind) => CLASSES[kind]),
    ...MENDING_ACTS.map((act) => ACTS[act]),
  ]) {
    t.match(zh, /\p{Script=Han}/u);
    t.notMatch(en, /\p{Script=Han}/u);
  }
});

t.test('whatever happens to a difference, it is mended once and stays so', async (t) => {
  const events = ['mend', 'done', 'not-sent', 'refused', 'lost', 'interrupted', 'undecided'] as const;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (happened) => {
      let state: (typeof DIFFERENCE_STATES)[number] = 'open';
      let mended = 0;
      for (const event of happened) {
        const next = nextDifference(state, event);
        if (!next) continue;
        if (state === 'mending' && event === 'mend') throw new Error('two mend it at once');
        if (next === 'mended') mended += 1;
        state = next;
      }
      return mended <= 1 && (mended === 0 || state === 'mended');
    }),
  );
  t.same(differences.mended, {});
  t.same(DIFFERENCE_STATES.filter(isReplaceable), ['open', 'failed', 'needs-person']);
});

t.test('a day begins and ends at midnight in China, a month with its days', async (t) => {
  t.same(spanOf('2026-03-02'), {
    from: Date.parse('2026-03-01T16:00:00Z'),
    to: Date.parse('2026-03-02T16:00:00Z'),
  });
  t.same(daysOf('2024-02'), { from: '2024-02-01', to: '2024-02-29' });
  t.same(daysOf('2026-12'), { from: '2026-12-01', to: '2026-12-31' });
  t.equal(eachDayOf('2026-02').length, 28);
  t.same(eachDayOf('x'), []);
  for (const wrong of ['2026-02-30', '2026-13', '2026-00', '26-01', '', '2026-01-01x']) {
    t.equal(spanOf(wrong), undefined, wrong);
  }
  t.equal(dayBefore('2027-01-01'), '2026-12-31');
  t.equal(momentOf('2026-03-02', '06:30'), Date.parse('2026-03-01T22:30:00Z'));
});

t.test('the days of a month follow one another without a gap', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 2000, max: 2100 }), fc.integer({ min: 1, max: 12 }), (year, month) => {
      const name = `${year}-${String(month).padStart(2, '0')}`;
      const spans = eachDayOf(name).map((day) => spanOf(day)!);
      const whole = spanOf(name)!;
      return (
        spans[0]!.from === whole.from &&
        spans.at(-1)!.to === whole.to &&
        spans.every(({ from }, at) => at === 0 || spans[at - 1]!.to === from)
      );
    }),
  );
  t.pass('held');
});
