import t from 'tap';
import { Fault } from '../../../../src/errors.ts';
import type { AnsweredExchange, Exchange } from '../../../../src/settlement/port.ts';
import { must } from '../nhsa/helper.ts';
import { bodyXmlOf, guizhouParts, identity, liveHandles, ruralBill } from './helper.ts';

t.test('a person is found among the members of a family', async (t) => {
  const { insurer, journal } = await guizhouParts(t);
  const at = Date.parse('2026-03-02T08:30:00+08:00');
  const outcome = await insurer.verify({ identity, at }, journal.exchange);
  t.match(outcome, {
    kind: 'accepted',
    value: {
      personNumber: 'M0001',
      insurances: [{ insutype: '380', active: true, balanceFen: 5_000, insuredPlace: '520100' }],
    },
  });
  t.same(journal.transactions(), ['S02', 'S03']);
  t.match(bodyXmlOf(journal, 'S03'), '<year>2026</year><medicalNo>GZ00000001</medicalNo>');

  const other = {
    ...identity,
    documentType: 'passport' as const,
    documentNumber: 'E00000001',
    name: '样例乙',
  };
  t.match(
    must(await insurer.verify({ identity: other, at }, journal.exchange)).value,
    { personNumber: 'M0002' },
    'by name where the family names no number',
  );
  const stranger = {
    ...identity,
    documentType: 'passport' as const,
    documentNumber: 'E00000009',
    name: '无此人',
  };
  await t.rejects(insurer.verify({ identity: stranger, at }, journal.exchange), {
    code: 'settlement.not-insured',
  });
  const { cardNumber: _, ...cardless } = identity;
  await t.rejects(insurer.verify({ identity: cardless, at }, journal.exchange), {
    code: 'request.invalid',
    context: { pointer: '/identity/cardNumber' },
  });
});

t.test('a bill is quoted, settled and reversed', async (t) => {
  const { insurer, journal, virtual } = await guizhouParts(t);
  const bill = ruralBill();
  const quoted = must(await insurer.quote(bill, journal.exchange));
  t.same(journal.transactions(), ['S02', 'S03', 'S18', 'S21', 'S24']);
  t.same(virtual.ledger(), [], 'a quote moves no money');
  // 150.85; pooled 74.6707, account 22.8537, civil 5.3325: what is left, 47.9931, is paid as 48.00.
  t.match(quoted.value.split, {
    totalFen: 15_085,
    funds: [
      { fund: 'pooled', code: 'compensateCost', amountFen: 7_467 },
      { fund: 'assistance', code: 'civilCost', amountFen: 533 },
    ],
    fundFen: 8_000,
    accountFen: 2_285,
    cashFen: 4_800,
    hospitalFen: 0,
    fullOwnFen: 1_508,
    inScopeFen: 13_577,
  });
  t.match(bodyXmlOf(journal, 'S18'), /<diseaseCode>J06.900<\/diseaseCode>.*<isInfusion>0<.*<isAccountPay>1</);
  t.match(
    bodyXmlOf(journal, 'S21'),
    /<typeCode>01<.*<num>3<.*<totalCost>100.20<.*<typeCode>02<.*<typeCode><\//,
  );

  const settled = must(await insurer.settle(bill, quoted.value, journal.exchange));
  t.same(settled.value.split, quoted.value.split);
  t.equal(settled.value.faults, undefined);
  t.equal(settled.value.number, quoted.value.handle.outpId);
  t.same(liveHandles(virtual), [settled.value.number]);

  must(await insurer.reverse(bill, settled.value, journal.exchange));
  t.same(liveHandles(virtual), []);
  t.match(await insurer.reverse(bill, settled.value, journal.exchange), {
    kind: 'unknown',
    reason: /已冲红/,
  });
  t.match(await insurer.settle(bill, quoted.value, journal.exchange), { kind: 'unknown', reason: /已冲红/ });
  t.same(journal.transactions().filter((operation) => operation === 'S02').length, 1);
});

t.test('a settlement refused because it is settled may itself have settled it', async (t) => {
  const { insurer, journal, virtual } = await guizhouParts(t);
  const bill = ruralBill();
  const { value } = must(await insurer.quote(bill, journal.exchange));
  must(await insurer.settle(bill, value, journal.exchange));
  t.match(await insurer.settle(bill, value, journal.exchange), { kind: 'unknown', reason: '已结算' });
  t.equal(liveHandles(virtual).length, 1);
});

t.test('a bill without a diagnosis is refused before anything is uploaded; none is made up', async (t) => {
  const { insurer, journal } = await guizhouParts(t);
  await t.rejects(insurer.quote(ruralBill({ diagnoses: [] }), journal.exchange), {
    code: 'request.invalid',
    context: { pointer: '/diagnoses' },
  });
  t.notOk(journal.transactions().includes('S18'));
  t.notMatch(journal.requests.map(({ body }) => String(body)).join(), 'J06.903');
});

t.test('a price finer than the interface can say is the bill’s fault, at its line', async (t) => {
  const { insurer, journal } = await guizhouParts(t);
  const bill = ruralBill();
  const charges = bill.charges.map((charge, index) =>
    index === 1 ? { ...charge, price: '2.13005' } : charge,
  );
  const error = await insurer
    .quote({ ...bill, charges }, journal.exchange)
    .catch((thrown: unknown) => thrown);
  t.match(error, { code: 'settlement.charges', context: { pointer: '/charges/1/price' } });
  t.ok(error instanceof Fault);
});

t.test('a referral is told in the interface’s own spelling, another province on every call', async (t) => {
  const { insurer, journal } = await guizhouParts(t, { crossProvince: { areaCode: '520100' } });
  const referral = {
    number: 'R1',
    direction: 'up',
    fromCode: 'H520100001',
    fromName: '样例卫生院',
    date: '2026-03-01',
  } as const;
  const bill = ruralBill({ referral });
  const { value } = must(await insurer.quote(bill, journal.exchange));
  const settled = must(await insurer.settle(bill, value, journal.exchange));
  must(await insurer.reverse(bill, settled.value, journal.exchange));
  t.match(bodyXmlOf(journal, 'S18'), '<isInfusion>1</isInfusion>');
  for (const operation of ['S03', 'S18', 'S21', 'S24', 'S25', 'S26']) {
    t.match(bodyXmlOf(journal, operation), '<areaCode>520100</areaCode>', operation);
    t.match(bodyXmlOf(journal, operation), '<isTransProvincial>1</isTransProvincial>', operation);
  }
  t.match(bodyXmlOf(journal, 'S21'), '<typeCode>00</typeCode>');
});

t.test('a long bill is uploaded in batches', async (t) => {
  const { insurer, journal } = await guizhouParts(t);
  const charges = Array.from({ length: 1_100 }, (_, index) => ({
    line: String(index + 1),
    nationalCode: 'XA01',
    localCode: `L${index}`,
    name: '样例药 <&>',
    count: '1',
    price: '1.10',
    amountFen: 110,
  }));
  const quoted = must(await insurer.quote(ruralBill({ charges, totalFen: 121_000 }), journal.exchange));
  t.equal(quoted.value.split.totalFen, 121_000);
  t.equal(journal.transactions().filter((operation) => operation === 'S21').length, 3);
});

t.test('a stored answer is read as it was when it came', async (t) => {
  const { insurer, journal } = await guizhouParts(t);
  const bill = ruralBill();
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
  const sent = journal.requests.length;
  t.same(insurer.settledBy?.(bill, quote, toSettle), settled);
  t.same(insurer.reversedBy?.(bill, settled, toReverse), reversed);
  const rubbish = { status: 200, body: Buffer.from('<html>') };
  t.equal(insurer.settledBy?.(bill, quote, { ...toSettle, answer: rubbish }), undefined);
  t.equal(insurer.reversedBy?.(bill, settled, { ...toReverse, answer: rubbish }), undefined);
  t.equal(journal.requests.length, sent, 'nothing is sent for it');
});

t.test('an insurer nobody listens at was sent nothing', async (t) => {
  const { insurer, journal, virtual } = await guizhouParts(t);
  await virtual.close();
  t.match(await insurer.quote(ruralBill(), journal.exchange), {
    kind: 'not-run',
    reason: 'ECONNREFUSED',
    at: { transaction: 'S02' },
  });
});
