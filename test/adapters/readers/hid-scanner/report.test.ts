import fc from 'fast-check';
import t from 'tap';
import { partOf } from '../../../../adapters/readers/hid-scanner/report.ts';
import { capturedReports } from './captured.ts';
import { firstLayout, secondLayout, thirdLayout } from './reports.ts';

/** As an insurance code looks. */
const CODE = '424'.padEnd(28, '0');

const HONEYWELL = '0c2e';
const ZEBRA = '05e0';
const NEWLAND = '1eab';

function read(report: Buffer, vendorId = ZEBRA) {
  const part = partOf(report, vendorId);
  return part && { ...part, data: part.data.toString('latin1') };
}

t.test('the captured reports of a Honeywell are understood', async (t) => {
  const parts = capturedReports.map((report) => read(report, HONEYWELL));
  t.strictSame(
    parts.map((part) => [part?.aim, part?.data.length, part?.more]),
    [
      [']X0', 56, true],
      [']X0', 56, true],
      [']X0', 56, true],
      [']X0', 56, true],
      [']X0', 56, true],
      [']X0', 9, false],
      [']Z6', 8, false],
    ],
  );
  t.equal(parts[5]?.data, 'um: N/A\r\n');
  t.equal(parts[6]?.data, 'REVINF\u0006.');
});

t.test('the identifier stands before the data, with most makers', async (t) => {
  t.strictSame(read(firstLayout(CODE)), { aim: ']Q1', data: CODE, more: false });
  t.strictSame(read(firstLayout(CODE.repeat(2), 1)), { aim: ']Q1', data: CODE.repeat(2), more: true });
});

t.test('it may stand one place later, whatever comes before it', async (t) => {
  for (const before of ['\0', 'Q', ']']) {
    t.strictSame(read(secondLayout(CODE, 0, before)), { aim: ']Q1', data: CODE, more: false }, before);
  }
  t.strictSame(read(secondLayout(CODE.repeat(2), 1))?.data, CODE.repeat(2));
});

t.test('Newland sends none, and data that looks like one is data', async (t) => {
  t.strictSame(read(thirdLayout(CODE), NEWLAND), { aim: undefined, data: CODE, more: false });
  t.strictSame(read(thirdLayout(CODE.repeat(2), 1), NEWLAND)?.more, true);
  t.equal(read(thirdLayout(']Q1abc'), NEWLAND)?.data, ']Q1abc');
  t.equal(read(thirdLayout(CODE), ZEBRA), undefined, 'from another maker it makes no sense');
});

t.test('a report that ends with its data is understood, as the last of its code', async (t) => {
  const whole = firstLayout(CODE, 1);
  t.strictSame(read(whole.subarray(0, 5 + CODE.length)), { aim: ']Q1', data: CODE, more: false });
  t.equal(read(whole.subarray(0, 5 + CODE.length - 1)), undefined, 'a byte is missing');
});

t.test('other reports, and lengths that no report holds, are nothing', async (t) => {
  const otherId = firstLayout(CODE);
  otherId[0] = 3;
  t.equal(read(otherId), undefined);
  for (const length of [57, 64, 255]) {
    const report = firstLayout(CODE);
    report[1] = length;
    t.equal(read(report), undefined, `length ${length}`);
  }
  for (const report of ['', '02', '0200', '025D', '02005D'])
    t.equal(read(Buffer.from(report, 'hex')), undefined);
});

t.test('whatever bytes come, a part is never longer than its report says, and nothing throws', async () => {
  const header = fc.constantFrom([2], [2, 10], [2, 56, 0x5d], [2, 56, 0, 0x5d], [2, 0, 0x5d], []);
  const report = fc
    .tuple(header, fc.uint8Array({ maxLength: 70 }))
    .map(([head, rest]) => Buffer.from([...head, ...rest]));
  fc.assert(
    fc.property(report, fc.constantFrom(ZEBRA, HONEYWELL, NEWLAND, ''), (bytes, vendorId) => {
      const part = partOf(bytes, vendorId);
      return part === undefined || (part.data.length === bytes[1] && part.data.length <= 56);
    }),
    { numRuns: 2_000 },
  );
});
