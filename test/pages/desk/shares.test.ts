import fc from 'fast-check';
import t from 'tap';
import type { Split } from '../../../schemas/settlement.ts';
import { yuanOf } from '../../../src/money.ts';
import { sharesOf } from '../../../src/pages/app/desk/shares.ts';

/** A bill of these parts, in fen. */
function split(
  funds: readonly (readonly [Split['funds'][number]['fund'], number])[],
  more: Partial<Split>,
): Split {
  const fund = funds.reduce((sum, [, fen]) => sum + fen, 0);
  const nothing = {
    fullOwn: '0.00',
    overLimit: '0.00',
    firstOwn: '0.00',
    inScope: '0.00',
    deductible: '0.00',
  };
  return {
    ...{ total: '0.00', fund: yuanOf(fund), account: '0.00', cash: '0.00', hospital: '0.00', ...nothing },
    funds: funds.map(([fund, fen]) => ({ fund, code: '1', amount: yuanOf(fen) })),
    ...more,
  };
}

t.test('each fund stands by itself, added up, then what the patient pays; nothing of 0.00', async (t) => {
  const funds = [
    ['pooled', 7_000],
    ['assistance', 500],
    ['pooled', 1],
    ['other', 0],
  ] as const;
  t.strictSame(sharesOf(split(funds, { account: '12.30', cash: '0.05' })), [
    { payer: 'fund.pooled', amount: '70.01' },
    { payer: 'fund.assistance', amount: '5.00' },
    { payer: 'account', amount: '12.30' },
    { payer: 'cash', amount: '0.05' },
  ]);
});

t.test('funds that do not add up to what they pay are shown as one', async (t) => {
  const untold = split([['pooled', 100]], { fund: '3.00', paid: '1.00' });
  t.strictSame(sharesOf(untold), [
    { payer: 'fund', amount: '3.00' },
    { payer: 'paid', amount: '1.00' },
  ]);
});

t.test('whatever the split, the shares are all of it', async (t) => {
  const fen = fc.integer({ min: 0, max: 9_999_999 });
  const fund = fc.constantFrom('pooled', 'assistance', 'serious-illness', 'other');
  fc.assert(
    fc.property(fc.array(fc.tuple(fund, fen), { maxLength: 6 }), fen, fen, (funds, account, cash) => {
      const shares = sharesOf(split(funds, { account: yuanOf(account), cash: yuanOf(cash) }));
      const sum = shares.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
      return sum === funds.reduce((sum, [, each]) => sum + each, account + cash);
    }),
  );
  t.pass('held');
});
