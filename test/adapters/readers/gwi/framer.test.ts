import fc from 'fast-check';
import t from 'tap';
import { FRAME_BYTES_MAX } from '../../../../adapters/readers/gwi/frame.ts';
import { gwiFramer } from '../../../../adapters/readers/gwi/framer.ts';
import { tokensOf } from '../helper.ts';
import { exchangesOf, PAYLOADS } from './capture.ts';

/** A frame, built here from the words of the facts and not with the code under test. */
function frameOf(data: Uint8Array): Buffer {
  const checksum = data.reduce((sum, byte) => sum ^ byte, 0);
  const payload = Buffer.from([data.length >> 8, data.length & 0xff, ...data, checksum]);
  const nibbles = Array.from(payload.toString('hex'), (digit) => 0x30 + Number.parseInt(digit, 16));
  return Buffer.from([0x02, ...nibbles, 0x03]);
}

/** What frames are in the bytes, found slowly: at each place a whole frame, or on to the next byte. */
function repliesIn(bytes: Buffer): string[] {
  const replies: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x03, at);
    const nibbles = bytes[at] === 0x02 && end > at ? bytes.subarray(at + 1, end) : Buffer.alloc(0);
    const payload = payloadOf(nibbles);
    if (payload) replies.push(payload.toString('hex', 2, payload.length - 1));
    at = payload ? end + 1 : at + 1;
  }
  return replies;
}

function payloadOf(nibbles: Buffer): Buffer | undefined {
  if (nibbles.length % 2 !== 0 || nibbles.some((byte) => byte < 0x30 || byte > 0x3f)) return undefined;
  const digits = Array.from(nibbles, (byte) => (byte - 0x30).toString(16)).join('');
  const payload = Buffer.from(digits, 'hex');
  const dataBytes = payload.length - 3;
  const good = dataBytes >= 2 && dataBytes <= 260 && payload.readUInt16BE(0) === dataBytes;
  return good && payload.subarray(2).reduce((sum, byte) => sum ^ byte, 0) === 0 ? payload : undefined;
}

function read(bytes: Buffer, pieceBytes?: readonly number[]) {
  // What is read is wiped.
  const { tokens, heldBytesMax } = tokensOf(gwiFramer(), Buffer.from(bytes), pieceBytes);
  const replies = tokens.map(
    ({ status, data }) => status.toString(16).padStart(4, '0') + data.toString('hex'),
  );
  return { replies, heldBytesMax };
}

const goodFrame = fc.uint8Array({ minLength: 2, maxLength: 260 }).map(frameOf);
const damaged = fc.tuple(goodFrame, fc.nat(), fc.nat({ max: 7 })).map(([frame, place, bit]) => {
  const copy = Buffer.from(frame);
  const index = place % copy.length;
  copy[index] = copy[index]! ^ (1 << bit);
  return copy;
});
const truncated = fc
  .tuple(goodFrame, fc.nat())
  .map(([frame, place]) => frame.subarray(0, place % frame.length));
const garbage = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes));
const headerLike = fc
  .constantFrom('02', '0230', '0230303030', '0230313033', '023030343a3a', '0202', '03', '000000')
  .map((hex) => Buffer.from(hex, 'hex'));
const pieces = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 10 });

t.test('a captured reply of three reports is one', async (t) => {
  const reports = exchangesOf(['readAll'])[0]!.in;
  const { replies } = read(Buffer.concat(reports), [64]);
  t.strictSame(replies, [PAYLOADS.readAll[1].toLowerCase()]);
});

t.test('a good frame right behind one that was cut off is found without waiting for more', async (t) => {
  const good = frameOf(Buffer.from('00009000', 'hex'));
  const cut = frameOf(Buffer.alloc(200, 0x11)).subarray(0, 150);
  const framer = gwiFramer();
  const statuses: number[] = [];
  framer.on('data', ({ status }) => statuses.push(status));
  framer.write(Buffer.concat([cut, good]));
  await new Promise(setImmediate);
  t.strictSame(statuses, [0x0000]);
  t.equal(framer.heldBytes, 0);
  framer.destroy();
});

t.test('any mix of frames, damaged, truncated and false ones gives what a slow reading gives', async () => {
  const part = fc.oneof(goodFrame, damaged, truncated, garbage, headerLike);
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), pieces, (parts, pieceBytes) => {
      const bytes = Buffer.concat(parts);
      const { replies, heldBytesMax } = read(bytes, pieceBytes);
      return JSON.stringify(replies) === JSON.stringify(repliesIn(bytes)) && heldBytesMax < FRAME_BYTES_MAX;
    }),
    { numRuns: 500 },
  );
});

t.test('after whatever bytes, the next good frame is found', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), goodFrame, pieces, (noise, frame, pieceBytes) => {
      const { replies } = read(Buffer.concat([noise, frame]), pieceBytes);
      return replies.at(-1) === repliesIn(frame)[0];
    }),
  );
});

t.test('megabytes of false headers are worked off', async (t) => {
  const falseHeaders = Buffer.alloc(2_000_000, Buffer.from('0230313034', 'hex'));
  const good = frameOf(Buffer.from('00009000', 'hex'));
  const { replies, heldBytesMax } = read(Buffer.concat([falseHeaders, good]), [64]);
  t.strictSame(replies, ['00009000']);
  t.ok(heldBytesMax < FRAME_BYTES_MAX);
});

t.test('bytes that were understood are wiped, where they were and where they came from', async (t) => {
  const framer = gwiFramer();
  const digits: Buffer[] = [];
  framer.on('data', ({ data }) => digits.push(data));
  const report = Buffer.concat([frameOf(Buffer.from('0000060606060606', 'hex')), Buffer.alloc(20)]);
  framer.write(report);
  await new Promise(setImmediate);
  t.same(digits, [Buffer.alloc(6, 6)]);
  t.ok(report.every((byte) => byte === 0));
  framer.destroy();
});
