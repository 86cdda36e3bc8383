import t from 'tap';
import { liveSettlements, must, platformParts, sampleBill } from './helper.ts';

t.test('a person is known by the document', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const { identity, visit } = sampleBill();
  const outcome = await insurer.verify({ identity, at: visit.startedAt }, journal.exchange);
  t.match(outcome, {
    kind: 'accepted',
    value: {
      personNumber: '43000000000000000001',
      insurances: [{ insutype: '390', active: true, balanceFen: 20_000, insuredPlace: '430100' }],
      classes: [{ code: '2303', from: '2020-01-01' }],
    },
  });
  t.same(journal.transactions(), ['9001', '1101']);
  t.same(
    journal.verdicts.map((verdict) => (verdict.kind === 'accepted' ? (verdict.notes ?? []) : verdict)),
    [[], []],
    'the answers keep the specification',
  );
});

t.test('a bill is quoted, settled and reversed', async (t) => {
  const { insurer, journal, virtual } = await platformParts(t);
  const bill = sampleBill();
  const quoted = must(await insurer.quote(bill, journal.exchange));
  t.same(journal.transactions(), ['9001', '1101', '2001', '2201', '2203', '2204', '2206']);
  // 100.20 and 9.59 (10.65 less 10 %) and 30.00 are in scope; 10.00 is over the limit price.
  t.match(quoted.value.split, {
    totalFen: 15_085,
    overLimitFen: 1_000,
    firstOwnFen: 107,
    inScopeFen: 13_978,
    deductibleFen: 5_000,
    funds: [
      { fund: 'pooled', code: 'hifp_pay', amountFen: 5_387 },
      { fund: 'assistance', code: 'maf_pay', amountFen: 6_014 },
    ],
    fundFen: 11_401,
    accountFen: 3_684,
    cashFen: 0,
  });
  t.same(virtual.ledger(), [], 'a quote moves no money');

  const settled = must(await insurer.settle(bill, quoted.value, journal.exchange));
  t.same(settled.value.split.funds, quoted.value.split.funds);
  t.equal(settled.value.faults, undefined);
  t.equal(settled.value.split.balanceFen, 20_000 - 3_684);
  t.same(liveSettlements(virtual), [settled.at.ownId]);
  t.equal(virtual.ledger()[0]?.billNumber, bill.billNumber);

  const reversed = must(await insurer.reverse(bill, settled.value, journal.exchange));
  t.not(reversed.value.number, settled.value.number, 'a reversal has a number of its own');
  t.equal(reversed.value.faults, undefined);
  t.same(liveSettlements(virtual), []);
  t.same(
    virtual.ledger().map((row) => [row.transaction, row.state, row.medfeeFen]),
    [
      ['2207', 'reversed', 15_085],
      ['2208', 'reversal', -15_085],
    ],
  );
  const again = await insurer.reverse(bill, settled.value, journal.exchange);
  t.match(
    again,
    { kind: 'unknown', reason: '该结算已撤销' },
    'somebody has reversed it: not merely a refusal',
  );
  for (const verdict of journal.verdicts) t.notOk(verdict.kind === 'accepted' && verdict.notes, 'no notes');
});

t.test('a settlement refused because the lines are settled may itself have settled them', async (t) => {
  const { insurer, journal, virtual } = await platformParts(t);
  const bill = sampleBill();
  const quoted = must(await insurer.quote(bill, journal.exchange));
  await insurer.settle(bill, quoted.value, journal.exchange);
  t.match(await insurer.settle(bill, quoted.value, journal.exchange), { kind: 'unknown' });
  t.equal(liveSettlements(virtual).length, 1);
});

t.test('a long bill is uploaded in batches', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const charges = Array.from({ length: 250 }, (_, index) => ({
    line: String(index + 1),
    nationalCode: 'XA01',
    localCode: `L${index}`,
    name: '样例药',
    count: '1',
    price: '1.10',
    amountFen: 110,
  }));
  const quoted = must(await insurer.quote(sampleBill({ charges, totalFen: 27_500 }), journal.exchange));
  t.match(quoted.value.split, { totalFen: 27_500, inScopeFen: 27_500 });
  t.equal(journal.transactions().filter((transaction) => transaction === '2204').length, 3);
});
