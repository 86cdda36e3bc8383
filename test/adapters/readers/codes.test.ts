import t, { type Test } from 'tap';
import { CodeMailbox } from '../../../adapters/readers/codes.ts';
import { settle, TestTimers } from '../../card/timers.ts';
import { TestClock } from '../../helper.ts';
import { codeOf, never } from './helper.ts';

function mailbox() {
  const timers = new TestTimers(new TestClock());
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
  const codes = new CodeMailbox(lost, timers);
  return { codes, timers, lose, now: () => codes.next(0, never) };
}

/** What `next` gives when its time is up. */
async function none(t: Test, box: ReturnType<typeof mailbox>) {
  const code = box.codes.next(100, never);
  await box.timers.advance(100);
  t.equal(await code, undefined);
}

t.test('a code scanned while it is waited for is given at once', async (t) => {
  const { codes, timers } = mailbox();
  const code = codes.next(10_000, never);
  await timers.advance(9_999);
  codes.put('A');
  t.equal(await code, 'A');
});

t.test('a code scanned within two seconds before counts, an older one is forgotten', async (t) => {
  const box = mailbox();
  box.codes.put('A');
  await box.timers.advance(1_999);
  t.equal(await box.now(), 'A');
  box.codes.put('B');
  await box.timers.advance(2_000);
  await none(t, box);
});

t.test('nothing comes when the time is up, or nobody wants it any more', async (t) => {
  const box = mailbox();
  await none(t, box);
  const cancelled = new AbortController();
  const code = box.codes.next(10_000, cancelled.signal);
  cancelled.abort();
  t.equal(await code, undefined);
  box.codes.put('A');
  t.equal(await box.codes.next(10_000, AbortSignal.abort()), undefined);
  t.equal(await box.now(), 'A', 'what a cancelled call did not take is still there');
});

t.test('codes are given in their order, each once', async (t) => {
  const box = mailbox();
  box.codes.put('A');
  box.codes.put('B');
  t.equal(await box.now(), 'A');
  t.equal(await box.now(), 'B');
  await none(t, box);
});

t.test('of many codes the latest four are kept', async (t) => {
  const box = mailbox();
  for (let index = 0; index < 1_000; index++) box.codes.put(`${index}`);
  t.equal(box.timers.count, 4);
  for (const code of ['996', '997', '998', '999']) t.equal(await box.now(), code);
  await none(t, box);
});

t.test('a phone that still lies before the scanner is not the next patient', async (t) => {
  const box = mailbox();
  for (let times = 0; times < 3; times++) box.codes.put('A');
  t.equal(await box.now(), 'A');
  box.codes.put('A');
  await none(t, box);
  const waited = box.codes.next(10_000, never);
  box.codes.put('B');
  box.codes.put('B');
  t.equal(await waited, 'B');
  await none(t, box);
});

t.test('the same code counts again when it is asked for, or later', async (t) => {
  const box = mailbox();
  box.codes.put('A');
  t.equal(await box.now(), 'A');
  const waited = box.codes.next(10_000, never);
  box.codes.put('A');
  t.equal(await waited, 'A', 'somebody waits for it');
  await box.timers.advance(2_000);
  box.codes.put('A');
  t.equal(await box.now(), 'A', 'two seconds later');
});

t.test('what scanners put around a code is taken off', async (t) => {
  const box = mailbox();
  for (const scanned of ['A', 'A\r', 'A\r\n', 'A\t', ']Q1A', ']C0A\r']) {
    const code = box.codes.next(10_000, never);
    box.codes.put(scanned);
    t.equal(await code, 'A', JSON.stringify(scanned));
  }
  for (const nothing of ['', '\r\n', ']Q1', 'x'.repeat(4_097)]) box.codes.put(nothing);
  await none(t, box);
});

t.test('two cannot wait at once', async (t) => {
  const { codes, timers } = mailbox();
  const first = codes.next(1_000, never);
  await t.rejects(codes.next(1_000, never), /one at a time/);
  await timers.advance(1_000);
  t.equal(await first, undefined);
});

t.test('a lost scanner fails whoever waits and whoever comes, and forgets its codes', async (t) => {
  const { codes, timers, lose, now } = mailbox();
  codes.put('A');
  await now();
  const waiting = codeOf(codes.next(10_000, never));
  lose();
  t.equal(await waiting, 'reader.lost');
  codes.put('B');
  t.equal(await codeOf(now()), 'reader.lost');
  await settle();
  t.equal(timers.count, 0);
});
