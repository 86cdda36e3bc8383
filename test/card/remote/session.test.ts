import fc from 'fast-check';
import t from 'tap';
import { SESSION_STATES, type SessionEnd, type SessionState } from '../../../schemas/desk.ts';
import { KEPT_MESSAGES_MAX } from '../../../src/card/remote/channel.ts';
import { closeCodes, endOf, pauses, sessionMachine } from '../../../src/card/remote/machine.ts';
import { Session } from '../../../src/card/remote/session.ts';
import type { Acknowledgement, Numbering } from '../../../src/card/remote/wire.ts';
import { words } from '../../../src/card/remote/words.ts';
import { TestClock, testLogger } from '../../helper.ts';
import { TestTimers } from '../timers.ts';
import { linePair, type MemoryLine } from './lines.ts';

type Said = { readonly t: 'said'; readonly what: number };
type Frame = Said & Numbering;

const clockAt = () => new TestClock();

function end(timers: TestTimers, clock: TestClock) {
  const heard: number[] = [];
  const states: SessionState[] = [];
  const ends: SessionEnd[] = [];
  const session = new Session<Frame, Said>({
    clock,
    timers,
    random: () => 0.5,
    logger: testLogger(),
    parse: (text) => {
      try {
        return JSON.parse(text) as Frame | Acknowledgement;
      } catch {
        return undefined;
      }
    },
    hear: ({ what }) => {
      if (what < 0) throw new Error('a handler with a bug');
      heard.push(what);
    },
    changed: (state, why) => {
      states.push(state);
      if (why) ends.push(why);
    },
  });
  return { session, heard, states, ends };
}

function pair() {
  const clock = clockAt();
  const timers = new TestTimers(clock);
  const [here, there] = [end(timers, clock), end(timers, clock)];
  let lines: [MemoryLine, MemoryLine] = linePair();
  const join = () => {
    lines = linePair();
    // The desk's hello says what it has; the gateway's welcome what it has, then.
    const said = there.session.received;
    here.session.attach(lines[0], said);
    there.session.attach(lines[1], here.session.received);
  };
  const drain = () => {
    while (lines.some(({ sent }) => sent.length > 0)) for (const line of lines) line.pass();
  };
  return { clock, timers, here, there, join, drain, lines: () => lines };
}

t.test('the table of the session leads everywhere and out of nowhere but what it says', async (t) => {
  const reached = new Set<SessionState>(['connecting']);
  for (const row of Object.values(sessionMachine)) for (const next of Object.values(row)) reached.add(next);
  t.strictSame([...reached].sort(), [...SESSION_STATES].sort());
  t.strictSame(sessionMachine.gone, {}, 'a session that is gone stays gone');
  for (const [why, code] of Object.entries(closeCodes)) {
    t.equal(endOf(code), why);
    t.ok(words[why as SessionEnd] && pauses[why as SessionEnd]);
  }
  for (const code of [1000, 1005, 1006, 1011, 1012]) t.equal(endOf(code), undefined);
  t.equal(endOf(1009), 'protocol', 'a frame that is too large would be too large again');
});

type Step =
  | { readonly do: 'say' | 'pass'; readonly who: 0 | 1 }
  | { readonly do: 'cut' | 'silence' | 'join' }
  | { readonly do: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('say' as const), who: fc.constantFrom(0, 1) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('pass' as const), who: fc.constantFrom(0, 1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'silence' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 9_000 }) }),
  },
);

t.test('whatever breaks in between, each message is heard once and in order', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
      const { timers, here, there, join, drain, lines } = pair();
      const ends = [here, there];
      const said: [number[], number[]] = [[], []];
      join();
      for (const each of steps) {
        if (each.do === 'say') {
          const what = said[each.who].length;
          said[each.who].push(what);
          ends[each.who]!.session.send({ t: 'said', what });
        } else if (each.do === 'pass') lines()[each.who]!.pass();
        else if (each.do === 'cut') lines()[0].cut();
        else if (each.do === 'silence') for (const { sent } of lines()) sent.length = 0;
        else if (each.do === 'wait') await timers.advance(each.ms);
        else join();
        // A line that lost something is dead: nothing comes over it any more.
        if (each.do === 'silence') lines()[0].cut();
        for (const [index, { heard }] of ends.entries()) {
          const others = said[1 - index]!;
          if (heard.some((what, at) => what !== others[at])) return false;
        }
        if (ends.some(({ session }) => session.state === 'gone')) {
          // Only who was away for too long is given up.
          return ends.every(({ ends: why }) => why.every((reason) => reason === 'away'));
        }
      }
      join();
      drain();
      return here.heard.length === said[1].length && there.heard.length === said[0].length;
    }),
    { numRuns: 500 },
  );
  t.pass();
});

t.test('what came is acknowledged, and then kept no longer', async (t) => {
  const { timers, here, there, join, drain } = pair();
  join();
  for (let what = 0; what < 4 * KEPT_MESSAGES_MAX; what++) {
    here.session.send({ t: 'said', what });
    if (what % 100 === 0) {
      drain();
      // As fast as may be said unasked.
      await timers.advance(2_000);
      drain();
    }
  }
  drain();
  t.equal(there.heard.length, 4 * KEPT_MESSAGES_MAX);
  t.strictSame([here.session.state, there.session.state], ['joined', 'joined']);
});

t.test('one who takes nothing is dropped and told so, before much is kept for him', async (t) => {
  const { here, there, join, lines } = pair();
  join();
  for (let what = 0; what <= KEPT_MESSAGES_MAX; what++) here.session.send({ t: 'said', what });
  t.strictSame(here.ends, ['slow']);
  t.equal(lines()[0].closedWith, 'slow');
  t.strictSame(there.ends, ['slow']);
  here.session.send({ t: 'said', what: 0 });
  t.equal(here.session.state, 'gone', 'nothing more is kept');
});

t.test('one who pings and takes no answers is dropped', async (t) => {
  const { here, join, lines } = pair();
  join();
  lines()[0].waitingBytes = 2_000_000;
  here.session.sign();
  t.strictSame(here.ends, ['slow']);
});

t.test('one who says more than he is asked for is dropped; one who is asked for much is not', async (t) => {
  const flooded = pair();
  flooded.join();
  for (let count = 0; count < 501; count++) flooded.here.session.sign();
  t.strictSame(flooded.here.ends, ['flood']);

  const asked = pair();
  asked.join();
  for (let what = 0; what < 5_000; what++) {
    asked.here.session.send({ t: 'said', what });
    asked.drain();
    asked.there.session.send({ t: 'said', what });
    asked.drain();
  }
  t.equal(asked.here.session.state, 'joined');
  t.equal(asked.there.session.state, 'joined');
});

t.test('what can never come ends the session: gaps, numbers of nothing, no frame at all', async (t) => {
  const impossible: readonly string[] = [
    '',
    '{',
    JSON.stringify({ t: 'said', what: 1, n: 2, ack: 0 }),
    JSON.stringify({ t: 'said', what: 1, n: 1, ack: 1 }),
    JSON.stringify({ t: 'ack', ack: 1 }),
    JSON.stringify({ t: 'said', what: -1, n: 1, ack: 0 }),
  ];
  for (const text of impossible) {
    const { here, there, join, lines } = pair();
    join();
    lines()[1].send(text);
    lines()[1].pass();
    t.strictSame(here.ends, ['protocol'], text);
    t.strictSame(there.ends, ['protocol']);
  }
  const { here, join, lines } = pair();
  join();
  here.session.send({ t: 'said', what: 0 });
  lines()[0].cut();
  const [line] = linePair();
  here.session.attach(line, 2);
  t.strictSame(here.ends, ['protocol'], 'an end that has what was never said');
  t.strictSame(here.states.at(-1), 'gone');
});

t.test('when a session is gone, nothing of it is left waiting', async (t) => {
  const { timers, here, there, join, drain } = pair();
  join();
  here.session.send({ t: 'said', what: 0 });
  drain();
  t.ok(timers.count > 0);
  here.session.end('stopping');
  t.strictSame(there.ends, ['stopping']);
  t.equal(timers.count, 0);
});
