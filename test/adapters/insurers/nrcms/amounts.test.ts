import fc from 'fast-check';
import t from 'tap';
import { fenNear, isWhole, partsOf } from '../../../../adapters/insurers/nrcms/amounts.ts';

t.test('amounts of four decimals are read exactly', async (t) => {
  const cases: [text: string, parts: number | undefined][] = [
    ['', 0],
    ['0', 0],
    ['-0.0000', 0],
    ['150.85', 1_508_500],
    ['82.9675', 829_675],
    ['0.0001', 1],
    ['12.30000000', 123_000],
    ['-12.3456', -123_456],
    ['99999999999.9999', 999_999_999_999_999],
    ['0.00001', undefined],
    ['1e3', undefined],
    ['1,000.00', undefined],
    ['100000000000', undefined],
    ['NaN', undefined],
    ['.5', undefined],
  ];
  for (const [text, parts] of cases) t.equal(partsOf(text), parts, text);
});

t.test('rounding goes to the nearest fen, half away from zero', async (t) => {
  const cases: [parts: number, fen: number][] = [
    [49, 0],
    [50, 1],
    [149, 1],
    [150, 2],
    [-50, -1],
    [-49, 0],
  ];
  for (const [parts, fen] of cases) t.equal(fenNear(parts), fen, String(parts));
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 15), max: 10 ** 15 }), (parts) => {
      const off = Math.abs(fenNear(parts) * 100 - parts);
      return off <= 50 && (!isWhole(parts) || off === 0);
    }),
  );
});
