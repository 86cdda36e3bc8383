import fc from 'fast-check';
import t from 'tap';
import { FILING_STATES } from '../../../schemas/settlement-words.ts';
import {
  actionsOf,
  EVENTS,
  isLive,
  isUnsettled,
  machine,
  next,
  type Position,
} from '../../../src/settlement/filings/machine.ts';

const START: Position = { state: 'sending', doubtOf: null };

/** Walks the machine; an event that it does not take changes nothing. */
function walk(events: readonly (typeof EVENTS)[number][]): Position[] {
  const positions = [START];
  for (const event of events) {
    const at = positions.at(-1) ?? START;
    const transition = next(at, event);
    if (transition) positions.push({ state: transition.to, doubtOf: transition.doubtOf ?? null });
  }
  return positions;
}

const walks = fc.array(fc.constantFrom(...EVENTS), { maxLength: 40 });

t.test('every state can be reached, and every event is taken somewhere', async (t) => {
  const reached = new Set<string>();
  const open = [START];
  for (let at = open.pop(); at; at = open.pop()) {
    const key = `${at.state} ${at.doubtOf}`;
    if (reached.has(key)) continue;
    reached.add(key);
    for (const event of EVENTS) {
      const transition = next(at, event);
      if (transition) open.push({ state: transition.to, doubtOf: transition.doubtOf ?? null });
    }
  }
  t.same(new Set([...reached].map((key) => key.split(' ')[0])), new Set(FILING_STATES));
  const taken = new Set(Object.values(machine).flatMap((row) => Object.keys(row)));
  t.same(taken, new Set(EVENTS));
});

t.test(
  'what got no answer is decided by the insurer’s list or a person before anything else is done',
  async () => {
    fc.assert(
      fc.property(walks, (events) =>
        walk(events).every((at, i, all) => {
          const before = all[i - 1];
          if (before?.state !== 'in-doubt') return true;
          return ['filed', 'not-filed', 'withdrawn', 'in-doubt', 'needs-review'].includes(at.state);
        }),
      ),
    );
  },
);

t.test('what is not live stays so: only a new filing can follow', async () => {
  fc.assert(
    fc.property(walks, (events) => {
      const positions = walk(events);
      const end = positions.findIndex(({ state }) => !isLive(state));
      return end < 0 || end === positions.length - 1;
    }),
  );
});

t.test('a doubt says of what, and nothing else has one but what a person must review', async () => {
  fc.assert(
    fc.property(walks, (events) =>
      walk(events).every(
        ({ state, doubtOf }) => (doubtOf !== null) === (state === 'in-doubt' || state === 'needs-review'),
      ),
    ),
  );
});

t.test(
  'a person is offered what the machine takes of them, and never to send again what is in doubt',
  async (t) => {
    for (const state of FILING_STATES) {
      const actions = actionsOf(state);
      const doubtOf = state === 'in-doubt' ? 'file' : null;
      const offered = EVENTS.filter((event) => next({ state, doubtOf }, event)?.by === 'person');
      t.equal(actions.includes('withdraw'), offered.includes('withdraw'), state);
      t.equal(actions.includes('review'), offered.includes('review-filed'), state);
      t.equal(actions.includes('check'), isUnsettled(state), state);
    }
    t.same(actionsOf('in-doubt'), ['check']);
  },
);
