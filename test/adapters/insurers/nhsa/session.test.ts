import t from 'tap';
import { Sessions } from '../../../../adapters/insurers/session.ts';
import { TestClock } from '../../../helper.ts';
import { must, platformParts, sampleBill } from './helper.ts';

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

function signNoOf(journal: { verdicts: readonly unknown[] }): string {
  const text = JSON.stringify(journal.verdicts);
  return [...text.matchAll(/"sign_no":"(\w+)"/g)].at(-1)?.[1] ?? '';
}
