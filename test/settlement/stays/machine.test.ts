import fc from 'fast-check';
import t from 'tap';
import { STAY_ACTS, STAY_EVENTS, STAY_STATES } from '../../../schemas/stay-words.ts';
import {
  actionsOf,
  COURSES,
  eventsOf,
  isOver,
  next,
  type Position,
} from '../../../src/settlement/stays/machine.ts';

const positions: Position[] = STAY_STATES.flatMap((state): Position[] =>
  state === 'working' || state === 'in-doubt' || state === 'needs-review'
    ? STAY_ACTS.map((act) => ({ state, act }))
    : [{ state, act: null }],
);

t.test('any sequence of events leaves the ward and the stay in step', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...STAY_EVENTS), { maxLength: 60 }), (events) => {
      let position: Position = { state: 'draft', act: null };
      // Where the patient is for certain; nothing while an act is under way or lost.
      let certain: string | undefined = 'draft';
      for (const event of events) {
        const transition = next(position, event);
        if (!transition) continue;
        const { act } = position;
        if (act === null && transition.act !== null) {
          if (certain !== COURSES[transition.act].from) throw new Error('an act from somewhere else');
          certain = undefined;
        } else if (act !== null && transition.act === null) {
          const { from, to } = COURSES[act];
          certain = event === 'accepted' || event === 'review-done' ? to : from;
          if (transition.to !== certain && transition.to !== 'failed') throw new Error(`${event} of ${act}`);
          if (transition.to === 'failed' && from !== 'draft') throw new Error('lost from sight');
        }
        position = { state: transition.to, act: transition.act };
        if ((position.act === null) !== (certain !== undefined)) throw new Error('said, and not known');
      }
    }),
    { numRuns: 2_000 },
  );
  t.pass('held');
});

t.test('what is over stays over, and everything else has a way on', async (t) => {
  for (const position of positions) {
    const events = Object.keys(eventsOf(position));
    t.equal(events.length === 0, isOver(position.state), JSON.stringify(position));
  }
});

t.test('a doubt ends by proof or by a person, and nobody acts meanwhile', async (t) => {
  for (const act of STAY_ACTS) {
    t.same(actionsOf({ state: 'working', act }), []);
    t.same(actionsOf({ state: 'in-doubt', act }), []);
    t.same(actionsOf({ state: 'needs-review', act }), ['review']);
    t.same(Object.keys(eventsOf({ state: 'in-doubt', act })), [
      'accepted',
      'refused',
      'undone',
      'again',
      'undecided',
      'undecidable',
    ]);
  }
});

t.test('what a person may do follows from the table', async (t) => {
  const actions = (state: Position['state']) => actionsOf({ state, act: null });
  t.same(actions('draft'), ['admit', 'abandon']);
  t.same(actions('admitted'), ['change', 'charge', 'withdraw', 'discharge', 'cancel']);
  t.same(actions('discharged'), ['resume']);
  t.same(actions('cancelled'), []);
});
