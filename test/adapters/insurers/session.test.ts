import t from 'tap';
import { Sessions } from '../../../adapters/insurers/session.ts';
import { TestClock } from '../../helper.ts';
import { must, platformParts, sampleBill } from './nhsa/helper.ts';

const operator = { no: 'op1', name: '收费员' };

t.test('an operator signs in once, also when many ask at the same time', async (t) => {
  let count = 0;
  const sessions = new Sessions<string>(new TestClock());
  const signIn = async () => ({ signNo: `S${++count}` });
  const all = await Promise.all(Array.from({ length: 10 }, () => sessions.of(operator, signIn)));
  t.same(new Set(all.map((session) => JSON.stringify(session))).size, 1);
  t.equal(count, 1);
  await sessions.of({ no: 'op2' }, signIn);
  t.equal(count, 2, 'another operator signs in alone');
});

t.test('a session ends with the day in China', async (t) => {
  let count = 0;
  const clock = new TestClock('2026-03-02T23:59:59+08:00');
  const sessions = new Sessions<string>(clock);
  const signIn = async () => ({ signNo: `S${++count}` });
  t.same(await sessions.of(operator, signIn), { signNo: 'S1' });
  clock.advance(1_000);
  t.same(await sessions.of(operator, signIn), { signNo: 'S2' });
});

t.test('a session ends with the year', async (t) => {
  let count = 0;
  const clock = new TestClock('2026-12-31T23:59:59+08:00');
  const sessions = new Sessions<string>(clock);
  const signIn = async () => ({ signNo: `S${++count}` });
  await sessions.of(operator, signIn);
  clock.advance(1_000);
  t.same(await sessions.of(operator, signIn), { signNo: 'S2' });
  clock.advance(-1_000);
  t.same(await sessions.of(operator, signIn), { signNo: 'S3' }, 'and when the clock is set back');
});

t.test('who signs in across midnight has the day that the platform took it for', async (t) => {
  const signedInAcross = async (signedAt: string | undefined) => {
    let count = 0;
    const clock = new TestClock('2026-03-02T23:59:59+08:00');
    const sessions = new Sessions<string>(clock);
    const signIn = async () => {
      count += 1;
      if (count === 1) clock.advance(2_000);
      return { signNo: `S${count}`, ...(signedAt && { signedAt }) };
    };
    await sessions.of(operator, signIn);
    await sessions.of(operator, signIn);
    await sessions.of(operator, signIn);
    return count;
  };
  t.equal(await signedInAcross('2026-03-03 00:00:00'), 1, 'the new one');
  t.equal(await signedInAcross('2026-03-02 23:59:59'), 2, 'the old one: it is over');
  t.equal(await signedInAcross(undefined), 2, 'it does not say');
  t.equal(await signedInAcross('1970-01-01 00:00:00'), 2, 'what it says makes no sense');
});

t.test('midnight does not make an operator sign in twice at once', async (t) => {
  const clock = new TestClock('2026-03-02T23:59:59+08:00');
  const sessions = new Sessions<string>(clock);
  let [count, atOnce, most] = [0, 0, 0];
  const waiting: (() => void)[] = [];
  const signIn = async () => {
    count += 1;
    most = Math.max(most, ++atOnce);
    await new Promise<void>((resolve) => waiting.push(resolve));
    atOnce -= 1;
    return { signNo: `S${count}` };
  };
  const before = sessions.of(operator, signIn);
  clock.advance(2_000);
  const after = [sessions.of(operator, signIn), sessions.of(operator, signIn)];
  waiting.shift()?.();
  t.same(await before, { signNo: 'S1' });
  await new Promise((resolve) => setImmediate(resolve));
  waiting.shift()?.();
  t.same(await Promise.all(after), [{ signNo: 'S2' }, { signNo: 'S2' }]);
  t.same([count, most], [2, 1]);
});

t.test('a thousand operators are signed in at the same time, and no more are remembered', async (t) => {
  let count = 0;
  const sessions = new Sessions<string>(new TestClock());
  const signIn = async () => ({ signNo: `S${++count}` });
  const all = async (first: number, last: number) => {
    const numbers = Array.from({ length: last - first }, (_, index) => ({
      no: `op${first + index}`,
      name: 'x',
    }));
    await Promise.all(numbers.map((each) => sessions.of(each, signIn)));
    return count;
  };
  t.equal(await all(0, 1_000), 1_000);
  t.equal(await all(0, 1_000), 1_000, 'each is known');
  t.equal(await all(1_000, 1_001), 1_001, 'one more takes the place of the oldest');
  t.equal(await all(1, 1_001), 1_001);
  t.equal(await all(0, 1), 1_002, 'who signs in again');
});

t.test('whoever waits for a sign-in is not forgotten for those who come after', async (t) => {
  const sessions = new Sessions<string>(new TestClock());
  let end = () => {};
  const slow = sessions.of(operator, async () => {
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    return { signNo: 'slow' };
  });
  for (let i = 0; i < 1_500; i++) await sessions.of({ no: `o${i}` }, async () => ({ signNo: `S${i}` }));
  const same = sessions.of(operator, async () => ({ signNo: 'twice' }));
  end();
  t.same(await Promise.all([slow, same]), [{ signNo: 'slow' }, { signNo: 'slow' }]);
});

t.test('a failed sign-in is tried again by the next who asks', async (t) => {
  const sessions = new Sessions<string>(new TestClock());
  t.same(await sessions.of(operator, async () => ({ failed: 'refused' })), { failed: 'refused' });
  await t.rejects(sessions.of(operator, () => Promise.reject(new Error('store'))));
  t.same(await sessions.of(operator, async () => ({ signNo: 'S1' })), { signNo: 'S1' });
});

t.test('only the session the platform refused is dropped', async (t) => {
  const sessions = new Sessions<string>(new TestClock());
  await sessions.of(operator, async () => ({ signNo: 'S1' }));
  sessions.drop(operator, 'S1');
  await sessions.of(operator, async () => ({ signNo: 'S2' }));
  sessions.drop(operator, 'S1');
  t.same(await sessions.of(operator, async () => ({ signNo: 'S3' })), { signNo: 'S2' });
});

t.test(
  'what the platform no longer knows is signed in anew, but money is not sent again by itself',
  async (t) => {
    const { insurer, journal, clock } = await platformParts(t);
    const bill = sampleBill();
    const quote = must(await insurer.quote(bill, journal.exchange)).value;
    must(
      await insurer.transact(
        '9002',
        { signOut: { sign_no: signNoOf(journal), opter_no: 'op1' } },
        {},
        journal.exchange,
      ),
    );
    const before = journal.transactions().length;
    const outcome = await insurer.settle(bill, quote, journal.exchange);
    t.match(outcome, { kind: 'not-run', reason: /签到/ });
    t.same(journal.transactions().slice(before), ['2207']);
    must(await insurer.settle(bill, quote, journal.exchange));
    t.same(journal.transactions().slice(before), ['2207', '9001', '2207']);

    must(
      await insurer.transact(
        '9002',
        { signOut: { sign_no: signNoOf(journal), opter_no: 'op1' } },
        {},
        journal.exchange,
      ),
    );
    const again = journal.transactions().length;
    must(await insurer.verify({ identity: bill.identity, at: clock.now() }, journal.exchange));
    t.same(journal.transactions().slice(again), ['1101', '9001', '1101'], 'a query is asked once more');
  },
);

t.test('the day of a session is the platform’s, also where ours is another', async (t) => {
  // 23:55 here, 00:05 of the next day there.
  const { insurer, journal, clock } = await platformParts(t, { skewMs: 600_000 });
  clock.advance(14 * 3_600_000 + 55 * 60_000);
  const verify = async () => {
    const before = journal.transactions().length;
    must(await insurer.verify({ identity: sampleBill().identity, at: clock.now() }, journal.exchange));
    return journal.transactions().slice(before);
  };
  t.same(await verify(), ['9001', '1101']);
  t.same(await verify(), ['1101'], 'known for the day it is there');
  clock.advance(10 * 60_000);
  t.same(await verify(), ['1101'], 'midnight here changes nothing');
  clock.advance(24 * 3_600_000 - 30 * 60_000);
  t.same(await verify(), ['1101'], '23:45 there');
  clock.advance(20 * 60_000);
  t.same(await verify(), ['9001', '1101'], 'midnight there does');
});

t.test(
  'a session that the platform has forgotten is found out by many at once, and renewed once',
  async (t) => {
    const { insurer, journal, clock } = await platformParts(t);
    const verify = () =>
      insurer.verify({ identity: sampleBill().identity, at: clock.now() }, journal.exchange);
    must(await verify());
    const signOut = { sign_no: signNoOf(journal), opter_no: 'op1' };
    must(await insurer.transact('9002', { signOut }, {}, journal.exchange));
    const before = journal.transactions().length;
    for (const outcome of await Promise.all([verify(), verify(), verify()])) must(outcome);
    const since = journal.transactions().slice(before);
    t.equal(since.filter((infno) => infno === '9001').length, 1);
    t.equal(since.filter((infno) => infno === '1101').length, 6);
  },
);

t.test(
  'a sign-in that is refused, lost or sent to nobody ends the flow, and the next tries anew',
  async (t) => {
    const { insurer, journal, virtual, clock } = await platformParts(t);
    const verify = () =>
      insurer.verify({ identity: sampleBill().identity, at: clock.now() }, journal.exchange);
    const cases = [
      ['refuse', 'refused'],
      ['lose-answer', 'unknown'],
      ['system-error', 'unknown'],
      ['401-before', 'not-run'],
    ] as const;
    for (const [kind, expected] of cases) {
      virtual.misbehave({ infno: '9001', kind });
      t.match(await verify(), { kind: expected, at: { transaction: '9001' } }, kind);
    }
    must(await verify());
    await virtual.close();
    const { insurer: other, journal: its, virtual: gone } = await platformParts(t);
    await gone.close();
    t.match(await other.verify({ identity: sampleBill().identity, at: clock.now() }, its.exchange), {
      kind: 'not-run',
      at: { transaction: '9001' },
    });
  },
);

function signNoOf(journal: { verdicts: readonly unknown[] }): string {
  const text = JSON.stringify(journal.verdicts);
  return [...text.matchAll(/"sign_no":"(\w+)"/g)].at(-1)?.[1] ?? '';
}
