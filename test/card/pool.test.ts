import fc from 'fast-check';
import { pino } from 'pino';
import t from 'tap';
import { backoffMs, readerMachine } from '../../src/card/machine.ts';
import { ReaderPool } from '../../src/card/pool.ts';
import type { OpenReader, ReaderDriver } from '../../src/card/port.ts';
import { Fault } from '../../src/errors.ts';
import { Events, type GatewayEvent } from '../../src/events/events.ts';
import { TestClock, testLogger } from '../helper.ts';
import { PluggedReader } from './slots.ts';
import { settle, TestTimers } from './timers.ts';

function parts(driver: ReaderDriver, logger = testLogger()) {
  const clock = new TestClock();
  const timers = new TestTimers(clock);
  const events = new Events(clock);
  const told: GatewayEvent[] = [];
  events.listen((event) => told.push(event));
  const pool = new ReaderPool({
    readers: [{ id: 'desk-1', name: '一号窗口', driver }],
    clock,
    timers,
    random: () => 0.5,
    events,
    logger,
  });
  const state = () => pool.status('desk-1').state;
  const use = (work: (reader: OpenReader, signal: AbortSignal) => Promise<unknown>, limitMs = 1_000) =>
    pool.use('desk-1', work, { limitMs });
  return { clock, timers, pool, state, use, states: () => told.map((event) => event.data.state) };
}

t.test('a reader is opened at start, lost, and found again by itself', async (t) => {
  const driver = new PluggedReader();
  const { pool, timers, state, states } = parts(driver);
  t.equal(state(), 'absent');
  pool.start();
  await settle();
  t.equal(state(), 'ready');
  t.strictSame(pool.status('desk-1').reads, ['social-security-card', 'health-card', 'resident-id-card']);
  driver.unplug();
  await settle();
  t.equal(state(), 'lost');
  t.equal(driver.closed, 1, 'the dead line is let go of');
  await timers.advance(60_000);
  t.equal(state(), 'absent');
  driver.present = true;
  await timers.advance(15_000);
  t.equal(state(), 'ready');
  t.strictSame(states(), ['ready', 'lost', 'absent', 'ready'], 'tries between are not told');
  t.equal(pool.status('desk-1').counters.reopenings, 1);
  await pool.close();
  t.equal(timers.count, 0, 'nothing is left waiting');
});

t.test('why a reader is absent stands in the log, once', async (t) => {
  const lines: string[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(line) });
  const open = () => Promise.reject(new Fault('reader.absent', { detail: 'hid: libusb-1.0 is missing' }));
  const { pool, timers } = parts({ description: 'hid', open }, logger);
  pool.start();
  await timers.advance(60_000);
  await pool.close();
  t.same(
    lines.map((line) => JSON.parse(line)),
    [
      {
        level: 40,
        reader: 'desk-1',
        code: 'reader.absent',
        detail: 'hid: libusb-1.0 is missing',
        msg: 'reader absent',
      },
    ],
  );
});

t.test('one reading at a time', async (t) => {
  const { pool, use, state } = parts(new PluggedReader());
  pool.start();
  await settle();
  let finish = (_value: string) => {};
  const first = use(
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  t.equal(state(), 'busy');
  await t.rejects(
    use(async () => 'second'),
    { code: 'reader.busy' },
  );
  finish('first');
  t.equal(await first, 'first');
  t.equal(state(), 'ready');
  t.match(pool.status('desk-1'), { counters: { readings: 1, failures: 0 }, lastReadingAt: Number });
  await pool.close();
});

t.test('a reader that goes during a reading ends the reading at once', async (t) => {
  const driver = new PluggedReader();
  const { pool, use, state } = parts(driver);
  pool.start();
  await settle();
  let signal: AbortSignal | undefined;
  const reading = use((_reader, given) => {
    signal = given;
    return new Promise(() => {});
  });
  driver.unplug();
  await t.rejects(reading, { code: 'reader.lost' });
  t.ok(signal?.aborted);
  t.equal(state(), 'lost');
  t.match(pool.status('desk-1'), { lastError: 'reader.lost', counters: { failures: 1 } });
  await t.rejects(
    use(async () => 1),
    { code: 'reader.absent' },
  );
  await pool.close();
});

t.test('a reading that never ends is ended, and the reader opened anew', async (t) => {
  const driver = new PluggedReader();
  const { pool, use, timers, state } = parts(driver);
  pool.start();
  await settle();
  const reading = use(() => new Promise(() => {}), 5_000).catch((error: unknown) => error);
  await timers.advance(5_000);
  t.match(await reading, { code: 'reader.lost' });
  await timers.advance(1_000);
  t.equal(state(), 'ready');
  t.equal(driver.opened, 2);
  await pool.close();
});

t.test(
  'a line that garbles three readings in a row is opened anew; nobody coming counts for nothing',
  async (t) => {
    const driver = new PluggedReader();
    const { pool, use, timers } = parts(driver);
    pool.start();
    await settle();
    for (const code of ['reader.protocol', 'reader.protocol', 'card.refused', 'card.none'] as const) {
      await t.rejects(
        use(async () => {
          throw new Fault(code);
        }),
        { code },
      );
    }
    t.match(pool.status('desk-1'), { state: 'ready', counters: { failures: 3 } });
    for (let time = 0; time < 3; time++) {
      await t.rejects(
        use(async () => {
          throw new Fault('reader.protocol');
        }),
      );
    }
    t.equal(pool.status('desk-1').state, 'lost');
    await timers.advance(2_000);
    t.match(pool.status('desk-1'), { state: 'ready', lastError: 'reader.protocol' });
    await pool.close();
  },
);

t.test('drivers that throw, hang or come too late do no harm', async (t) => {
  let late = (_reader: OpenReader) => {};
  let closed = 0;
  const ways: (() => Promise<OpenReader>)[] = [
    () => {
      throw new TypeError('a bug in a driver');
    },
    () =>
      new Promise((resolve) => {
        late = resolve;
      }),
    () => new Promise(() => {}),
  ];
  let tries = 0;
  const { pool, timers, state } = parts({ description: 'a bad driver', open: () => ways[tries++ % 3]!() });
  pool.start();
  await timers.advance(10_300);
  t.equal(tries, 2);
  t.equal(pool.status('desk-1').lastError, 'reader.absent');
  late({
    lost: new Promise(() => {}),
    close: async () => {
      closed += 1;
    },
  });
  await settle();
  t.equal(closed, 1, 'a line that opened too late is closed');
  t.equal(state(), 'absent');
  await timers.advance(30_000);
  const closing = pool.close();
  await timers.advance(5_000);
  await closing;
  t.equal(timers.count, 0);
});

t.test('closing ends a reading under way, and nothing is begun after it', async (t) => {
  const driver = new PluggedReader();
  const { pool, use, timers } = parts(driver);
  pool.start();
  await settle();
  const reading = use(() => new Promise(() => {})).catch((error: unknown) => error);
  await pool.close();
  t.match(await reading, { code: 'gateway.stopping' });
  t.equal(driver.closed, 1);
  await t.rejects(
    use(async () => 1),
    { code: 'gateway.stopping' },
  );
  t.equal(timers.count, 0);
});

t.test('two readers of one name are refused', async (t) => {
  const clock = new TestClock();
  const reader = { id: 'desk-1', driver: new PluggedReader() };
  const make = () =>
    new ReaderPool({ readers: [reader, reader], clock, events: new Events(clock), logger: testLogger() });
  t.throws(make);
});

t.test('pauses grow from a quarter of a second to fifteen, and never leave these bounds', async (t) => {
  t.equal(backoffMs(0, 0.9999), 250);
  t.equal(backoffMs(0, 0), 125);
  t.equal(backoffMs(30, 0.99999), 15_000);
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
      const wait = backoffMs(failures, random);
      return wait >= 125 && wait <= 15_000;
    }),
  );
});

t.test('whatever happens to a reader, it follows its machine and can be used again', async (t) => {
  const happenings = fc.array(
    fc.constantFrom(
      'unplug',
      'plug',
      'read',
      'read-fails',
      'read-hangs',
      'garble',
      'bug',
      'wait',
      'wait-long',
    ),
    { maxLength: 25 },
  );
  await fc.assert(
    fc.asyncProperty(happenings, async (sequence) => {
      const driver = new PluggedReader();
      const { pool, timers, use, state, states } = parts(driver);
      pool.start();
      await settle();
      const fails = (code: 'card.refused' | 'reader.protocol') => async () => {
        throw new Fault(code);
      };
      const acts: Record<string, () => Promise<unknown> | undefined> = {
        unplug: () => void driver.unplug(),
        plug: () => {
          driver.present = true;
          return undefined;
        },
        read: () => use(async () => 1),
        'read-fails': () => use(fails('card.refused')),
        'read-hangs': () => use(() => new Promise(() => {})),
        garble: () => use(fails('reader.protocol')),
        bug: () => use(async () => Promise.reject(new TypeError('a bug'))),
        wait: () => timers.advance(300),
        'wait-long': () => timers.advance(20_000),
      };
      for (const happening of sequence) {
        acts[happening]?.()?.catch(() => {});
        await settle();
        if (!(state() in readerMachine)) throw new Error('unknown state');
      }
      driver.present = true;
      await timers.advance(40_000);
      if (state() !== 'ready') throw new Error(`it stays ${state()} after ${states().join(' ')}`);
      if ((await use(async () => 'read')) !== 'read') throw new Error('it does not read');
      await pool.close();
      if (timers.count !== 0) throw new Error('something is left waiting');
    }),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('a stop waits for an opening that comes too late, and lets it go', async (t) => {
  const opening = Promise.withResolvers<OpenReader>();
  let closed = 0;
  const reader: OpenReader = {
    lost: new Promise(() => {}),
    close: async () => {
      closed += 1;
    },
  };
  const { pool } = parts({ description: 'late', open: () => opening.promise });
  pool.start();
  await settle();
  let stopped = false;
  const stopping = pool.close().then(() => {
    stopped = true;
  });
  await settle();
  t.notOk(stopped);
  opening.resolve(reader);
  await stopping;
  t.equal(closed, 1);
});
