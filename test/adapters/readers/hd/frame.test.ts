import t from 'tap';
import { encodeRequest } from '../../../../adapters/readers/hd/frame.ts';

/** As the vendor's sample code fills its buffers; the checksums are worked out by hand. */
t.test('a short request is one report, as in the vendor’s sample code', async (t) => {
  const reset = encodeRequest(0x75, Buffer.of(0x0c, 0x40));
  t.strictSame(
    reset.map((report) => report.toString('hex')),
    [`000208000300750c4032${'00'.repeat(23)}`],
  );
  const [off] = encodeRequest(0x73);
  t.equal(off!.toString('hex', 0, 8), '000208000100737a');
  const [select] = encodeRequest(0x72, Buffer.from('0c0000a4000002ef05', 'hex'));
  t.equal(select!.toString('hex', 0, 18), '000208000a00720c0000a4000002ef053000');
  t.equal(select!.length, 33);
});

t.test('24 bytes of a command go into the first report, 31 into each that follows', async (t) => {
  const apdu = Buffer.from(Array.from({ length: 24 + 31 + 10 }, (_, index) => index + 1));
  const reports = encodeRequest(0x72, Buffer.concat([Buffer.of(0x0c, 0x00), apdu]));
  t.strictSame(
    reports.map((report) => [report.length, report[0], report[1]]),
    [
      [33, 0, 0x82],
      [33, 0, 0x82],
      [33, 0, 0x02],
    ],
  );
  t.equal(reports[0]!.toString('hex', 2, 9), '0800440072' + '0c00');
  t.same(reports[0]!.subarray(9), apdu.subarray(0, 24));
  t.same(reports[1]!.subarray(2), apdu.subarray(24, 55));
  t.same(reports[2]!.subarray(2, 12), apdu.subarray(55));
  const body = Buffer.concat(reports.map((report) => report.subarray(2)));
  t.equal(
    body.reduce((sum, byte) => sum ^ byte, 0),
    0,
    'the checksum covers all of them',
  );
});
