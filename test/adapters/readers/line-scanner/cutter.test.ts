import fc from 'fast-check';
import t from 'tap';
import { CodeCutter } from '../../../../adapters/readers/line-scanner/cutter.ts';

const CODE = '424'.padEnd(28, '0');

/** All codes in the bytes, which come in pieces of these sizes, in turn; a pause ends the last. */
function codesIn(bytes: Uint8Array, pieceBytes: readonly number[] = [65_536]): string[] {
  const cutter = new CodeCutter();
  const codes: string[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const end = at + pieceBytes[turn % pieceBytes.length]!;
    codes.push(...cutter.take(bytes.subarray(at, end)));
    at = end;
  }
  return [...codes, ...cutter.end()];
}

const text = (value: string) => Buffer.from(value, 'latin1');

t.test('each of the line ends ends a code', async (t) => {
  for (const end of ['\r', '\n', '\r\n', '\t', '\x03', '\r\n\r\n']) {
    const cutter = new CodeCutter();
    t.strictSame(cutter.take(text(`${CODE}${end}B${end}`)), [CODE, 'B'], JSON.stringify(end));
    t.equal(cutter.begun, false);
  }
});

t.test('without one the code has only begun, until a pause ends it', async (t) => {
  const cutter = new CodeCutter();
  t.strictSame(cutter.take(text(CODE)), []);
  t.equal(cutter.begun, true);
  t.strictSame(cutter.end(), [CODE]);
  t.strictSame(cutter.end(), []);
});

t.test('prefixes and rubbish that cannot be printed are dropped', async (t) => {
  t.strictSame(codesIn(text(`\x00\xff\x02${CODE}\x03\x80\x00\r\x1b\n`)), [CODE]);
  t.strictSame(codesIn(text(`42\xfe4\x00${CODE.slice(3)}\r`)), [CODE]);
});

t.test('a code longer than any is swallowed to its end', async (t) => {
  t.strictSame(codesIn(text(`${'x'.repeat(4_096)}\r`)), ['x'.repeat(4_096)]);
  t.strictSame(codesIn(text(`${'x'.repeat(4_097)}\r${CODE}\r`)), [CODE]);
  t.strictSame(codesIn(Buffer.alloc(3_000_000, 'x'), [997]), []);
});

t.test('whatever bytes come in whatever pieces, the codes are the same, printable and bounded', async () => {
  const letters = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0x0d, 0x0a, 0x09, 0x03),
    fc.integer({ min: 0x30, max: 0x39 }),
  );
  const bytes = fc.array(letters, { maxLength: 400 }).map((values) => Buffer.from(values));
  const pieces = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 });
  /** The same, said in another way. */
  const expected = (all: Buffer) =>
    all
      .toString('latin1')
      .replaceAll('\x03', '\r')
      .split(/[\t\n\r]/)
      .map((code) => code.replace(/[^ -~]/g, ''))
      .filter((code) => code !== '');
  fc.assert(
    fc.property(bytes, pieces, (all, pieceBytes) => {
      const codes = codesIn(Buffer.concat([all, text(`\r${CODE}\r`)]), pieceBytes);
      return JSON.stringify(codes) === JSON.stringify([...expected(all), CODE]);
    }),
    { numRuns: 1_000 },
  );
});
