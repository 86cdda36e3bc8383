import t from 'tap';
import { insurerOf } from '../../../../adapters/insurers/index.ts';
import type {
  AnsweredExchange,
  Bill,
  Doubt,
  Exchange,
  Outcome,
  Proof,
  Quote,
  Settled,
} from '../../../../src/settlement/port.ts';
import { configurationOf, must } from '../nhsa/helper.ts';
import { billWithCode, envelopeOf, type MobileParts, mobileParts, noPurse } from './helper.ts';

type Kind = Parameters<MobileParts['virtual']['misbehave']>[0]['kind'];

async function quoted(
  { mobile, journal }: MobileParts,
  bill = billWithCode(),
): Promise<{ bill: Bill; quote: Quote }> {
  return { bill, quote: must(await mobile.quote(bill, journal.exchange)).value };
}

/** Takes the way out that mobile pay has, `afterMs` after the lost request was sent. */
function ask(
  { mobile, journal, clock }: MobileParts,
  bill: Bill,
  doubt: Pick<Doubt, 'of' | 'quote' | 'settled'>,
  afterMs: number,
): Promise<Outcome<Proof>> {
  const [way] = mobile.waysOut;
  const lost = {
    transaction: doubt.of === 'settle' ? '6202' : '6203',
    ownId: 'x',
    sentAt: clock.now() - afterMs,
    deadlineAt: clock.now() - afterMs + 4_000,
  };
  if (!way?.decides.includes(lost.transaction)) throw new Error(`nothing decides ${lost.transaction}`);
  return way.take(bill, { ...doubt, lost }, journal.exchange);
}

const states = ({ virtual }: MobileParts) => virtual.orders().map((order) => order.state);

t.test('the whole bill is paid by telephone, the insurance’s part with it, and paid back', async (t) => {
  const parts = await mobileParts(t);
  const { mobile, journal, virtual } = parts;
  t.match(mobile.capabilities, { place: 'basic', settings: ['outpatient', 'chronic'] });
  const { bill, quote } = await quoted(parts, dearBill());
  t.same(journal.transactions(), ['9001', '1101', '2201', '6201', '6301']);
  const { split } = quote;
  t.equal(split.totalFen, bill.totalFen);
  t.equal(split.fundFen + split.accountFen + (split.paidFen ?? 0), bill.totalFen);
  t.ok(split.fundFen > 0 && split.accountFen > 0 && split.paidFen);
  t.equal(split.cashFen, 0);
  t.same(states(parts), ['1'], 'nothing is paid by asking');

  const settled = must(await mobile.settle(bill, quote, journal.exchange)).value;
  t.same(settled.split, split);
  t.equal(settled.faults, undefined);
  t.equal(settled.number, quote.handle.payOrdId);
  t.match(virtual.orders(), [{ payOrdId: settled.number, state: '6', totalFen: bill.totalFen }]);
  t.equal(journal.requests.find(({ transaction }) => transaction === '6202')?.effect, 'money');

  const asked = must(
    await mobile.transact(
      '6301',
      {
        data: {
          payOrdId: settled.number,
          orgCodg: 'H43010000001',
          payToken: quote.handle.payToken,
          idNo: bill.identity.documentNumber,
          userName: bill.identity.name,
          idType: '01',
        },
      },
      {},
      journal.exchange,
    ),
  );
  t.match(asked.value, { data: { ordStas: '6', feeSumamt: '550.85', setlType: 'ALL' } });

  const reversed = must(await mobile.reverse(bill, settled, journal.exchange)).value;
  t.match(reversed, { number: /^T/, faults: undefined });
  const notes = journal.verdicts.flatMap((verdict) => ('notes' in verdict ? (verdict.notes ?? []) : []));
  t.same(notes, [], 'the centre keeps to the specification');
  t.same(states(parts), ['7']);
});

t.test('what is left to the patient is one line, and nothing of it comes out of the insurance', async (t) => {
  const parts = await mobileParts(t, { configuration: { covers: 'cash' } });
  const { mobile, journal, virtual } = parts;
  t.equal(mobile.capabilities.place, 'mobile');
  const { bill, quote } = await quoted(parts, billWithCode({ leftFen: 4_321 }));
  t.same(journal.transactions(), ['9001', '1101', '6201']);
  t.match(quote.split, { totalFen: 4_321, paidFen: 4_321, cashFen: 0, fundFen: 0, accountFen: 0 });
  const settled = must(await mobile.settle(bill, quote, journal.exchange)).value;
  t.same(settled.split, quote.split);
  t.match(virtual.orders(), [{ totalFen: 4_321, ownFen: 4_321, state: '6' }]);
  must(await mobile.reverse(bill, settled, journal.exchange));
  t.same(states(parts), ['7']);
});

t.test(
  'a chronic visit names its disease, a registration the disease that is configured for it',
  async (t) => {
    const parts = await mobileParts(t, {
      configuration: { registrationDisease: { code: 'Z00.001', name: '健康查体' } },
    });
    t.same(parts.mobile.capabilities.settings, ['outpatient', 'chronic', 'registration']);
    const bill = billWithCode();
    const disease = { code: 'M03900', name: '高血压' };
    await quoted(parts, { ...bill, setting: 'chronic', visit: { ...bill.visit, medType: '14', disease } });
    await quoted(parts, { ...billWithCode(), setting: 'registration', diagnoses: [] });
    t.equal(parts.virtual.orders().length, 2);
  },
);

t.test('without the patient’s code nothing is sent', async (t) => {
  const { mobile, journal } = await mobileParts(t);
  const { insuranceCodeToken, ...identity } = billWithCode().identity;
  t.ok(insuranceCodeToken);
  t.throws(() => mobile.quote({ ...billWithCode(), identity }, journal.exchange), {
    code: 'settlement.code-needed',
  });
  t.same(journal.requests, []);
});

t.test('a bill that breaks the specification is its own fault, at its own place', async (t) => {
  const { mobile, journal } = await mobileParts(t);
  const bill = billWithCode();
  const [first] = bill.charges;
  if (!first) throw new Error('a bill has charges');
  const charges = [first, { ...first, line: '2', nationalCode: 'X'.repeat(51) }];
  await t.rejects(mobile.quote({ ...bill, charges }, journal.exchange), {
    code: 'settlement.charges',
    context: { pointer: '/charges/1/nationalCode' },
  });
  const visit = { ...bill.visit, departmentName: '科'.repeat(101) };
  await t.rejects(mobile.quote({ ...bill, visit }, journal.exchange), {
    code: 'request.invalid',
    context: { pointer: '/visit/departmentName' },
  });
});

/** What each misbehaviour of 6202 looks like to us, whether it was paid, and what 6301 then proves. */
const LOST: readonly [kind: Kind, outcome: string, state: string, proof: string][] = [
  ['lose-request', 'unknown', '1', 'open'],
  ['lose-answer', 'unknown', '6', 'settled'],
  ['answer-twice', 'accepted', '6', ''],
  ['refuse', 'refused', '1', ''],
  ['system-error', 'unknown', '6', 'settled'],
  ['rubbish', 'unknown', '6', 'settled'],
  ['truncate', 'unknown', '6', 'settled'],
  ['5xx-after', 'unknown', '6', 'settled'],
  ['5xx-before', 'unknown', '1', 'open'],
  ['401-before', 'not-run', '1', ''],
  ['wrong-msgid', 'unknown', '6', 'settled'],
  ['wrong-amounts', 'accepted', '6', ''],
  ['wrong-signature', 'unknown', '6', 'settled'],
  ['pay-later', 'unknown', '2', 'open'],
];

for (const [kind, expected, state, proof] of LOST) {
  t.test(
    `a 6202 met with ${kind} is ${expected}, and decided by 6301 where it can’t be relied on`,
    async (t) => {
      const parts = await mobileParts(t);
      const { bill, quote } = await quoted(parts);
      parts.virtual.misbehave({ infno: '6202', kind });
      const outcome = await parts.mobile.settle(bill, quote, parts.journal.exchange);
      t.equal(outcome.kind, expected);
      t.same(states(parts), [state]);
      if (kind === 'wrong-amounts') t.same(must(outcome).value.faults, ['sum']);
      if (expected !== 'unknown') return;

      const proved = must(await ask(parts, bill, { of: 'settle', quote }, 5_000)).value;
      t.equal(proved.is, proof);
      if (proved.is === 'settled') t.same(proved.settled.split, quote.split);
      if (proved.is === 'open')
        t.equal(proved.until, parts.clock.now() + 15_000, 'the patient may still pay');
    },
  );
}

t.test('a patient who pays in their own time has settled when 6301 says so', async (t) => {
  const parts = await mobileParts(t);
  const { bill, quote } = await quoted(parts);
  parts.virtual.misbehave({ infno: '6202', kind: 'pay-later' });
  const outcome = await parts.mobile.settle(bill, quote, parts.journal.exchange);
  t.match(outcome, { kind: 'unknown', reason: /ordStas is 2/ });
  t.match(must(await ask(parts, bill, { of: 'settle', quote }, 5_000)).value, { is: 'open' });
  parts.clock.advance(31_000);
  t.match(must(await ask(parts, bill, { of: 'settle', quote }, 36_000)).value, {
    is: 'settled',
    settled: { number: quote.handle.payOrdId },
  });
});

t.test('an order nobody paid in time is revoked, and then it can’t be paid any more', async (t) => {
  const parts = await mobileParts(t, { configuration: { payWithinMs: 60_000 } });
  const { bill, quote } = await quoted(parts);
  parts.virtual.misbehave({ infno: '6202', kind: 'lose-request' });
  await parts.mobile.settle(bill, quote, parts.journal.exchange);
  parts.virtual.misbehave({ infno: '6401', kind: 'lose-answer' });
  t.equal((await ask(parts, bill, { of: 'settle', quote }, 61_000)).kind, 'unknown', 'the revoking got lost');
  t.same(must(await ask(parts, bill, { of: 'settle', quote }, 62_000)).value, { is: 'undone' });
  t.same(states(parts), ['12']);
  t.equal(parts.journal.transactions().filter((transaction) => transaction === '6401').length, 1);
  const again = await parts.mobile.settle(bill, quote, parts.journal.exchange);
  t.match(again, { kind: 'refused', reason: '订单已撤销' });
});

t.test('an order that is paid just before it would be revoked has settled', async (t) => {
  const parts = await mobileParts(t);
  const { bill, quote } = await quoted(parts);
  parts.virtual.misbehave({ infno: '6202', kind: 'lose-answer' });
  await parts.mobile.settle(bill, quote, parts.journal.exchange);
  t.match(must(await ask(parts, bill, { of: 'settle', quote }, 3_600_000)).value, { is: 'settled' });
  t.same(states(parts), ['6']);
});

for (const kind of ['lose-answer', 'truncate', 'wrong-signature', 'system-error', '5xx-after'] as const) {
  t.test(`a 6203 met with ${kind} is found refunded by 6301`, async (t) => {
    const parts = await mobileParts(t);
    const { bill, settled } = await paid(parts);
    parts.virtual.misbehave({ infno: '6203', kind });
    t.equal((await parts.mobile.reverse(bill, settled, parts.journal.exchange)).kind, 'unknown');
    t.match(must(await ask(parts, bill, { of: 'reverse', settled }, 5_000)).value, {
      is: 'reversed',
      reversed: { number: /R$/ },
    });
  });
}

t.test(
  'a refund that never came is waited for, then has no effect, and can be asked for again',
  async (t) => {
    const parts = await mobileParts(t);
    const { bill, settled } = await paid(parts);
    parts.virtual.misbehave({ infno: '6203', kind: 'lose-request' });
    t.equal((await parts.mobile.reverse(bill, settled, parts.journal.exchange)).kind, 'unknown');
    t.match(must(await ask(parts, bill, { of: 'reverse', settled }, 5_000)).value, { is: 'open' });
    t.same(must(await ask(parts, bill, { of: 'reverse', settled }, 301_000)).value, { is: 'undone' });
    must(await parts.mobile.reverse(bill, settled, parts.journal.exchange));
    must(await parts.mobile.reverse(bill, settled, parts.journal.exchange));
    t.same(states(parts), ['7'], 'asked for twice, it is the same refund');
  },
);

t.test('a refund goes under the order’s own token where the centre wants that', async (t) => {
  const parts = await mobileParts(t, { configuration: { refundToken: 'revsToken' } });
  const { bill, settled } = await paid(parts);
  const { insuranceCodeToken, ...identity } = bill.identity;
  t.ok(insuranceCodeToken);
  must(await parts.mobile.reverse({ ...bill, identity }, settled, parts.journal.exchange));
  t.same(parts.journal.transactions().slice(-2), ['6301', '6203']);
  t.same(states(parts), ['7']);
});

t.test('a stored answer is read as it was when it came', async (t) => {
  const parts = await mobileParts(t);
  const { mobile, journal } = parts;
  const { bill, quote } = await quoted(parts);
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
  const settled = must(await mobile.settle(bill, quote, keeping)).value;
  const reversed = must(await mobile.reverse(bill, settled, keeping)).value;
  const [toSettle, toReverse] = answers as [AnsweredExchange, AnsweredExchange];
  t.same(mobile.settledBy?.(bill, quote, toSettle), settled);
  t.same(mobile.reversedBy?.(bill, settled, toReverse), reversed);
  const other = (await quoted(parts)).quote;
  t.equal(mobile.settledBy?.(bill, other, toSettle), undefined, 'another order’s');
  const rubbish = { status: 200, body: Buffer.from('<html>') };
  t.equal(mobile.reversedBy?.(bill, settled, { ...toReverse, answer: rubbish }), undefined);
});

t.test('a quote whose amounts don’t add up, or that nobody signed, is no quote', async (t) => {
  const parts = await mobileParts(t);
  for (const [infno, kind, reason] of [
    ['6301', 'wrong-amounts', /sum/],
    ['6301', 'wrong-msgid', /payOrdId/],
    ['6201', 'wrong-signature', /签名/],
  ] as const) {
    parts.virtual.misbehave({ infno, kind });
    const outcome = await parts.mobile.quote(billWithCode(), parts.journal.exchange);
    t.match(outcome, { kind: 'unknown', reason, at: { transaction: infno } });
  }
});

t.test(
  'money moves through settlements only, and only its own transactions are passed through',
  async (t) => {
    const { mobile, journal } = await mobileParts(t);
    for (const infno of ['6202', '6203', '6401'])
      await t.rejects(mobile.transact(infno, {}, {}, journal.exchange), {
        code: 'insurer.reserved-transaction',
      });
    for (const infno of ['2207', '1101', '0000'])
      await t.rejects(mobile.transact(infno, {}, {}, journal.exchange), {
        code: 'insurer.unknown-transaction',
      });
  },
);

t.test('a configuration that can’t work stops the start, and no secret is in what is said', async (t) => {
  const { virtual, store, clock } = await mobileParts(t);
  const base = { ...configurationOf(virtual.url, { signing: { kind: 'none' } }), id: 'mobile' };
  const start = (covers: 'cash' | 'all', privateKey: string, platformPublicKey?: string) =>
    insurerOf(
      {
        ...base,
        adapter: 'mobile',
        covers,
        mobile: envelopeOf(virtual.url, platformPublicKey === undefined ? {} : { platformPublicKey }),
      },
      { store, clock, secretOf: () => privateKey, purse: noPurse },
    );
  t.throws(() => start('cash', '11'.repeat(32)), /restItem/);
  t.throws(() => start('all', 'not a key'), /^(?!.*not a key).*privateKey/s);
  t.throws(() => start('all', '11'.repeat(32), 'rubbish'), /platformPublicKey/);
});

/** More than insurance and account pay together. */
function dearBill(): Bill {
  const bill = billWithCode({ totalFen: 55_085 });
  const dear = {
    line: '4',
    nationalCode: 'OWN',
    localCode: 'L4',
    name: '样例自费药',
    count: '1',
    price: '400.00',
  };
  return { ...bill, charges: [...bill.charges, { ...dear, amountFen: 40_000 }] };
}

async function paid(parts: MobileParts): Promise<{ bill: Bill; settled: Settled }> {
  const { bill, quote } = await quoted(parts);
  return { bill, settled: must(await parts.mobile.settle(bill, quote, parts.journal.exchange)).value };
}
