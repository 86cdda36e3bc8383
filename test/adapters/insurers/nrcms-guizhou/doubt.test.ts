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
import { guizhouParts, liveHandles, type Parts, ruralBill } from './helper.ts';

type Kind = Parameters<Parts['virtual']['misbehave']>[0]['kind'];

function decide(
  insurer: Insurer,
  bill: Bill,
  doubt: Pick<Doubt, 'of' | 'quote' | 'settled'>,
  exchange: Exchange,
): Promise<Outcome<Proof>> {
  const transaction = doubt.of === 'settle' ? 'S25' : 'S26';
  const way = insurer.waysOut.find(({ decides }) => decides.includes(transaction));
  if (!way) throw new Error(`nothing decides ${transaction}`);
  const handle = (doubt.settled ?? doubt.quote)?.handle;
  const lost = { transaction, ownId: 'lost', sentAt: 0, deadlineAt: 0, ...(handle && { handle }) };
  return way.take(bill, { ...doubt, lost }, exchange);
}

async function quoted(parts: Pick<Parts, 'insurer' | 'journal'>): Promise<{ bill: Bill; quote: Quote }> {
  const bill = ruralBill();
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
  t.test(`an S25 met with ${kind} is ${expected}, and its handle tells what became of it`, async (t) => {
    const { insurer, journal, virtual } = await guizhouParts(t);
    const { bill, quote } = await quoted({ insurer, journal });
    virtual.misbehave({ infno: 'S25', kind });
    const outcome = await insurer.settle(bill, quote, journal.exchange);
    t.equal(outcome.kind, expected);
    t.equal(liveHandles(virtual).length, done ? 1 : 0);
    if (expected !== 'unknown') return;

    const proof = must(await decide(insurer, bill, { of: 'settle', quote }, journal.exchange)).value;
    if (done) {
      t.match(proof, { is: 'settled', settled: { number: quote.handle.outpId, split: quote.split } });
      t.equal(proof.is === 'settled' && proof.settled.faults, undefined);
      const settled = proof.is === 'settled' ? proof.settled : undefined;
      must(await insurer.reverse(bill, settled!, journal.exchange));
      t.same(liveHandles(virtual), [], 'and it can be reversed by what was found');
      t.match(
        must(await decide(insurer, bill, { of: 'settle', quote }, journal.exchange)).value,
        { is: 'undone' },
        'settled and taken back comes to nothing',
      );
      return;
    }
    t.same(proof, { is: 'undone' });
    t.match(
      await insurer.settle(bill, quote, journal.exchange),
      { kind: 'not-run', reason: '已回退' },
      'the handle was taken back: nothing that comes late settles it',
    );
    t.same(
      must(await decide(insurer, bill, { of: 'settle', quote }, journal.exchange)).value,
      { is: 'undone' },
      'and asked once more it says the same',
    );
    const again = must(await insurer.quote({ ...bill, attempt: 2 }, journal.exchange)).value;
    must(await insurer.settle(bill, again, journal.exchange));
    t.equal(liveHandles(virtual).length, 1, 'the bill can be quoted and settled anew');
  });

  t.test(`an S26 met with ${kind} is ${expected}, and its handle tells what became of it`, async (t) => {
    const { insurer, journal, virtual } = await guizhouParts(t);
    const { bill, quote } = await quoted({ insurer, journal });
    const settled = must(await insurer.settle(bill, quote, journal.exchange)).value;
    virtual.misbehave({ infno: 'S26', kind });
    const outcome = await insurer.reverse(bill, settled, journal.exchange);
    t.equal(outcome.kind, expected);
    t.equal(liveHandles(virtual).length, done ? 0 : 1);
    if (expected !== 'unknown') return;
    const doubt = { of: 'reverse', quote, settled } as const;
    t.match(must(await decide(insurer, bill, doubt, journal.exchange)).value, {
      is: done ? 'reversed' : 'undone',
    });
    if (!done) must(await insurer.reverse(bill, settled, journal.exchange));
    t.same(liveHandles(virtual), []);
  });
}

t.test('an S25 that acts after its handle was taken back settles nothing', async (t) => {
  const { insurer, journal, virtual } = await guizhouParts(t, { timeoutMs: 1_000 });
  const { bill, quote } = await quoted({ insurer, journal });
  virtual.misbehave({ infno: 'S25', kind: 'act-late', delayMs: 1_300 });
  t.match(await insurer.settle(bill, quote, journal.exchange), { kind: 'unknown', reason: /1000 ms/ });
  t.same(must(await decide(insurer, bill, { of: 'settle', quote }, journal.exchange)).value, {
    is: 'undone',
  });
  await virtual.close();
  t.same(virtual.ledger(), [], 'closing lets the late request act at once');
});

t.test('a way out whose own answers are lost is taken again', async (t) => {
  const { insurer, journal, virtual } = await guizhouParts(t);
  const { bill, quote } = await quoted({ insurer, journal });
  virtual.misbehave({ infno: 'S25', kind: 'lose-request' });
  await insurer.settle(bill, quote, journal.exchange);
  const doubt = { of: 'settle', quote } as const;
  virtual.misbehave({ infno: 'S27', kind: 'lose-answer' });
  t.match(await decide(insurer, bill, doubt, journal.exchange), {
    kind: 'unknown',
    at: { transaction: 'S27' },
  });
  virtual.misbehave({ infno: 'S19', kind: 'lose-answer' });
  t.match(await decide(insurer, bill, doubt, journal.exchange), {
    kind: 'unknown',
    at: { transaction: 'S19' },
  });
  t.same(must(await decide(insurer, bill, doubt, journal.exchange)).value, { is: 'undone' });
});

t.test('a refusal of the statement proves nothing unless the configuration says what it means', async (t) => {
  const { insurer, journal, virtual } = await guizhouParts(t, { notSettled: [], rolledBack: [] });
  const { bill, quote } = await quoted({ insurer, journal });
  virtual.misbehave({ infno: 'S25', kind: 'lose-request' });
  await insurer.settle(bill, quote, journal.exchange);
  t.match(await decide(insurer, bill, { of: 'settle', quote }, journal.exchange), {
    kind: 'refused',
    reason: '未结算',
  });
  t.notOk(journal.transactions().includes('S19'));
});

t.test('amounts of a settlement that do not add up are its faults; of a trial, no quote', async (t) => {
  const { insurer, journal, virtual } = await guizhouParts(t);
  const { bill, quote } = await quoted({ insurer, journal });
  virtual.misbehave({ infno: 'S25', kind: 'wrong-amounts' });
  const settled = must(await insurer.settle(bill, quote, journal.exchange)).value;
  t.same(settled.faults, ['negative']);
  virtual.misbehave({ infno: 'S24', kind: 'wrong-amounts' });
  t.match(await insurer.quote(ruralBill(), journal.exchange), {
    kind: 'unknown',
    reason: /negative/,
    at: { transaction: 'S24' },
  });
});

t.test('a settlement found with other amounts than the quote’s needs a person', async (t) => {
  const { insurer, journal } = await guizhouParts(t);
  const { bill, quote } = await quoted({ insurer, journal });
  must(await insurer.settle(bill, quote, journal.exchange));
  const other = { ...quote, split: { ...quote.split, accountFen: quote.split.accountFen + 1 } };
  const proof = must(await decide(insurer, bill, { of: 'settle', quote: other }, journal.exchange)).value;
  t.match(proof, { is: 'settled', settled: { faults: ['statement'], split: { totalFen: 15_085 } } });
});
