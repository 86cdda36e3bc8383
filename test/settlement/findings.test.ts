import t from 'tap';
import { FINDINGS } from '../../schemas/settlement-words.ts';
import { STAY_ACTS, STAY_STATES } from '../../schemas/stay-words.ts';
import { findingsOf } from '../../src/settlement/findings.ts';
import { STATES, type State } from '../../src/settlement/machine.ts';
import type { Settlement } from '../../src/settlement/model.ts';
import { findingsOf as ofStay } from '../../src/settlement/stays/findings.ts';
import { eventsOf } from '../../src/settlement/stays/machine.ts';

interface Payer {
  readonly state: State;
  readonly number?: string;
  readonly known?: boolean;
}

function settlement(state: State, leg: number, payers: readonly Payer[], doubtOf = 'settle'): Settlement {
  return {
    row: { state, leg, goal: null, doubt_of: doubtOf },
    legs: payers.map(({ state, number = null, known = number !== null }, index) => ({
      ...{ ordinal: index + 1, state, number, settled: known ? new Uint8Array() : null },
    })),
  } as unknown as Settlement;
}

const said = (one: Settlement) => findingsOf(one).map(({ found, to, number }) => [found, to, number]);
const open: Payer = { state: 'needs-review' };

t.test('a person is told of what they may find, and only where they are asked', async (t) => {
  t.strictSame(said(settlement('needs-review', 1, [open])), [
    ['settled', 'settled', 'must'],
    ['not-settled', 'failed', undefined],
    ['reversed', 'reversed', undefined],
  ]);
  for (const state of STATES) {
    if (state !== 'needs-review') t.strictSame(said(settlement(state, 1, [open])), [], state);
  }
});

t.test('what the insurer has numbered was settled: it stands, or it was reversed', async (t) => {
  t.strictSame(said(settlement('needs-review', 1, [{ ...open, number: '1' }])), [
    ['settled', 'settled', undefined],
    ['reversed', 'reversed', undefined],
  ]);
});

t.test('with several payers it goes on, or the others are undone, and the words say so', async (t) => {
  const first = settlement('needs-review', 1, [open, { state: 'quoted' }]);
  t.strictSame(said(first)[0], ['settled', 'settling', 'must']);
  t.match(findingsOf(first)[0]?.means, { zh: /下一支付方/, en: /next one/ });
  const second = settlement('needs-review', 2, [{ state: 'settled', number: '1' }, open]);
  t.strictSame(said(second), [
    ['settled', 'settled', 'must'],
    ['not-settled', 'reversing', undefined],
    ['reversed', 'reversing', undefined],
  ]);
  t.match(findingsOf(second)[1]?.means, { zh: /撤销已结算的其他支付方/, en: /undone at once/ });
});

t.test('once one payer has been undone, the others cannot be said to stand', async (t) => {
  const midway = settlement(
    'needs-review',
    1,
    [
      { state: 'needs-review', number: '1' },
      { state: 'reversed', number: '2' },
    ],
    'reverse',
  );
  t.strictSame(
    said(midway).map(([found]) => found),
    ['reversed'],
  );
});

t.test('each finding has words of its own in both languages, whatever is in doubt', async (t) => {
  for (const doubtOf of ['settle', 'reverse'])
    for (const known of [true, false]) {
      const found = findingsOf(settlement('needs-review', 1, [{ ...open, known }], doubtOf));
      t.strictSame(
        found.map((each) => each.found),
        FINDINGS,
      );
      t.equal(new Set(found.map(({ means }) => means.zh)).size, FINDINGS.length);
      for (const { means } of found) t.notMatch(means.en, /\p{Script=Han}/u);
    }
});

t.test('of a stay, the findings are the reviews that its machine takes', async (t) => {
  for (const state of STAY_STATES)
    for (const act of STAY_ACTS) {
      const reviews = Object.keys(eventsOf({ state, act })).filter((event) => event.startsWith('review-'));
      const found = ofStay({ state, act }).map((each) => `review-${each.found}`);
      t.strictSame(found, reviews, `${state} ${act}`);
    }
  t.match(ofStay({ state: 'needs-review', act: 'admit' }), [
    { found: 'not-done', to: 'draft', means: { zh: /先在医保端撤销/ } },
  ]);
});
