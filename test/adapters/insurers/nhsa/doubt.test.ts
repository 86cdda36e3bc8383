import t from 'tap';
import type {
  AnsweredExchange,
  Bill,
  Exchange,
  Insurer,
  LostExchange,
  Outcome,
  Proof,
  Quote,
  Settled,
  WireRequest,
} from '../../../../src/settlement/port.ts';
import { liveSettlements, must, type Parts, platformParts, sampleBill } from './helper.ts';

/** What each misbehaviour of 2207 must look like to us, and whether the platform settled all the same. */
const CASES: readonly [
  kind: Parameters<Parts['virtual']['misbehave']>[0]['kind'],
  outcome: string,
  live: boolean,
][] = [
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
  ['wrong-msgid', 'unknown', true],
  ['wrong-amounts', 'accepted', true],
];

for (const [kind, expected, live] of CASES) {
  t.test(`a 2207 met with ${kind} is ${expected}, and undone where it can't be relied on`, async (t) => {
    const { insurer, journal, virtual } = await platformParts(t);
    const { bill, quote } = await quoted({ insurer, journal });
    virtual.misbehave({ infno: '2207', kind });
    const outcome = await insurer.settle(bill, quote, journal.exchange);
    t.equal(outcome.kind, expected);
    t.equal(liveSettlements(virtual).length, live ? 1 : 0);
    if (kind === 'wrong-amounts') t.same(must(outcome).value.faults, ['funds', 'parts', 'details']);
    if (expected !== 'unknown') return;

    const lost = { transaction: '2207', ownId: outcome.at.ownId };
    t.match(await undo(insurer, bill, lost, journal.exchange), {
      kind: 'accepted',
      value: { is: 'undone' },
    });
    t.same(liveSettlements(virtual), []);
    t.match(
      await undo(insurer, bill, lost, journal.exchange),
      { kind: 'accepted', value: { is: 'undone' } },
      'and once more comes to the same',
    );
    const again = must(await insurer.settle(bill, quote, journal.exchange));
    t.same(liveSettlements(virtual), [again.at.ownId], 'the bill can be settled again');
    t.equal(again.value.split.balanceFen, 20_000 - again.value.split.accountFen, 'nothing was counted twice');
  });
}

/** Takes the first way out that decides a lost exchange. */
function undo(
  { waysOut }: Insurer,
  bill: Bill,
  lost: Pick<LostExchange, 'transaction' | 'ownId' | 'handle'>,
  exchange: Exchange,
): Promise<Outcome<Proof>> {
  const way = waysOut.find(({ decides }) => decides.includes(lost.transaction));
  if (!way) throw new Error(`nothing decides ${lost.transaction}`);
  const doubt = {
    of: lost.transaction === '2208' ? 'reverse' : 'settle',
    lost: { ...lost, sentAt: 0, deadlineAt: 0 },
  } as const;
  return way.take(bill, doubt, exchange);
}

t.test('an answer that comes after the time-out is unknown', async (t) => {
  const { insurer, journal, virtual } = await platformParts(t, { configuration: { timeoutMs: 1_000 } });
  const { bill, quote } = await quoted({ insurer, journal });
  virtual.misbehave({ infno: '2207', kind: 'delay', delayMs: 60_000 });
  const outcome = await insurer.settle(bill, quote, journal.exchange);
  t.match(outcome, { kind: 'unknown', reason: /1000 ms/ });
  t.equal(liveSettlements(virtual).length, 1);
});

t.test('a request undone before it acts never acts', async (t) => {
  const { insurer, journal, virtual } = await platformParts(t, { configuration: { timeoutMs: 1_000 } });
  const { bill, quote } = await quoted({ insurer, journal });
  virtual.misbehave({ infno: '2207', kind: 'act-late', delayMs: 1_500 });
  const outcome = await insurer.settle(bill, quote, journal.exchange);
  t.equal(outcome.kind, 'unknown');
  const lost = { transaction: '2207', ownId: outcome.at.ownId, handle: quote.handle };
  const undone = must(await undo(insurer, bill, lost, journal.exchange));
  t.same(undone.value, { is: 'undone' });
  const again = must(await insurer.settle(bill, quote, journal.exchange));
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  t.same(liveSettlements(virtual), [again.at.ownId]);
});

t.test('an unknown 2601 stays unknown, and its refusal is only proof where the bureau says so', async (t) => {
  const { insurer, journal, virtual } = await platformParts(t, { configuration: { nothingToUndo: [] } });
  const { bill, quote } = await quoted({ insurer, journal });
  const lost = { transaction: '2207', ownId: 'H43010000001202603020900001234', handle: quote.handle };
  virtual.misbehave({ infno: '2601', kind: '5xx-after' });
  t.match(await undo(insurer, bill, lost, journal.exchange), { kind: 'unknown' });
  t.match(await undo(insurer, bill, lost, journal.exchange), {
    kind: 'refused',
    reason: '未找到原交易',
  });
});

t.test('a lost reversal can be undone, and then the settlement stands again', async (t) => {
  const { insurer, journal, virtual } = await platformParts(t);
  const { bill, quote } = await quoted({ insurer, journal });
  const settled = must(await insurer.settle(bill, quote, journal.exchange));
  virtual.misbehave({ infno: '2208', kind: 'lose-answer' });
  const reversed = await insurer.reverse(bill, settled.value, journal.exchange);
  t.equal(reversed.kind, 'unknown');
  t.same(liveSettlements(virtual), []);
  const lost = { transaction: '2208', ownId: reversed.at.ownId, handle: settled.value.handle };
  t.match(await undo(insurer, bill, lost, journal.exchange), { value: { is: 'undone' } });
  t.same(liveSettlements(virtual), [settled.at.ownId]);
  must(await insurer.reverse(bill, settled.value, journal.exchange));
  t.same(liveSettlements(virtual), []);
});

t.test('a reversal whose amounts are not those of the settlement needs a person', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const { bill, quote } = await quoted({ insurer, journal });
  const settled = must(await insurer.settle(bill, quote, journal.exchange)).value;
  const other: Settled = { ...settled, split: { ...settled.split, totalFen: settled.split.totalFen + 1 } };
  t.same(must(await insurer.reverse(bill, other, journal.exchange)).value.faults, ['total']);
});

t.test(
  'an answer to a trial or a reversal that belongs to another visit is not taken for ours',
  async (t) => {
    const { insurer, journal } = await platformParts(t);
    const { bill, quote } = await quoted({ insurer, journal });
    const settled = must(await insurer.settle(bill, quote, journal.exchange)).value;
    const other = (request: WireRequest): WireRequest => ({
      ...request,
      judge: ({ body, ...answer }) =>
        request.judge({ ...answer, body: Buffer.from(String(body).replace(/"mdtrt_id":"/, '$&X')) }),
    });
    const swapping: Exchange = (request) =>
      journal.exchange(/2206|2208/.test(request.transaction) ? other(request) : request);
    t.match(await insurer.quote(sampleBill(), swapping), { kind: 'unknown', reason: /another request/ });
    t.same(must(await insurer.reverse(bill, settled, swapping)).value.faults, ['visit']);
  },
);

t.test('a stored answer is read as it was when it came', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const { bill, quote } = await quoted({ insurer, journal });
  const answers: AnsweredExchange[] = [];
  const keeping: Exchange = (request) =>
    journal.exchange({
      ...request,
      send: async (signal) => {
        const answer = await request.send(signal);
        answers.push({ transaction: request.transaction, ownId: request.ownId, answer });
        return answer;
      },
    });
  const settled = must(await insurer.settle(bill, quote, keeping)).value;
  const reversed = must(await insurer.reverse(bill, settled, keeping)).value;
  const [toSettle, toReverse] = answers as [AnsweredExchange, AnsweredExchange];
  const sent = journal.requests.length;
  t.same(insurer.settledBy?.(bill, quote, toSettle), settled);
  t.same(insurer.reversedBy?.(bill, settled, toReverse), reversed);
  t.equal(insurer.settledBy?.(bill, quote, { ...toSettle, ownId: toReverse.ownId }), undefined, "another's");
  const rubbish = { status: 200, body: Buffer.from('<html>') };
  t.equal(insurer.settledBy?.(bill, quote, { ...toSettle, answer: rubbish }), undefined);
  t.equal(insurer.reversedBy?.(bill, settled, { ...toReverse, answer: rubbish }), undefined);
  t.equal(journal.requests.length, sent, 'nothing is sent for it');
});

t.test('a quote whose amounts do not add up is unknown', async (t) => {
  const { insurer, journal, virtual } = await platformParts(t);
  virtual.misbehave({ infno: '2206', kind: 'wrong-amounts' });
  const outcome = await insurer.quote(sampleBill(), journal.exchange);
  t.match(outcome, { kind: 'unknown', reason: /funds/, at: { transaction: '2206' } });
});

t.test('an insurer nobody listens at was sent nothing', async (t) => {
  const { insurer, journal, virtual } = await platformParts(t);
  await virtual.close();
  const outcome = await insurer.quote(sampleBill(), journal.exchange);
  t.match(outcome, { kind: 'not-run', reason: 'ECONNREFUSED', at: { transaction: '9001' } });
});

async function quoted(parts: Pick<Parts, 'insurer' | 'journal'>): Promise<{ bill: Bill; quote: Quote }> {
  const bill = sampleBill();
  const quote = must(await parts.insurer.quote(bill, parts.journal.exchange)).value;
  return { bill, quote };
}
