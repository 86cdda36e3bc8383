import fc from 'fast-check';
import t from 'tap';
import { completeOf, dailyRows } from '../../../../adapters/insurers/nrcms-jiangsu/daily.ts';
import { must } from '../nhsa/helper.ts';
import { countyBill, jiangsuParts, jsonOf } from './helper.ts';

const ROW = {
  BXID: '9',
  FPHM: 'B1',
  ZJJE: '10.00',
  JYSJ: '2026-03-02 09:00:00.0',
  JYLX: '1',
  ICKH: 'JS00000001',
  SBJE: '4.00',
  DJLSH: '7',
};

t.test('a day’s list has what was settled and what was undone', async (t) => {
  const { insurer, journal, clock } = await jiangsuParts(t);
  const bill = countyBill();
  const { value: quote } = must(await insurer.quote(bill, journal.exchange));
  const settled = must(await insurer.settle(bill, quote, journal.exchange)).value;
  clock.advance(86_400_000);
  must(await insurer.reverse(bill, settled, journal.exchange));
  const row = {
    number: settled.number,
    billNumber: bill.billNumber,
    handle: { djid: quote.handle.djid },
  };
  const of = async (day: string) =>
    must(await insurer.statements.daily!({ from: day, to: day }, journal.exchange)).value;
  t.match(await of('2026-03-02'), [
    { ...row, sign: 1, totalFen: 15_085, fundFen: 7_542, at: settled.settledAt },
  ]);
  t.match(jsonOf(journal, 'MrdzMx'), {
    operator: 'all',
    hospitalcode: '320000001',
    Dzrq: '2026-03-02',
    Zzrq: '2026-03-02',
    dzlx: '1',
  });
  t.match(await of('2026-03-03'), [{ ...row, sign: -1, totalFen: -15_085, fundFen: -7_542 }]);
  t.same(await of('2026-03-04'), []);
});

t.test('a list with a row that cannot be read is no list', async (t) => {
  t.match(dailyRows({ arr: [ROW] }), [{ kind: 'settlement', totalFen: 1_000, reimbursedFen: 400 }]);
  t.match(dailyRows({ arr: [{ ...ROW, JYLX: '-1', ZJJE: '-10.00', SBJE: '-4' }] }), [
    { kind: 'reversal', totalFen: 1_000, reimbursedFen: 400 },
  ]);
  t.same(dailyRows({ arr: [] }), []);
  const broken: object[] = [
    { JYLX: '2' },
    { ZJJE: '' },
    { ZJJE: '1.001' },
    { SBJE: 'x' },
    { JYSJ: '2026-02-30' },
  ];
  for (const change of broken) {
    t.equal(dailyRows({ arr: [ROW, { ...ROW, ...change }] }), undefined, JSON.stringify(change));
  }
  for (const arr of [undefined, null, {}, 'x', [1], [null]]) t.equal(dailyRows({ arr }), undefined);
  fc.assert(fc.property(fc.jsonValue(), (arr) => void dailyRows({ arr })));
});

t.test('a day’s list is complete on the next day in China', async (t) => {
  const at = (text: string) => completeOf(Date.parse(text), '06:30');
  t.equal(at('2026-03-02T23:59:59+08:00'), Date.parse('2026-03-03T06:30:00+08:00'));
  t.equal(at('2026-12-31T16:00:00Z'), Date.parse('2027-01-02T06:30:00+08:00'));
});
