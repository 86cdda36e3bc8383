import fc from 'fast-check';
import t from 'tap';
import {
  actionsOf,
  EVENTS,
  isOver,
  machine,
  next,
  type Position,
  type SettlementEvent,
  STATES,
} from '../../src/settlement/machine.ts';

/** What may be true at the insurer, as far as the events say. */
interface Money {
  /** Whether the bill may be settled there. */
  settled: 'no' | 'maybe' | 'yes';
  /** Whether an exchange that moves money is under way or lost. */
  open: boolean;
}

const positions: Position[] = STATES.flatMap((state): Position[] =>
  state === 'in-doubt'
    ? [
        { state, doubtOf: 'settle' },
        { state, doubtOf: 'reverse' },
      ]
    : [{ state, doubtOf: null }],
);

t.test('any sequence of events moves money at most once at a time', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 60 }), (events) => {
      let position: Position = { state: 'draft', doubtOf: null };
      const money: Money = { settled: 'no', open: false };
      for (const event of events) {
        const transition = next(position, event);
        if (!transition) continue;
        follow(money, position, event, transition.sends);
        position = { state: transition.to, doubtOf: transition.doubtOf ?? null };
        holds(money, position);
      }
    }),
    { numRuns: 2_000 },
  );
  t.pass('held');
});

function follow(money: Money, from: Position, event: SettlementEvent, sends: string | undefined): void {
  const reversing = from.state === 'reversing' || from.doubtOf === 'reverse';
  if (event.startsWith('accepted')) Object.assign(money, { settled: reversing ? 'no' : 'yes', open: false });
  else if (event === 'refused' || event === 'not-sent' || event === 'undone') {
    Object.assign(money, { settled: reversing ? 'yes' : 'no', open: false });
  } else if (event === 'lost') money.settled = 'maybe';
  else if (event === 'undecidable') money.open = false;
  else if (event.startsWith('review-')) {
    Object.assign(money, { settled: event === 'review-settled' ? 'yes' : 'no', open: false });
  }
  if (sends === 'settle') {
    if (money.settled !== 'no' || money.open) throw new Error('settles what may be settled');
    money.open = true;
  }
  if (sends === 'reverse') {
    if (money.settled !== 'yes' || money.open) throw new Error('reverses what may not be settled');
    money.open = true;
  }
  if (sends === 'undo' && !money.open) throw new Error('undoes what is not lost');
}

/** What the state says is what is known. */
function holds(money: Money, { state }: Position): void {
  if (['draft', 'quoted', 'failed', 'reversed'].includes(state) && money.settled !== 'no') {
    throw new Error(`${state} while the insurer may have settled`);
  }
  if (state === 'settled' && money.settled !== 'yes') throw new Error('settled, but not at the insurer');
}

t.test('what is over stays over', async (t) => {
  for (const state of STATES.filter(isOver)) {
    for (const event of EVENTS) t.equal(next({ state, doubtOf: null }, event), undefined);
  }
});

t.test('every other state has a way out, and a doubt only by proof or a person', async (t) => {
  for (const position of positions.filter(({ state }) => !isOver(state))) {
    const events = EVENTS.filter((event) => next(position, event));
    t.ok(events.length > 0, position.state);
    if (position.state === 'in-doubt') t.same(events, ['undone', 'undecided', 'undecidable']);
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

t.test('nothing but a confirmation settles, and nothing but a request reverses', async (t) => {
  for (const [place, events] of Object.entries(machine)) {
    for (const [event, transition] of Object.entries(events)) {
      if (transition.sends === 'settle') t.same([place, event], ['quoted', 'confirm']);
      if (transition.sends === 'reverse') t.same([place, event], ['settled', 'reverse']);
    }
  }
});
