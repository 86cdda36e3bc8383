import fc from 'fast-check';
import t from 'tap';
import { readSplit } from '../../../../adapters/insurers/nrcms-guizhou/split.ts';

t.test('each cost goes to its fund, and what is left to the patient', async (t) => {
  const { split, faults } = readSplit({
    totalCost: '1000.0000',
    insuranceCost: '900.0000',
    undulatingLine: '100.0000',
    generalRedeem: '500.0000',
    accRedeem: '20.0000',
    compensateCost: '520.0000',
    civilCost: '30.0000',
    insureCost: '40.0000',
    salvaJSCost: '5.0000',
    bottomRedeem: '6.0000',
    nurseCost: '7.0000',
    list: { calcProgress: [{ calcName: '起付线', calcMemo: '', calcBefore: '900', calcAfter: '800' }] },
  });
  t.same(faults, []);
  t.match(split, {
    totalFen: 100_000,
    funds: [
      { fund: 'pooled', code: 'compensateCost', amountFen: 50_000 },
      { fund: 'assistance', code: 'civilCost', amountFen: 3_000 },
      { fund: 'serious-illness', code: 'insureCost', amountFen: 4_000 },
      { fund: 'other', code: 'salvaJSCost', amountFen: 500 },
      { fund: 'other', code: 'bottomRedeem', amountFen: 600 },
      { fund: 'other', code: 'nurseCost', amountFen: 700 },
    ],
    fundFen: 58_800,
    accountFen: 2_000,
    cashFen: 39_200,
    deductibleFen: 10_000,
    inScopeFen: 90_000,
    fullOwnFen: 10_000,
  });
});

t.test('amounts that break a rule are told by its name', async (t) => {
  const cases: [answer: Record<string, string>, faults: string[]][] = [
    [{ totalCost: '10.00', compensateCost: '4.0049' }, []],
    [{ totalCost: '10.0001', compensateCost: '4' }, ['precision']],
    [{ totalCost: '10.00', compensateCost: '4.00001' }, ['readable']],
    [{ totalCost: '10.00', compensateCost: 'abc' }, ['readable']],
    [{ compensateCost: '0' }, ['readable']],
    [{ totalCost: '10.00', compensateCost: '11' }, ['negative']],
    [{ totalCost: '10.00', compensateCost: '2', accRedeem: '3' }, ['negative']],
    [{ totalCost: '10.00', civilCost: '-1' }, ['negative']],
    [{ totalCost: '10.00', salvaMZCost: '0.0000' }, []],
    [{ totalCost: '10.00', salvaMZCost: '1' }, ['doubtful']],
    [
      {
        totalCost: '10.00',
        compensateCost: '1.0049',
        civilCost: '1.0049',
        insureCost: '1.0049',
        bottomRedeem: '1.0049',
      },
      ['rounding'],
    ],
  ];
  for (const [answer, faults] of cases) t.same(readSplit(answer).faults, faults, JSON.stringify(answer));
  t.same(
    readSplit({ totalCost: '10.00', civilCost: ['1', '1'] }).faults,
    ['readable'],
    'an amount that stands twice',
  );
  t.same(readSplit('').faults, ['readable']);
});

t.test('the shares make up the total to the fen, whatever the insurer rounds', async (t) => {
  const yuan = (parts: number) => (parts / 10_000).toFixed(4);
  const amounts = fc.record({
    total: fc.integer({ min: 0, max: 10 ** 9 }),
    shares: fc.array(fc.integer({ min: 0, max: 10 ** 8 }), { minLength: 4, maxLength: 4 }),
  });
  fc.assert(
    fc.property(amounts, ({ total, shares }) => {
      const [compensated = 0, account = 0, civil = 0, illness = 0] = shares;
      const { split, faults } = readSplit({
        totalCost: yuan(total * 100),
        compensateCost: yuan(compensated + account),
        accRedeem: yuan(account),
        civilCost: yuan(civil),
        insureCost: yuan(illness),
      });
      const left = total * 100 - compensated - account - civil - illness;
      const adds = split.totalFen === split.fundFen + split.accountFen + split.cashFen;
      const near = Math.abs(split.cashFen * 100 - left) <= 100;
      const known = faults.every((fault) => ['negative', 'rounding'].includes(fault));
      return adds && known && near !== faults.includes('rounding');
    }),
  );
  t.pass('whatever the amounts');
});
