import fc from 'fast-check';
import t from 'tap';
import { REFERRAL_STATES } from '../../../schemas/settlement-words.ts';
import { warningsOf } from '../../../src/settlement/estimates/audit.ts';
import type { Benefits } from '../../../src/settlement/estimates/model.ts';
import {
  adjustedRatio,
  type Case,
  estimateOf,
  type Figures,
} from '../../../src/settlement/estimates/rules.ts';
import { about, figures, shangluo, table } from './parts.ts';

function estimate(benefits: Benefits, more: Partial<Case>, amounts: Partial<Figures> = {}) {
  const result = estimateOf(benefits, about(more), figures(amounts));
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

t.test('Shangluo, residents in a ward: each tier has its deductible and its ratio', async (t) => {
  const cases = [
    ['township', 100_00, 4_165_00],
    ['level-1', 300_00, 3_760_00],
    ['level-2', 400_00, 3_450_00],
    ['level-3', 500_00, 3_150_00],
  ] as const;
  for (const [tier, deductibleFen, fundFen] of cases) {
    const patientFen = 6_000_00 - fundFen;
    t.match(estimate(shangluo, { tier }), { deductibleFen, fundFen, patientFen }, tier);
  }
});

t.test('Shangluo, outpatient: half at primary level, up to 100.00 a year, nothing above', async (t) => {
  const outpatient = { setting: 'outpatient' } as const;
  const bill = { totalFen: 150_00, inScopeFen: 150_00 };
  t.equal(estimate(shangluo, outpatient, bill).fundFen, 75_00);
  t.equal(estimate(shangluo, outpatient, { ...bill, usedCapFen: 60_00 }).fundFen, 40_00);
  t.equal(estimate(shangluo, outpatient, { ...bill, usedCapFen: 300_00 }).fundFen, 0);
  t.equal(estimate(shangluo, { ...outpatient, tier: 'level-1' }, bill).fundFen, 0);
  t.same(estimateOf(shangluo, about({ ...outpatient, tier: 'level-3' }), figures()), {
    ok: false,
    error: 'no-rule',
  });
});

t.test('further stays of the year lower the deductible by a fifth each, by two fifths at most', async (t) => {
  const deductibles = [1, 2, 3, 4, 9].map(
    (stay) => estimate(shangluo, { tier: 'level-3', stay }).deductibleFen,
  );
  t.same(deductibles, [500_00, 400_00, 300_00, 300_00, 300_00]);
});

t.test(
  'after a referral upward the deductible goes on counting, after one downward none is due',
  async (t) => {
    const up = { tier: 'level-3', referral: 'referred', direction: 'up' } as const;
    t.match(estimate(shangluo, up, { usedDeductibleFen: 100_00 }), {
      deductibleFen: 400_00,
      fundFen: 3_220_00,
    });
    t.equal(estimate(shangluo, up, { usedDeductibleFen: 700_00 }).deductibleFen, 0);
    t.match(estimate(shangluo, { ...up, tier: 'township', direction: 'down' }), {
      deductibleFen: 0,
      fundFen: 4_250_00,
    });
    const without = { tier: 'level-3' } as const;
    t.equal(
      estimate(shangluo, without, { usedDeductibleFen: 100_00 }).deductibleFen,
      500_00,
      'a stay of its own',
    );
    const across = { ...up, direction: 'across' } as const;
    t.equal(estimate(shangluo, across, { usedDeductibleFen: 100_00 }).deductibleFen, 500_00);
  },
);

t.test(
  'elsewhere: ten points less when referred or an emergency, fifteen when not, none for residents',
  async (t) => {
    const away = { tier: 'level-3', elsewhere: true } as const;
    const funds = REFERRAL_STATES.map((referral) => estimate(shangluo, { ...away, referral }).fundFen);
    // 4,500.00 at 55, 60, 60 and 70 per cent.
    t.same(funds, [2_475_00, 2_700_00, 2_700_00, 3_150_00]);
  },
);

t.test('ten points and a factor of 0.90 are two different readings of ten per cent', async (t) => {
  t.equal(adjustedRatio(7_000, { kind: 'points', value: -1_000 }), 6_000);
  t.equal(adjustedRatio(7_000, { kind: 'factor', value: 9_000 }), 6_300);
  t.equal(adjustedRatio(500, { kind: 'points', value: -1_000 }), 0, 'never below nothing');
  t.equal(adjustedRatio(9_000, { kind: 'factor', value: 19_999 }), 10_000, 'never above the whole');
  t.equal(adjustedRatio(3_333, { kind: 'factor', value: 5_000 }), 1_667, 'half up');
  const of = (adjustment: string) =>
    table([['a', '70%']], `insutype = "390"\nsetting = "inpatient"\nadjustments = [${adjustment}]`);
  const points = of('{ kind = "points", value = "-10" }');
  const factor = of('{ kind = "factor", value = "0.90" }');
  t.match(estimate(points, { tier: 'a' }), { fundFen: 3_000_00, bands: [{ ratio: 6_000 }] });
  t.match(estimate(factor, { tier: 'a' }), { fundFen: 3_150_00, bands: [{ ratio: 6_300 }] });
});

t.test('Suzhou: other temporary visitors get 80 % of the local share', async (t) => {
  const suzhou = table(
    [['a', '75%']],
    `insutype = "390"
     setting = "inpatient"
     adjustments = [{ elsewhere = true, referral = ["none"], kind = "factor", value = "0.80" }]`,
  );
  t.equal(estimate(suzhou, { tier: 'a' }).fundFen, 3_750_00);
  t.equal(estimate(suzhou, { tier: 'a', elsewhere: true }).fundFen, 3_000_00);
  t.equal(estimate(suzhou, { tier: 'a', elsewhere: true, referral: 'referred' }).fundFen, 3_750_00);
});

t.test('Heze, employees: 200.00 once a year, then 75, 65 and 55 per cent', async (t) => {
  const deductible = '{ amount = "200.00", per = "year" }';
  const heze = table(
    [
      ['level-1', '75%', deductible],
      ['level-2', '65%', deductible],
      ['level-3', '55%', deductible],
    ],
    'insutype = "310"\nsetting = "outpatient"',
  );
  const employee = { insutype: '310', setting: 'outpatient' } as const;
  const funds = heze.tiers.map((tier) => estimate(heze, { ...employee, tier }).fundFen);
  t.same(funds, [3_600_00, 3_120_00, 2_640_00]);
  const later = { usedDeductibleFen: 150_00 };
  t.match(estimate(heze, { ...employee, tier: 'level-1' }, later), {
    deductibleFen: 50_00,
    fundFen: 3_712_50,
  });
});

t.test('Taizhou: 75 per cent at primary level, 86 under reform, 70 and 60 above', async (t) => {
  const taizhou = table(
    [
      ['primary', '75%'],
      ['reformed', '86%'],
      ['level-2', '70%'],
      ['level-3', '60%'],
    ],
    'insutype = "390"\nsetting = "inpatient"',
  );
  const funds = taizhou.tiers.map((tier) => estimate(taizhou, { tier }).fundFen);
  t.same(funds, [3_750_00, 4_300_00, 3_500_00, 3_000_00]);
  t.same(warningsOf(taizhou).length, 1, 'a ratio that rises is worth a look');
});

t.test('Ankang, residents in a ward: 200.00 and 80 per cent, 600.00 and 70, 2,000.00 and 60', async (t) => {
  const ankang = table(
    [
      ['level-1', '80%', '{ amount = "200.00", per = "stay" }'],
      ['level-2', '70%', '{ amount = "600.00", per = "stay" }'],
      ['level-3', '60%', '{ amount = "2000.00", per = "stay" }'],
    ],
    'insutype = "390"\nsetting = "inpatient"',
  );
  const funds = ankang.tiers.map((tier) => estimate(ankang, { tier }).fundFen);
  t.same(funds, [3_840_00, 3_080_00, 1_800_00]);
  t.same(warningsOf(ankang), []);
});

t.test(
  'critical illness: 60 per cent from 10,000.00, 70 from 30,000.00, 80 from 100,000.00, to its cap',
  async (t) => {
    const whole = { insutype: '390', setting: 'inpatient', tier: 'level-3' } as const;
    const bill = (yuan: number, more: Partial<Figures> = {}) =>
      estimate(shangluo, whole, { totalFen: yuan * 100, inScopeFen: yuan * 100, ...more }).criticalFen;
    // Own part of 30,500.00: 500.00 and 30 % of 30,000.00 are 9,500.00, below the threshold.
    t.equal(bill(30_500), 0);
    t.equal(bill(30_500, { usedOwnFen: 1_500_00 }), 600_00, '1,000.00 above it');
    // Own part of 200,500.00: 60,500.00; 20,000.00 at 60 % and 30,500.00 at 70 %.
    t.equal(bill(200_500), 12_000_00 + 21_350_00);
    // Own part of 400,500.00: 120,500.00; 20,000.00, 70,000.00 and 20,500.00.
    t.equal(bill(400_500), 12_000_00 + 49_000_00 + 16_400_00);
    t.equal(bill(400_500, { usedCriticalFen: 299_000_00 }), 1_000_00, 'what the cap leaves');
  },
);

t.test('assistance pays its share of what the others left in scope', async (t) => {
  // 5,000.00 in a township hospital: 4,165.00 from the fund, 835.00 left in scope.
  t.match(estimate(shangluo, { personClass: '2303' }), { assistanceFen: 584_50, patientFen: 1_250_50 });
  t.match(estimate(shangluo, { personClass: '2304' }), { assistanceFen: 835_00, patientFen: 1_000_00 });
  t.match(estimate(shangluo, { personClass: '2308' }), { assistanceFen: 0, patientFen: 1_835_00 });
  t.match(estimate(shangluo, { personClass: '2303', setting: 'outpatient' }), { assistanceFen: 0 });
});

t.test('a row for a class of persons, or for a state of referral, comes before one for all', async (t) => {
  const rows = (more: string) => `
    [[rows]]
    insurer = "nhsa"
    insutype = "390"
    setting = "inpatient"
    tier = "a"
    from = "2024-01-01"
    source = "样例"
    ${more}`;
  const benefits = table(
    [['a', '50%']],
    'insutype = "390"\nsetting = "inpatient"\nto = "2026-12-31"',
    [
      'ratio = "60%"\nreferral = "referred"',
      'ratio = "70%"\npersonClass = "2304"',
      'ratio = "80%"\npersonClass = "2304"\nreferral = "referred"',
    ]
      .map(rows)
      .join('\n'),
  );
  const ratio = (more: Partial<Case>) => estimate(benefits, { tier: 'a', ...more }).bands[0]?.ratio;
  t.equal(ratio({}), 5_000);
  t.equal(ratio({ referral: 'referred' }), 6_000);
  t.equal(ratio({ personClass: '2304' }), 7_000);
  t.equal(ratio({ personClass: '2304', referral: 'referred' }), 8_000);
  t.equal(ratio({ personClass: '2303' }), 5_000);
  t.equal(estimateOf(benefits, about({ tier: 'a', day: '2027-01-01' }), figures()).ok, false, 'ended');
  t.equal(estimateOf(benefits, about({ tier: 'a', day: '2023-12-31' }), figures()).ok, false, 'not begun');
});

const amounts = fc.record({
  totalFen: fc.integer({ min: 0, max: 9_007_199_254_740_991 }),
  scope: fc.integer({ min: 0, max: 10_000 }),
  usedDeductibleFen: fc.nat(100_000),
  usedCapFen: fc.nat(20_000),
  usedOwnFen: fc.nat(20_000_000),
  usedCriticalFen: fc.nat(40_000_000),
  usedAssistanceFen: fc.nat(1_000_000),
});

const cases = fc.record({
  tier: fc.constantFrom(...shangluo.tiers),
  referral: fc.constantFrom(...REFERRAL_STATES),
  direction: fc.constantFrom('up', 'down', 'across', undefined),
  elsewhere: fc.boolean(),
  stay: fc.integer({ min: 1, max: 9 }),
  personClass: fc.constantFrom('2303', '2304', undefined),
});

t.test(
  'whatever the bill, the payers and the patient make up the total, and nobody pays less than nothing',
  async () => {
    fc.assert(
      fc.property(amounts, cases, ({ scope, ...bill }, more) => {
        const inScopeFen = Number((BigInt(bill.totalFen) * BigInt(scope)) / 10_000n);
        const shares = estimate(shangluo, more, { ...bill, inScopeFen });
        const parts = [shares.fundFen, shares.criticalFen, shares.assistanceFen, shares.patientFen];
        const sum = parts.reduce((total, part) => total + BigInt(part), 0n);
        return (
          sum === BigInt(bill.totalFen) &&
          [...parts, shares.deductibleFen].every((part) => part >= 0) &&
          shares.patientFen >= bill.totalFen - inScopeFen
        );
      }),
    );
  },
);

t.test('a higher tier without a referral never costs the patient less than a lower one', async () => {
  fc.assert(
    fc.property(amounts, cases, ({ scope, ...bill }, more) => {
      const inScopeFen = Number((BigInt(bill.totalFen) * BigInt(scope)) / 10_000n);
      const patients = shangluo.tiers.map(
        (tier) => estimate(shangluo, { ...more, tier, referral: 'none' }, { ...bill, inScopeFen }).patientFen,
      );
      return patients.every((patient, i) => i === 0 || patient >= (patients[i - 1] ?? 0));
    }),
  );
});
