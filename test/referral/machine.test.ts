import fc from 'fast-check';
import t from 'tap';
import {
  ACTS,
  type Act,
  actionsOf,
  isTerminal,
  next,
  STATE_NAMES,
  STATES,
  type State,
  type StateName,
  TRANSITIONS,
} from '../../src/referral/machine.ts';

/** The harmonised transitions of HL7 BSeR STU2, as published: TID, who, trigger, from, businessStatus after. */
const BSER = `
01 I Send Referral Package              | draft       -     | received    2.0
02 R Send Acceptance                    | received    -     | accepted    3.0
03 R Send Decline                       | received    -     | rejected    4.0
04 I Send Cancelation Request           | received    -     | in-progress 5.2
05 R Send Decline                       | accepted    -     | rejected    4.0
06 R Send Schedule Visit Information    | accepted    -     | in-progress 5.1.1
07 I Send Cancelation Request           | accepted    -     | in-progress 5.2
08 R Send Interim Consultation Note     | accepted    -     | in-progress 5.1.4
09 R Send Referral Outcome              | accepted    -     | completed   7.0
10 R Send Decline                       | in-progress 5.1.1 | rejected    4.0
11 R Send rescheduled visit information | in-progress 5.1.1 | in-progress 5.1.1
12 R Send No Show Information           | in-progress 5.1.1 | in-progress 5.1.2
13 R Send appointment cancel            | in-progress 5.1.1 | in-progress 5.1.3
14 I Send Cancelation Request           | in-progress 5.1.1 | in-progress 5.2
15 R Send Interim Consultation Note     | in-progress 5.1.1 | in-progress 5.1.4
16 R Send Referral Outcome              | in-progress 5.1.1 | completed   7.0
17 R Send Decline                       | in-progress 5.1.2 | rejected    4.0
18 R Send rescheduled visit information | in-progress 5.1.2 | in-progress 5.1.1
19 R Send appointment cancel            | in-progress 5.1.2 | in-progress 5.1.3
20 I Send Cancelation Request           | in-progress 5.1.2 | in-progress 5.2
21 R Send Schedule Visit Information    | in-progress 5.1.3 | in-progress 5.1.1
22 I Send Cancelation Request           | in-progress 5.1.3 | in-progress 5.2
23 R Send Cancelation Confirmation      | in-progress 5.2   | cancelled   6.0
24 R Send Referral Outcome              | in-progress 5.2   | completed   7.0
25 R Send Decline                       | in-progress 5.1.4 | rejected    4.0
26 R Send Schedule Visit Information    | in-progress 5.1.4 | in-progress 5.1.1
27 R Send appointment cancel            | in-progress 5.1.4 | in-progress 5.1.3
28 I Send Cancelation Request           | in-progress 5.1.4 | in-progress 5.2
29 R Send Interim Consultation Note     | in-progress 5.1.4 | in-progress 5.1.4
30 R Send Referral Outcome              | in-progress 5.1.4 | completed   7.0
31 R Send Schedule Visit Information    | accepted    -     | in-progress 5.1
32 R Send Interim Consultation Note     | accepted    -     | in-progress 5.1
33 R Send Decline                       | in-progress 5.1   | rejected    4.0
34 I Send Cancelation Request           | in-progress 5.1   | in-progress 5.2
`;

const published = BSER.trim()
  .split('\n')
  .map((line) => {
    const [, tid, who, trigger, fromStatus, fromBusiness, toStatus, toBusiness] =
      /^(\d\d) ([IR]) (.*?) *\| (\S+) +(\S+) *\| (\S+) +(\S+)$/.exec(line) as unknown as string[];
    return { tid, who, trigger, fromStatus, fromBusiness, toStatus, toBusiness };
  });

t.equal(published.length, 34);

for (const row of published) {
  t.test(`transition ${row.tid} is taken as BSeR publishes it`, async (t) => {
    const ours = TRANSITIONS.find(({ id }) => id === row.tid);
    if (!ours || ours.to === 'before') throw new Error('not in the table');
    t.equal(ours.who, row.who === 'I' ? 'initiator' : 'recipient');
    t.equal(ours.trigger, row.trigger);
    t.equal(STATES[ours.from].status, row.fromStatus);
    if (row.fromBusiness !== '-') t.equal(STATES[ours.from].businessStatus, row.fromBusiness);
    t.equal(STATES[ours.to].status, row.toStatus);
    t.equal(STATES[ours.to].businessStatus, row.toBusiness);
    const step = next({ name: ours.from }, { type: ours.event, detail: ours.detail }, ours.who);
    if (!step.ok) throw new Error('the machine does not take it');
    t.equal(step.value.transition.id, row.tid);
    t.equal(step.value.state.name, ours.to);
  });
}

t.test('an event without a row is refused, whoever sends it', async (t) => {
  const taken = new Set(TRANSITIONS.map((row) => `${row.from} ${row.who} ${row.event}`));
  for (const from of STATE_NAMES) {
    for (const who of ['initiator', 'recipient'] as const) {
      for (const type of ACTS) {
        t.equal(
          next({ name: from }, { type }, who).ok,
          taken.has(`${from} ${who} ${type}`),
          `${from} ${who} ${type}`,
        );
      }
    }
  }
});

t.test(
  'the detail of the event tells 06 from 31 and 08 from 32, and is fine unless said otherwise',
  async (t) => {
    const idOf = (type: Act, detail?: 'fine' | 'coarse') => {
      const step = next({ name: 'accepted' }, { type, detail }, 'recipient');
      return step.ok ? step.value.transition.id : undefined;
    };
    t.equal(idOf('schedule'), '06');
    t.equal(idOf('schedule', 'fine'), '06');
    t.equal(idOf('schedule', 'coarse'), '31');
    t.equal(idOf('note'), '08');
    t.equal(idOf('note', 'coarse'), '32');
  },
);

t.test('no two rows compete for one event', async (t) => {
  const keys = TRANSITIONS.flatMap((row) =>
    (row.detail ? [row.detail] : ['fine', 'coarse']).map(
      (detail) => `${row.from} ${row.who} ${row.event} ${detail}`,
    ),
  );
  t.equal(new Set(keys).size, keys.length);
  t.equal(new Set(TRANSITIONS.map(({ id }) => id)).size, TRANSITIONS.length);
});

t.test('nothing leaves a terminal state, and every other state can reach one', async (t) => {
  const reaches = new Set<StateName>(STATE_NAMES.filter(isTerminal));
  t.same([...reaches], ['declined', 'cancelled', 'completed']);
  for (const name of reaches) t.notOk(TRANSITIONS.some(({ from }) => from === name));
  for (let grown = true; grown; ) {
    grown = false;
    for (const row of TRANSITIONS) {
      if (row.to === 'before' || reaches.has(row.from) || !reaches.has(row.to)) continue;
      reaches.add(row.from);
      grown = true;
    }
  }
  t.equal(reaches.size, STATE_NAMES.length);
});

t.test('a refused cancellation goes back to where the referral stood', async (t) => {
  for (const { from } of TRANSITIONS.filter(({ event }) => event === 'request-cancellation')) {
    const asked = next({ name: from }, { type: 'request-cancellation' }, 'initiator');
    if (!asked.ok) throw new Error(from);
    const refused = next(asked.value.state, { type: 'refuse-cancellation' }, 'recipient');
    t.equal(refused.ok && refused.value.state.name, from);
  }
});

t.test('actions are exactly the acts the machine takes', async () => {
  const states = fc.constantFrom(...STATE_NAMES);
  const parties = fc.constantFrom('initiator' as const, 'recipient' as const);
  fc.assert(
    fc.property(states, parties, fc.constantFrom(...ACTS), (name, who, type) => {
      const state: State = { name };
      return actionsOf(state, who).includes(type) === next(state, { type }, who).ok;
    }),
  );
});
