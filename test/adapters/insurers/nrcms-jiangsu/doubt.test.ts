import t from 'tap';
import type {
  Bill,
  Doubt,
  Exchange,
  Insurer,
  Outcome,
  Proof,
  Quote,
} from '../../../../src/settlement/port.ts';
import { must } from '../nhsa/helper.ts';
import { countyBill, jiangsuParts, liveBills, type Parts } from './helper.ts';

type Kind = Parameters<Parts['virtual']['misbehave']>[0]['kind'];
const DAY_MS = 86_400_000;

function decide(
  insurer: Insurer,
  bill: Bill,
  doubt: Pick<Doubt, 'of' | 'quote' | 'settled'>,
  sentAt: number,
  exchange: Exchange,
): Promise<Outcome<Proof>> {
  const transaction = doubt.of === 'settle' ? 'FybxJs' : 'ReSaveFybx';
  const way = insurer.waysOut.find(({ decides }) => decides.includes(transaction));
  if (!way) throw new Error(`nothing decides ${transaction}`);
  return way.take(
    bill,
    { ...doubt, lost: { transaction, ownId: 'lost', sentAt, deadlineAt: sentAt + 3_000 } },
    exchange,
  );
}

async function quoted(parts: Pick<Parts, 'insurer' | 'journal'>): Promise<{ bill: Bill; quote: Quote }> {
  const bill = countyBill();
  return { bill, quote: must(await parts.insurer.quote(bill, parts.journal.exchange)).value };
}

/** What each misbehaviour of a money operation looks like to us, and whether it was done all the same. */
const CASES: readonly [kind: Kind, outcome: string, done: boolean][] = [
  ['lose-request', 'unknown', false],
  ['lose-answer', 'unknown', true],
  ['answer-twice', 'accepted', true],
  ['refuse', 'refused', false],
  ['system-error', 'unknown', true],
  ['rubbish', 'unknown', true],
  ['truncate', 'unknown', true],
  ['5xx-after', 'unknown', true],
  ['5xx-before', 'unknown', false],
  ['401-before', 'not-run', false],
];

for (const [kind, expected, done] of CASES) {
  t.test(
    `a FybxJs met with ${kind} is ${expected}, and the day’s list tells what became of it`,
    async (t) => {
      const { insurer, journal, virtual, clock } = await jiangsuParts(t, { listCompleteAt: '06:00' });
      const { bill, quote } = await quoted({ insurer, journal });
      const sentAt = clock.now();
      virtual.misbehave({ infno: 'FybxJs', kind });
      const outcome = await insurer.settle(bill, quote, journal.exchange);
      t.equal(outcome.kind, expected);
      t.equal(liveBills(virtual).length, done ? 1 : 0);
      if (expected !== 'unknown') return;
      const ask = () => decide(insurer, bill, { of: 'settle', quote }, sentAt, journal.exchange);

      const proof = must(await ask()).value;
      if (done) {
        t.match(proof, {
          is: 'settled',
          settled: { number: virtual.ledger()[0]?.bxid, split: quote.split, settledAt: sentAt },
        });
        const settled = proof.is === 'settled' ? proof.settled : undefined;
        t.equal(settled?.faults, undefined);
        must(await insurer.reverse(bill, settled!, journal.exchange));
        t.same(liveBills(virtual), [], 'and it can be undone by what was found');
        t.same(must(await ask()).value, { is: 'undone' }, 'settled and undone comes to nothing');
        return;
      }
      const until = Date.parse('2026-03-03T06:00:00+08:00');
      t.match(proof, { is: 'open', until }, 'that it is not there yet proves nothing');
      clock.advance(until - clock.now() - 1);
      t.match(must(await ask()).value, { is: 'open' });
      clock.advance(1);
      t.same(must(await ask()).value, { is: 'undone' }, 'a complete list does');
    },
  );

  t.test(
    `a ReSaveFybx met with ${kind} is ${expected}, and the day’s list tells what became of it`,
    async (t) => {
      const { insurer, journal, virtual, clock } = await jiangsuParts(t, { listCompleteAt: '06:00' });
      const { bill, quote } = await quoted({ insurer, journal });
      const settled = must(await insurer.settle(bill, quote, journal.exchange)).value;
      clock.advance(DAY_MS);
      const sentAt = clock.now();
      virtual.misbehave({ infno: 'ReSaveFybx', kind });
      const outcome = await insurer.reverse(bill, settled, journal.exchange);
      t.equal(outcome.kind, expected);
      t.equal(liveBills(virtual).length, done ? 0 : 1);
      if (expected !== 'unknown') return;
      const ask = () => decide(insurer, bill, { of: 'reverse', quote, settled }, sentAt, journal.exchange);
      if (done) {
        t.match(must(await ask()).value, { is: 'reversed', reversed: { reversedAt: sentAt } });
        return;
      }
      t.match(must(await ask()).value, { is: 'open' });
      clock.advance(DAY_MS);
      t.same(must(await ask()).value, { is: 'undone' });
    },
  );
}

t.test('where nobody says when a list is complete, its silence never proves anything', async (t) => {
  const { insurer, journal, virtual, clock } = await jiangsuParts(t);
  const { bill, quote } = await quoted({ insurer, journal });
  const sentAt = clock.now();
  virtual.misbehave({ infno: 'FybxJs', kind: 'lose-request' });
  await insurer.settle(bill, quote, journal.exchange);
  clock.advance(30 * DAY_MS);
  const proof = must(await decide(insurer, bill, { of: 'settle', quote }, sentAt, journal.exchange)).value;
  t.match(proof, { is: 'open' });
  t.notOk('until' in proof);
});

t.test('a request lost over New Year is looked for on both days', async (t) => {
  const { insurer, journal, virtual, clock } = await jiangsuParts(t, {}, '2026-12-31T23:59:59+08:00');
  const { bill, quote } = await quoted({ insurer, journal });
  const sentAt = clock.now();
  clock.advance(2_000);
  virtual.misbehave({ infno: 'FybxJs', kind: 'lose-answer' });
  await insurer.settle(bill, quote, journal.exchange);
  const proof = must(await decide(insurer, bill, { of: 'settle', quote }, sentAt, journal.exchange)).value;
  t.match(proof, { is: 'settled', settled: { handle: { year: '2026' } } });
});

t.test('another registration’s settlement under the same number is not taken for ours', async (t) => {
  const { insurer, journal, clock } = await jiangsuParts(t);
  const { bill, quote } = await quoted({ insurer, journal });
  must(await insurer.settle(bill, quote, journal.exchange));
  const other = { ...quote, handle: { ...quote.handle, djid: '1' } };
  const asked = await decide(insurer, bill, { of: 'settle', quote: other }, clock.now(), journal.exchange);
  t.match(must(asked).value, { is: 'open' });
});

t.test('a settlement found with other amounts than the quote’s needs a person', async (t) => {
  const { insurer, journal, clock } = await jiangsuParts(t);
  const { bill, quote } = await quoted({ insurer, journal });
  must(await insurer.settle(bill, quote, journal.exchange));
  const other = { ...quote, split: { ...quote.split, fundFen: 1 } };
  const asked = await decide(insurer, bill, { of: 'settle', quote: other }, clock.now(), journal.exchange);
  t.match(must(asked).value, {
    is: 'settled',
    settled: { faults: ['list'], split: { totalFen: 15_085, fundFen: 7_542, cashFen: 7_543 } },
  });
});

t.test('a list that cannot be had is asked for again', async (t) => {
  const { insurer, journal, virtual, clock } = await jiangsuParts(t);
  const { bill, quote } = await quoted({ insurer, journal });
  virtual.misbehave({ infno: 'MrdzMx', kind: 'truncate' });
  const asked = await decide(insurer, bill, { of: 'settle', quote }, clock.now(), journal.exchange);
  t.match(asked, { kind: 'unknown', at: { transaction: 'MrdzMx' } });
});
