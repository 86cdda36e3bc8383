import fc from 'fast-check';
import t from 'tap';
import { chargesOf } from '../../../src/pages/app/desk/charges.ts';

t.test('lines pasted from a table become charges, exact to the fen', async (t) => {
  const { charges, flaws, total } = chargesOf(
    'XJ01\tA1\t阿莫西林胶囊\t2\t18.70\r\n\r\n0011,B1,诊查费,1,15\nZA06,A2,感冒颗粒,2.5,16.003\n',
  );
  t.strictSame(flaws, []);
  t.strictSame(
    charges.map(({ line, name, amount }) => [line, name, amount]),
    [
      ['1', '阿莫西林胶囊', '37.40'],
      ['2', '诊查费', '15.00'],
      ['3', '感冒颗粒', '40.01'],
    ],
  );
  t.equal(total, '92.41');
});

t.test('a line that is no charge is named with its number, and the others stay', async (t) => {
  const { charges, flaws } = chargesOf('A,B,C,1\nA,B,C,one,2.00\nA,B,C,1,-2\nA,B,C,1,2');
  t.strictSame(flaws, [
    { line: 1, what: 'line.parts' },
    { line: 2, what: 'line.number' },
    { line: 3, what: 'line.number' },
  ]);
  t.equal(charges.length, 1);
});

t.test('an amount is count times price, rounded half up, whatever the figures', async () => {
  const places = (max: number, digits: number) =>
    fc.bigInt({ min: 0n, max: 10n ** BigInt(max + digits) - 1n }).map((n) => ({
      scaled: n,
      text: `${n / 10n ** BigInt(digits)}.${String(n % 10n ** BigInt(digits)).padStart(digits, '0')}`,
    }));
  fc.assert(
    fc.property(places(5, 4), places(6, 6), (count, price) => {
      const { charges } = chargesOf(`A,B,C,${count.text},${price.text}`);
      const fen = BigInt(charges[0]!.amount.replace('.', ''));
      const off = fen * 10n ** 8n - count.scaled * price.scaled;
      return off * 2n <= 10n ** 8n && off * 2n > -(10n ** 8n);
    }),
  );
});

t.test('whatever is pasted, nothing is thrown and every line is either a charge or named', async () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (lines) => {
      const text = lines.join('\n');
      const { charges, flaws } = chargesOf(text);
      return charges.length + flaws.length === text.split(/\r?\n/).filter((row) => row.trim() !== '').length;
    }),
  );
});
