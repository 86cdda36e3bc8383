import t from 'tap';
import { PURSE_KINDS, PURSE_STATES, type PurseState } from '../../../schemas/purse.ts';
import { isOpen, nextState, type PurseEvent, purseMachine, words } from '../../../src/card/purse/machine.ts';

for (const kind of PURSE_KINDS) {
  const { doing, done, undone } = words[kind];
  const table = purseMachine[kind];
  const reached = new Set<PurseState>(['prepared']);
  for (const state of reached) for (const next of Object.values(table[state] ?? {})) reached.add(next);

  t.test(`a ${kind} ends done, undone or refused, and no state is entered twice`, async (t) => {
    const ends = [...reached].filter((state) => Object.keys(table[state] ?? {}).length === 0);
    t.same(ends.sort(), [done, undone, 'refused'].sort());
    const walk = (state: PurseState, path: readonly PurseState[]) => {
      t.notOk(path.includes(state), [...path, state].join(' → '));
      for (const next of Object.values(table[state] ?? {})) walk(next, [...path, state]);
    };
    walk('prepared', []);
  });

  t.test(
    `a ${kind} that was sent leaves its state only by an answer, the card's log or a person`,
    async (t) => {
      t.same(Object.keys(table[doing] ?? {}).sort(), ['distrusted', 'done', 'lost', 'refused']);
      t.equal(nextState(kind, doing, 'abandoned'), undefined);
      t.equal(nextState(kind, 'torn', 'send'), undefined, 'never sent again');
      t.equal(nextState(kind, 'torn', 'found-executed'), done);
      t.equal(nextState(kind, 'torn', 'found-not-executed'), undone);
      t.equal(nextState(kind, 'torn', 'undecidable'), 'needs-review');
      for (const state of ['torn', 'needs-review'] as const) {
        t.equal(nextState(kind, state, 'review-executed'), done);
        t.equal(nextState(kind, state, 'review-not-executed'), undone);
      }
    },
  );
}

t.test('a card is free again once a transaction has ended or is in a person’s hands', async (t) => {
  const open = PURSE_STATES.filter(isOpen);
  t.same(open, ['prepared', 'debiting', 'crediting', 'torn']);
});

t.test('the two kinds share no word for what moved money', async (t) => {
  const events: PurseEvent[] = ['done', 'lost'];
  for (const event of events) t.equal(nextState('purchase', 'crediting', event), undefined);
});
