import fc from 'fast-check';
import t from 'tap';
import { PlatformTime } from '../../../../adapters/insurers/nhsa/platform-time.ts';
import { chinaDigits } from '../../../../src/clock.ts';
import { TestClock } from '../../../helper.ts';
import { liveSettlements, must, platformParts, sampleBill } from './helper.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** An answer as the platform stamps it. */
function stamped(receivedAt: number, respondedAt: number): Buffer {
  const digits = (at: number) => chinaDigits(at).slice(0, 17);
  return Buffer.from(
    `{"infcode":0,"refmsg_time":"${digits(receivedAt)}","respond_time":"${digits(respondedAt)}","output":{}}`,
  );
}

/** One exchange with a platform ahead by `skewMs`: so long on its way there, at work, and on its way back. */
function exchanged(
  time: PlatformTime,
  clock: TestClock,
  skewMs: number,
  [there = 0, work = 0, back = 0] = [5, 20, 5],
) {
  const sentAt = clock.now();
  clock.advance(there + work + back);
  const receivedAt = sentAt + there + skewMs;
  time.learn(stamped(receivedAt, receivedAt + work), sentAt);
}

t.test('until an answer tells otherwise, the platform’s clock is ours', async (t) => {
  const clock = new TestClock();
  const time = new PlatformTime(clock);
  t.equal(time.now(), clock.now());
  t.equal(time.signingSkewMs, 0);
});

t.test('the first answer tells the skew, however long the platform worked', async (t) => {
  const clock = new TestClock();
  const time = new PlatformTime(clock);
  exchanged(time, clock, 5 * MINUTE_MS, [50, 30_000, 50]);
  t.equal(time.skewMs, 5 * MINUTE_MS);
  t.equal(time.now(), clock.now() + 5 * MINUTE_MS);
  t.equal(time.signingSkewMs, 5 * MINUTE_MS, 'signatures go by it too');
});

t.test('one answer that is off does not move it, several do', async (t) => {
  const clock = new TestClock();
  const time = new PlatformTime(clock);
  for (let i = 0; i < 6; i++) exchanged(time, clock, -2 * MINUTE_MS);
  exchanged(time, clock, HOUR_MS);
  t.equal(time.skewMs, -2 * MINUTE_MS, 'a way back that took long, or one node of a cluster');
  for (let i = 0; i < 5; i++) exchanged(time, clock, 0);
  t.equal(time.skewMs, 0, 'somebody has set a clock');
});

t.test('times that cannot be meant are not taken', async (t) => {
  const clock = new TestClock();
  const time = new PlatformTime(clock);
  const now = clock.now();
  const cases: [what: string, answer: string | Buffer][] = [
    ['nothing', '{"infcode":0}'],
    ['rubbish', '\u0000{{'],
    ['empty', '{"refmsg_time":"","respond_time":null}'],
    ['too short', '{"respond_time":"20260302090000"}'],
    ['too long', '{"respond_time":"202603020900000000"}'],
    ['no date', '{"respond_time":"20261302090000000"}'],
    ['cut off', '{"respond_time":"2026030'],
    ['within an output of text', `{"output":"{\\"respond_time\\":\\"${chinaDigits(now + HOUR_MS)}\\"}"}`],
    ['more than a day off', stamped(now + 2 * DAY_MS, now + 2 * DAY_MS)],
    ['answered before received', stamped(now + HOUR_MS, now)],
    ['worked longer than we waited', stamped(now - HOUR_MS, now)],
  ];
  for (const [what, answer] of cases) {
    time.learn(Buffer.from(answer), now);
    t.equal(time.skewMs, 0, what);
  }
  time.learn(stamped(now + HOUR_MS, now + HOUR_MS), now + 1);
  t.equal(time.skewMs, 0, 'our own clock was set back meanwhile');
});

t.test('a number or a text will do, and one time instead of two', async (t) => {
  const clock = new TestClock();
  for (const answer of [
    `{"respond_time" : ${chinaDigits(clock.now() + HOUR_MS)}}`,
    `{"refmsg_time":"${chinaDigits(clock.now() + HOUR_MS)}"}`,
  ]) {
    const time = new PlatformTime(clock);
    time.learn(Buffer.from(answer), clock.now());
    t.equal(time.skewMs, HOUR_MS);
  }
});

t.test('any bytes are read without a throw, and never take it beyond a day', async () => {
  const clock = new TestClock();
  const time = new PlatformTime(clock);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.stringMatching(/^\d{17}$/), (bytes, digits) => {
      time.learn(Buffer.from(bytes), clock.now());
      time.learn(Buffer.concat([Buffer.from('{"respond_time":"'), bytes]), clock.now());
      time.learn(Buffer.from(`{"respond_time":"${digits}"}`), clock.now());
      return Math.abs(time.skewMs) <= DAY_MS;
    }),
  );
});

t.test('a difference of more than a minute is told once, and again when it comes back', async (t) => {
  const clock = new TestClock();
  const told: [object, string][] = [];
  const time = new PlatformTime(clock, { warn: (detail, message) => told.push([detail, message]) });
  for (let i = 0; i < 7; i++) exchanged(time, clock, MINUTE_MS);
  t.same(told, [], 'a minute is nothing');
  for (let i = 0; i < 7; i++) exchanged(time, clock, 2 * MINUTE_MS);
  t.match(told, [[{ skewMs: 2 * MINUTE_MS }, /minute/]]);
  for (let i = 0; i < 7; i++) exchanged(time, clock, 0);
  for (let i = 0; i < 7; i++) exchanged(time, clock, -2 * MINUTE_MS);
  t.equal(told.length, 2);
});

t.test('a gateway that refused a signature for its time says how late it is there', async (t) => {
  const clock = new TestClock();
  const time = new PlatformTime(clock);
  exchanged(time, clock, 0);
  const date = (at: number) => new Date(at).toUTCString();
  for (const bad of ['', 'yesterday', date(clock.now() + 2 * DAY_MS)]) {
    time.learnFromGateway(bad);
    t.equal(time.signingSkewMs, 0, bad || 'none');
  }
  time.learnFromGateway(date(clock.now() + HOUR_MS));
  t.ok(Math.abs(time.signingSkewMs - HOUR_MS) <= 1_000);
  t.ok(Math.abs(time.skewMs - HOUR_MS) <= 1_000, 'what was known of the platform no longer counts');
  for (let i = 0; i < 7; i++) exchanged(time, clock, 0);
  t.equal(time.skewMs, 0, 'the platform behind it may go by another clock');
  t.ok(Math.abs(time.signingSkewMs - HOUR_MS) <= 1_000, 'but the gateway keeps its own');
});

t.test('requests bear the platform’s time once it is known; ids go by ours', async (t) => {
  const told: object[] = [];
  const { insurer, journal, clock } = await platformParts(t, {
    skewMs: -10 * MINUTE_MS,
    logger: { warn: (detail) => told.push(detail) },
  });
  const { identity, visit } = sampleBill();
  must(await insurer.verify({ identity, at: visit.startedAt }, journal.exchange));
  const [signIn, verify] = journal.requests.map(({ body }) => JSON.parse(body.toString()));
  t.equal(signIn.inf_time, '2026-03-02 09:00:00');
  t.equal(verify.inf_time, '2026-03-02 08:50:00');
  t.match(verify.msgid, /^H4301000000120260302090000/);
  t.equal(insurer.clockSkewMs, -10 * MINUTE_MS);
  t.match(told, [{ skewMs: -10 * MINUTE_MS }]);
  t.equal(clock.now(), Date.parse('2026-03-02T09:00:00+08:00'));
});

t.test(
  'a clock an hour off is found out by the gateway’s refusal, and each request made once more',
  async (t) => {
    const { insurer, journal, virtual } = await platformParts(t, { skewMs: HOUR_MS });
    const bill = sampleBill();
    const quote = must(await insurer.quote(bill, journal.exchange)).value;
    t.same(journal.transactions().slice(0, 3), ['9001', '9001', '1101'], 'the sign-in has found it out');
    t.match(journal.verdicts[0], { kind: 'not-run', reason: /签名时间戳超时/ });
    t.not(journal.requests[0]?.ownId, journal.requests[1]?.ownId, 'the repeat is an exchange of its own');
    must(await insurer.settle(bill, quote, journal.exchange));
    t.equal(liveSettlements(virtual).length, 1);
  },
);

t.test('money that the gateway turned away for its time is sent once more, since nothing ran', async (t) => {
  const { insurer, journal, virtual, clock, platformClock } = await platformParts(t);
  const bill = sampleBill();
  const quote = must(await insurer.quote(bill, journal.exchange)).value;
  // Somebody sets our clock back; the platform's stays.
  clock.advance(-HOUR_MS);
  platformClock.skewMs = HOUR_MS;
  const before = journal.transactions().length;
  const settled = must(await insurer.settle(bill, quote, journal.exchange));
  t.same(journal.transactions().slice(before), ['2207', '2207']);
  t.same(liveSettlements(virtual), [settled.at.ownId]);
});

t.test('many desks that are turned away at once for the time each try once more', async (t) => {
  const { insurer, journal, clock, platformClock } = await platformParts(t);
  const verify = () => insurer.verify({ identity: sampleBill().identity, at: clock.now() }, journal.exchange);
  must(await verify());
  platformClock.skewMs = HOUR_MS;
  const before = journal.transactions().length;
  for (const outcome of await Promise.all([verify(), verify(), verify(), verify()])) must(outcome);
  t.equal(journal.transactions().slice(before).length, 8);
});

t.test('a refusal for the time that teaches nothing is not tried again', async (t) => {
  const { insurer, journal } = await platformParts(t, { skewMs: 30 * DAY_MS });
  const { identity, visit } = sampleBill();
  const outcome = await insurer.verify({ identity, at: visit.startedAt }, journal.exchange);
  t.match(outcome, { kind: 'not-run', reason: /签名时间戳超时/, at: { transaction: '9001' } });
  t.same(journal.transactions(), ['9001'], 'a month is no skew');
});
