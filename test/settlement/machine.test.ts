import t from 'tap';
import {
  actionsOf,
  EVENTS,
  isOver,
  machine,
  next,
  type Position,
  STATES,
} from '../../src/settlement/machine.ts';

const positions: Position[] = STATES.flatMap((state): Position[] =>
  state === 'in-doubt'
    ? [
        { state, doubtOf: 'settle' },
        { state, doubtOf: 'reverse' },
      ]
    : [{ state, doubtOf: null }],
);

t.test('what is over stays over', async (t) => {
  for (const state of STATES.filter(isOver)) {
    for (const event of EVENTS) t.equal(next({ state, doubtOf: null }, event), undefined);
  }
});

t.test('every other state has a way out, and a doubt only by proof or a person', async (t) => {
  for (const position of positions.filter(({ state }) => !isOver(state))) {
    const events = EVENTS.filter((event) => next(position, event));
    t.ok(events.length > 0, position.state);
    if (position.state !== 'in-doubt') continue;
    const proofs = events.filter((event) => event !== 'undecided' && event !== 'undecidable');
    t.notOk(
      proofs.some((event) => /refused|not-sent|review/.test(event)),
      'no refusal counts as proof',
    );
    t.ok(events.includes('undecidable'), 'a person decides what can’t be proved');
  }
});

t.test('what a person may do follows from the table, and nothing while a flow runs', async (t) => {
  const expected: Record<string, string[]> = {
    draft: ['quote', 'abandon'],
    quoted: ['confirm', 'quote', 'abandon'],
    settled: ['reverse'],
    'needs-review': ['review'],
  };
  for (const position of positions) {
    t.same(actionsOf(position, false), expected[position.state] ?? [], position.state);
    t.same(actionsOf(position, true), []);
  }
});

t.test('money first moves because somebody asked; all that follows belongs to what they asked', async (t) => {
  const first = Object.entries(machine).flatMap(([place, events]) =>
    Object.entries(events)
      .filter(([, { by, sends }]) => by !== 'gateway' && (sends === 'settle' || sends === 'reverse'))
      .map(([event, { sends }]) => `${place} ${event} ${sends}`),
  );
  t.same(first.sort(), [
    'needs-review review-next-payer settle',
    'needs-review review-undo-rest reverse',
    'quoted confirm settle',
    'settled reverse reverse',
  ]);
});
