import fc from 'fast-check';
import t from 'tap';
import { FEN_MAX, fenOf, yuanOf } from '../src/money.ts';

/** The same rule in integers of any size: fen × 10^20, or undefined where the text is not a decimal number. */
function reference(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,14})(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const places = BigInt(200 + 2 + Number(exponent) - fraction.length);
  const value = BigInt(whole + fraction) * 10n ** places;
  return sign === '-' ? -value : value;
}
const UNIT = 10n ** 200n;

const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });
const decimal = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits(1, 14),
    fc.option(digits(1, 8)),
    fc.option(fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.nat(15))),
  )
  .map(([sign, whole, fraction, exponent]) =>
    [sign, whole, fraction === null ? '' : `.${fraction}`, exponent === null ? '' : exponent.join('')].join(
      '',
    ),
  );

t.test(
  'every decimal reads as integers of any size say, or is refused as too fine or too large',
  async () => {
    fc.assert(
      fc.property(decimal, (text) => {
        const exact = reference(text)!;
        const result = fenOf(text);
        if (exact % UNIT !== 0n) return !result.ok && result.error === 'too-precise';
        const fen = exact / UNIT;
        const size = fen < 0n ? -fen : fen;
        if (size > BigInt(FEN_MAX)) return !result.ok && result.error === 'too-large';
        return result.ok && BigInt(result.value) === fen && !Object.is(result.value, -0);
      }),
      { numRuns: 2_000 },
    );
  },
);

t.test('what is written reads back as the same amount', async () => {
  fc.assert(
    fc.property(fc.integer({ min: -FEN_MAX, max: FEN_MAX }), (fen) => {
      const text = yuanOf(fen);
      const back = fenOf(text);
      return /^-?(0|[1-9]\d*)\.\d\d$/.test(text) && back.ok && back.value === (fen === 0 ? 0 : fen);
    }),
  );
});

t.test('any text is read or refused, and never throws', async () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const result = fenOf(text);
      return result.ok ? Number.isSafeInteger(result.value) : true;
    }),
  );
});

t.test('amounts as insurers write them', async (t) => {
  const cases: [string, number][] = [
    ['12.30', 1230],
    ['12.3', 1230],
    ['12', 1200],
    ['0', 0],
    ['', 0],
    ['0.0', 0],
    ['-0.00', 0],
    ['-0.10', -10],
    ['0.07', 7],
    ['1E+2', 10000],
    ['1.20E1', 1200],
    ['120E-1', 1200],
    ['12.3000', 1230],
    ['90071992547409.91', FEN_MAX],
  ];
  for (const [text, fen] of cases) t.same(fenOf(text), { ok: true, value: fen }, text);
});

t.test('what is not an amount is refused with its reason', async (t) => {
  const cases: [string, string][] = [
    ['12.345', 'too-precise'],
    ['1E-3', 'too-precise'],
    ['90071992547409.92', 'too-large'],
    ['1E20', 'too-large'],
    ['1,234.00', 'not-a-number'],
    ['¥12', 'not-a-number'],
    ['.5', 'not-a-number'],
    ['5.', 'not-a-number'],
    ['+5', 'not-a-number'],
    ['--5', 'not-a-number'],
    [' 5', 'not-a-number'],
    ['5\n', 'not-a-number'],
    ['NaN', 'not-a-number'],
    ['Infinity', 'not-a-number'],
    ['0x10', 'not-a-number'],
    ['１２', 'not-a-number'],
    ['123456789012345', 'not-a-number'],
    ['1E999', 'not-a-number'],
  ];
  for (const [text, error] of cases) t.same(fenOf(text), { ok: false, error }, text);
});

t.test('the sums that floats get wrong', async (t) => {
  const sum = ['0.1', '0.2', '1.005E1', '4.35']
    .map(fenOf)
    .reduce((all, part) => all + (part.ok ? part.value : NaN), 0);
  t.equal(yuanOf(sum), '14.70');
});
