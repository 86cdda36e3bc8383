import fc from 'fast-check';
import t from 'tap';
import {
  CLASSES,
  type DailyRow,
  diffOfDay,
  type OurRow,
} from '../../../../adapters/insurers/nrcms-jiangsu/rules.ts';

const ours = (state: OurRow['state'], more: Partial<OurRow> = {}): OurRow => ({
  billNumber: 'B1',
  djid: '7',
  state,
  totalFen: 1_000,
  reimbursedFen: 400,
  ...more,
});

const theirs = (kind: DailyRow['kind'], more: Partial<DailyRow> = {}): DailyRow => ({
  kind,
  bxid: '9',
  billNumber: 'B1',
  djid: '7',
  cardid: 'JS00000001',
  totalFen: 1_000,
  reimbursedFen: 400,
  at: 0,
  ...more,
});

const settled = ours('settled');
const reversed = ours('reversed');
const paid = theirs('settlement');
const undone = theirs('reversal');

t.test('each difference of a day has its class, and what mends it', async (t) => {
  const cases: [name: string, ours: OurRow[], theirs: DailyRow[], classes: string[]][] = [
    ['the same on both sides', [settled], [paid], []],
    ['settled and undone on both sides', [reversed], [paid, undone], []],
    ['undone there, of a day before', [reversed], [undone], []],
    ['undone there, never known here', [], [paid, undone], []],
    ['reversed here, never known there', [reversed], [], []],
    ['undone there, live here', [settled], [paid, undone], ['1']],
    ['undone there, live here, of a day before', [settled], [undone], ['1']],
    ['paid there, unknown here', [], [paid], ['2']],
    ['paid there, reversed here', [reversed], [paid], ['2']],
    ['undone once there, twice here', [reversed, reversed], [paid, undone], ['3']],
    ['paid once there, twice here', [settled, settled], [paid], ['4']],
    ['another reimbursement', [ours('settled', { reimbursedFen: 399 })], [paid], ['5']],
    ['another total', [ours('settled', { totalFen: 999 })], [paid], ['6']],
    ['both amounts', [ours('settled', { totalFen: 999, reimbursedFen: 1 })], [paid], ['5', '6']],
    ['live here, unknown there', [settled], [], ['missing']],
    ['another registration', [settled], [theirs('settlement', { djid: '8' })], ['2', 'missing']],
  ];
  for (const [name, mine, other, classes] of cases) {
    const found = diffOfDay(mine, other);
    t.same(
      found.map((difference) => difference.class),
      classes,
      name,
    );
    for (const difference of found) t.equal(difference.mend, CLASSES[difference.class].mend, name);
  }
});

t.test('what is undone at the insurer for us has never a live bill of ours', async (t) => {
  const row = fc.record({ bill: fc.constantFrom('A', 'B'), done: fc.boolean() });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), fc.array(row, { maxLength: 6 }), (mine, other) => {
      const our = mine.map(({ bill, done }) => ours(done ? 'settled' : 'reversed', { billNumber: bill }));
      const their = other.map(({ bill, done }) =>
        theirs(done ? 'settlement' : 'reversal', { billNumber: bill }),
      );
      return diffOfDay(our, their).every(
        ({ mend, billNumber }) =>
          mend !== 'undo-theirs' ||
          !our.some((each) => each.billNumber === billNumber && each.state === 'settled'),
      );
    }),
  );
  t.pass('whatever the rows');
});
