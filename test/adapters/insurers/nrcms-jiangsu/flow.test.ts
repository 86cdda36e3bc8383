import t from 'tap';
import type { AnsweredExchange, Exchange } from '../../../../src/settlement/port.ts';
import { must } from '../nhsa/helper.ts';
import { countyBill, jiangsuParts, jsonOf, liveBills } from './helper.ts';

for (const wire of ['soap', 'json'] as const) {
  t.test(`a bill is quoted, settled and reversed over ${wire}`, async (t) => {
    const { insurer, journal, virtual } = await jiangsuParts(t, { wire });
    const bill = countyBill();
    const quoted = must(await insurer.quote(bill, journal.exchange));
    t.same(journal.transactions(), ['Mzdj', 'UploadFyxx', 'FybxYjs']);
    t.same(virtual.ledger(), [], 'a quote moves no money');
    t.match(quoted.value.split, {
      totalFen: 15_085,
      funds: [
        { fund: 'pooled', code: 'sum01', amountFen: 6_788 },
        { fund: 'assistance', code: 'sum11', amountFen: 754 },
      ],
      fundFen: 7_542,
      accountFen: 0,
      cashFen: 7_543,
    });
    t.match(jsonOf(journal, 'Mzdj'), {
      serviceId: 'Mzdj',
      msgType: '2',
      yybh: '320000001',
      ip: '10.0.0.4',
      port: '6000',
      ICD10: 'J06.900',
      jbmc: '急性上呼吸道感染',
      year: '2026',
      ryrq: '2026-03-02',
    });
    t.match(jsonOf(journal, 'UploadFyxx'), {
      czlx: '1',
      jzlx: '1',
      ypArr: [{ ypje: '100.20' }, { ypje: '10.65', ypsl: '0.5' }],
      zlArr: [{ je: '40.00' }],
    });

    const settled = must(await insurer.settle(bill, quoted.value, journal.exchange)).value;
    t.same(settled.split, quoted.value.split);
    t.equal(settled.faults, undefined);
    t.same(liveBills(virtual), [bill.billNumber]);
    t.match(jsonOf(journal, 'FybxJs'), {
      fphm: bill.billNumber,
      fprq: '2026-03-02',
      Year: '2026',
      ztjsbj: '0',
    });

    must(await insurer.reverse(bill, settled, journal.exchange));
    t.same(liveBills(virtual), []);
    t.match(await insurer.reverse(bill, settled, journal.exchange), { kind: 'unknown', reason: /已作废/ });
  });
}

t.test('a settlement of last year is undone in its own year', async (t) => {
  const { insurer, journal, virtual, clock } = await jiangsuParts(t, {}, '2026-12-31T23:58:00+08:00');
  const bill = countyBill();
  const quoted = must(await insurer.quote(bill, journal.exchange)).value;
  clock.advance(4 * 60_000);
  const settled = must(await insurer.settle(bill, quoted, journal.exchange)).value;
  t.match(jsonOf(journal, 'FybxJs'), { Year: '2026', fprq: '2027-01-01' }, 'the year of the registration');
  clock.advance(2 * 86_400_000);
  must(await insurer.reverse(bill, settled, journal.exchange));
  t.match(jsonOf(journal, 'ReSaveFybx'), { Year: '2026', bxid: settled.number, invoiceId: bill.billNumber });
  t.same(liveBills(virtual), []);
});

t.test('an invoice number that has been settled may have been settled by this very request', async (t) => {
  const { insurer, journal, virtual } = await jiangsuParts(t);
  const bill = countyBill();
  const { value } = must(await insurer.quote(bill, journal.exchange));
  must(await insurer.settle(bill, value, journal.exchange));
  t.match(await insurer.settle(bill, value, journal.exchange), { kind: 'unknown', reason: /发票号码相同/ });
  t.equal(liveBills(virtual).length, 1);
});

t.test('a missing diagnosis is refused, and no common cold is made up', async (t) => {
  const { insurer, journal } = await jiangsuParts(t);
  await t.rejects(insurer.quote(countyBill({ diagnoses: [] }), journal.exchange), {
    code: 'request.invalid',
    context: { pointer: '/diagnoses' },
  });
  t.same(journal.requests, [], 'nothing is sent');
});

t.test('without a card nobody is registered, and nobody is asked who a person is', async (t) => {
  const { insurer, journal } = await jiangsuParts(t);
  const bill = countyBill();
  const { cardNumber: _, ...identity } = bill.identity;
  await t.rejects(insurer.quote({ ...bill, identity }, journal.exchange), {
    code: 'request.invalid',
    context: { pointer: '/identity/cardNumber' },
  });
  await t.rejects(insurer.verify({ identity, at: 0 }, journal.exchange), {
    code: 'insurer.unknown-transaction',
  });
  t.same(insurer.capabilities.verifiesBy, []);
  t.same(journal.requests, []);
});

t.test('a trial whose amounts make no sense is no quote', async (t) => {
  const { insurer, journal, virtual } = await jiangsuParts(t);
  virtual.misbehave({ infno: 'FybxYjs', kind: 'wrong-amounts' });
  t.match(await insurer.quote(countyBill(), journal.exchange), {
    kind: 'unknown',
    reason: /negative/,
    at: { transaction: 'FybxYjs' },
  });
  t.match(await insurer.quote(countyBill({ totalFen: 15_086 }), journal.exchange), {
    kind: 'unknown',
    reason: /bill/,
  });
});

t.test('a stored answer is read as it was when it came', async (t) => {
  const { insurer, journal } = await jiangsuParts(t);
  const bill = countyBill();
  const { value: quote } = must(await insurer.quote(bill, journal.exchange));
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
  t.same(insurer.settledBy?.(bill, quote, toSettle), settled);
  t.same(insurer.reversedBy?.(bill, settled, toReverse), reversed);
  const rubbish = { status: 200, body: Buffer.from('{"code":1}') };
  t.equal(insurer.settledBy?.(bill, quote, { ...toSettle, answer: rubbish }), undefined);
});

t.test('any operation that moves no money can be called, under the institution’s own name', async (t) => {
  const { insurer, journal } = await jiangsuParts(t);
  const input = { Dzrq: '2026-03-02', Zzrq: '2026-03-02', dzlx: '1', yybh: 'another', serviceId: 'FybxJs' };
  const outcome = await insurer.transact(
    'MrdzMx',
    input,
    { operator: { no: '007', name: '某' } },
    journal.exchange,
  );
  t.match(outcome, { kind: 'accepted', value: { arr: [] } });
  t.match(jsonOf(journal, 'MrdzMx'), { yybh: '320000001', serviceId: 'MrdzMx', operator: '007' });
  for (const operation of ['FybxJs', 'FybxJs_Drgs', 'ReSaveFybx', 'ReSaveFybx_Drgs']) {
    await t.rejects(insurer.transact(operation, {}, {}, journal.exchange), {
      code: 'insurer.reserved-transaction',
    });
  }
  await t.rejects(insurer.transact('constructor', {}, {}, journal.exchange), {
    code: 'insurer.unknown-transaction',
  });
});
