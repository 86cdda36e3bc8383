import fc from 'fast-check';
import t from 'tap';
import type { Charge } from '../../src/settlement/port.ts';
import { checkCharges, checkIdentity, scaledOf } from '../../src/settlement/rules.ts';
import { SAMPLE_NUMBER } from '../helper.ts';
import { sampleIdentity } from './parts.ts';

function line(over: Partial<Charge> = {}): Charge {
  const blank = { line: '1', nationalCode: 'N', localCode: 'L', name: '项目' };
  return { ...blank, count: '2', price: '5.00', amountFen: 10_00, ...over };
}

t.test('lines that hold give their sum', async (t) => {
  t.same(checkCharges([line(), line({ line: '2', count: '0.5', amountFen: 2_50 })], 12_50), {
    ok: true,
    value: 12_50,
  });
});

t.test('amounts rounded up, down or to the nearest hold; a whole fen off does not', async (t) => {
  // 0.3333 × 1.05 = 0.349965
  for (const [amountFen, holds] of [
    [33, false],
    [34, true],
    [35, true],
    [36, false],
  ] as const) {
    t.equal(
      checkCharges([line({ count: '0.3333', price: '1.05', amountFen })], undefined).ok,
      holds,
      `${amountFen}`,
    );
  }
  t.equal(checkCharges([line({ count: '1', price: '1.00', amountFen: 1_01 })], undefined).ok, false);
});

t.test('each flaw is named with its place', async (t) => {
  const cases: [Charge[], number | undefined, string][] = [
    [[], undefined, '/charges'],
    [[line(), line()], undefined, '/charges/1/line'],
    [[line({ count: '1.00001' })], undefined, '/charges/0/count'],
    [[line({ count: '-1' })], undefined, '/charges/0/count'],
    [[line({ price: '1.0000001' })], undefined, '/charges/0/price'],
    [[line({ price: '1e2' })], undefined, '/charges/0/price'],
    [[line({ amountFen: -1 })], undefined, '/charges/0/amount'],
    [[line({ amountFen: 10_01 })], undefined, '/charges/0/amount'],
    [[line()], 10_01, '/total'],
    [[line({ count: '0', amountFen: 0 })], undefined, '/charges'],
  ];
  for (const [charges, total, pointer] of cases) {
    t.match(checkCharges(charges, total), { ok: false, error: { pointer } }, pointer);
  }
  const many = Array.from({ length: 10_001 }, (_, index) => line({ line: String(index) }));
  t.equal(checkCharges(many, undefined).ok, false);
  t.equal(checkCharges(many.slice(1), undefined).ok, true);
});

t.test('an exact product always holds, however many decimals it has', async (t) => {
  const decimal = (digits: number) =>
    fc
      .tuple(fc.nat(99_999), fc.nat(10 ** digits - 1))
      .map(([whole, part]) => `${whole}.${String(part).padStart(digits, '0')}`);
  fc.assert(
    fc.property(decimal(4), decimal(6), fc.boolean(), (count, price, up) => {
      const product = scaledOf(count, 4)! * scaledOf(price, 6)!;
      const fen = product / 10n ** 8n;
      const exact = fen * 10n ** 8n === product;
      const amountFen = Number(up && !exact ? fen + 1n : fen);
      const checked = checkCharges([line({ count, price, amountFen })], undefined);
      if (amountFen > 0 && !checked.ok) throw new Error(`${count} × ${price} ≠ ${amountFen}`);
      const wrong = checkCharges([line({ count, price, amountFen: amountFen + 2 })], undefined);
      if (wrong.ok) throw new Error('two fen off');
    }),
  );
  t.pass('held');
});

t.test('a typed resident ID number is checked', async (t) => {
  t.equal(checkIdentity(sampleIdentity), undefined);
  for (const documentNumber of [
    SAMPLE_NUMBER.replace(/0$/, '1'),
    SAMPLE_NUMBER.slice(0, -1),
    SAMPLE_NUMBER.replace(/10$/, 'X0'),
  ]) {
    t.match(checkIdentity({ ...sampleIdentity, documentNumber }), { pointer: '/identity/documentNumber' });
  }
  t.equal(
    checkIdentity({ ...sampleIdentity, documentType: 'passport', documentNumber: 'E12345678' }),
    undefined,
  );
});
