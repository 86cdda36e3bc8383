import fc from 'fast-check';
import t from 'tap';
import { divideBill, divideLine, type Insured, NOTHING_USED } from '../../../src/sandbox/insurer/benefits.ts';

const resident: Insured = {
  insutype: '390',
  medType: '11',
  balanceFen: 20_000,
  classes: [],
  used: NOTHING_USED,
};

t.test('the catalogue divides a line', async (t) => {
  t.match(divideLine('XN02', '3', 10_000), { level: '01', inScopeFen: 10_000, firstOwnFen: 0 }, '甲类');
  t.match(
    divideLine('XB05', '1', 1_065),
    { level: '02', inScopeFen: 958, firstOwnFen: 107 },
    '乙类, half up',
  );
  t.match(
    divideLine('0011', '2', 7_000),
    { overLimitFen: 1_000, inScopeFen: 6_000 },
    'over the limit price of 30.00',
  );
  t.match(divideLine('0011', '0.5', 2_000), { overLimitFen: 500, inScopeFen: 1_500 });
  t.match(
    divideLine('Q1', '1', 100),
    { level: '03', fullOwnFen: 100, inScopeFen: 0 },
    'nobody pays for the unknown',
  );
});

t.test('basic insurance pays its ratio over the deductible, up to its cap', async (t) => {
  const lines = [divideLine('X', '1', 15_000)];
  t.match(divideBill(lines, resident, false), {
    deductibleFen: 5_000,
    funds: [{ code: '390102', amountFen: 6_000 }, { amountFen: 0 }, { amountFen: 0 }],
    accountFen: 0,
    cashFen: 9_000,
    uses: { deductibleFen: 5_000, pooledFen: 6_000, ownInScopeFen: 9_000 },
  });
  const used = { ...NOTHING_USED, deductibleFen: 4_000, pooledFen: 149_000 };
  t.match(divideBill(lines, { ...resident, used }, false), {
    deductibleFen: 1_000,
    funds: [{ amountFen: 1_000 }],
  });
});

t.test(
  'serious-illness insurance pays band by band once the year’s own part is over the threshold',
  async (t) => {
    const used = { ...NOTHING_USED, deductibleFen: 5_000, pooledFen: 150_000, ownInScopeFen: 999_000 };
    const shares = divideBill([divideLine('X', '1', 3_001_000)], { ...resident, used }, false);
    // 1,000.00 below the threshold, 20,000.00 at 60 %, 10,000.00 at 70 %.
    t.match(shares?.funds, [{ amountFen: 0 }, { field: 'hifmi_pay', amountFen: 1_200_000 + 700_000 }, {}]);
  },
);

t.test(
  'medical assistance pays the best class of what is left, the account then and cash last',
  async (t) => {
    const lines = [divideLine('X', '1', 15_000), divideLine('Q', '1', 1_000)];
    t.match(divideBill(lines, { ...resident, classes: ['2305', '2303', '99'] }, true), {
      funds: [{ amountFen: 6_000 }, { amountFen: 0 }, { field: 'maf_pay', amountFen: 6_300 }],
      accountFen: 3_700,
      cashFen: 0,
    });
    const poor = { ...resident, balanceFen: 700 };
    t.match(divideBill(lines, poor, true), { accountFen: 700, cashFen: 9_300 });
  },
);

t.test('what no plan covers is not divided', async (t) => {
  t.equal(divideBill([], { ...resident, insutype: '340' }, false), undefined);
  t.equal(divideBill([], { ...resident, medType: '52' }, false), undefined);
});

t.test(
  'whatever the bill, the shares add up, none is negative, and splitting it in two costs the same year',
  async () => {
    const line = fc.record({
      code: fc.constantFrom('X1', 'XB', 'Z', 'T', '00', 'C', 'Q'),
      count: fc.constantFrom('1', '0.25', '7', '13.3333'),
      amount: fc.integer({ min: 0, max: 5_000_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('390', '310'),
        fc.subarray(['2303', '2304', '2305']),
        fc.nat(1_000_000),
        fc.boolean(),
        (rows, insutype, classes, balanceFen, useAccount) => {
          const lines = rows.map((row) => divideLine(row.code, row.count, row.amount));
          const insured = { ...resident, insutype, classes, balanceFen };
          const shares = divideBill(lines, insured, useAccount);
          if (!shares) return false;
          const total = rows.reduce((sum, row) => sum + row.amount, 0);
          const parts = [...shares.funds.map((fund) => fund.amountFen), shares.accountFen, shares.cashFen];
          const scope = [shares.fullOwnFen, shares.overLimitFen, shares.firstOwnFen, shares.inScopeFen];
          const sum = (amounts: number[]) => amounts.reduce((all, amount) => all + amount, 0);
          const first = divideBill(lines.slice(0, 1), insured, useAccount);
          const rest = divideBill(
            lines.slice(1),
            { ...insured, used: first?.uses ?? NOTHING_USED },
            useAccount,
          );
          const deductible = (first?.deductibleFen ?? 0) + (rest?.deductibleFen ?? 0);
          return (
            shares.totalFen === total &&
            sum(parts) === total &&
            sum(scope) === total &&
            [...parts, ...scope].every((amount) => amount >= 0) &&
            deductible === shares.deductibleFen
          );
        },
      ),
    );
  },
);
