import fc from 'fast-check';
import t from 'tap';
import { encodeRequest, frameFormOf } from '../../../../adapters/readers/profile/frame.ts';
import { profileFramer } from '../../../../adapters/readers/profile/framer.ts';
import type { ReaderProfile } from '../../../../schemas/reader-profile.ts';
import { tokensOf } from '../helper.ts';

type Frame = ReaderProfile['frame'];

/** How frames are built and checked here: by hand, form by form, from what their makers publish. */
interface Form {
  readonly frame: Frame;
  build(data: Buffer): Buffer;
}

const xorOf = (bytes: Buffer) => bytes.reduce((sum, byte) => sum ^ byte, 0);
const sumOf = (bytes: Buffer) => bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
const big = (length: number) => Buffer.of(length >> 8, length & 0xff);
const little = (length: number) => Buffer.of(length & 0xff, length >> 8);

const forms: Readonly<Record<string, Form>> = {
  'STX LEN DATA ETX BCC, as SL-RF800 and CRT-288 have it': {
    frame: {
      requestPreamble: '02',
      replyPreambles: ['02'],
      length: { offset: 1, bytes: 2, order: 'big-endian', counts: ['data'] },
      trailer: { bytes: '03', stands: 'before-checksum' },
      checksum: { kind: 'xor', from: 0 },
      bytesMax: 512,
    },
    build(data) {
      const covered = Buffer.concat([Buffer.of(2), big(data.length), data, Buffer.of(3)]);
      return Buffer.concat([covered, Buffer.of(xorOf(covered))]);
    },
  },
  '00 40 LEN DATA XOR, as the SAM slot of MW readers has it': {
    frame: {
      requestPreamble: '0040',
      replyPreambles: ['0040'],
      length: { offset: 2, bytes: 1, order: 'big-endian', counts: ['data'] },
      checksum: { kind: 'xor', from: 0 },
      bytesMax: 259,
    },
    build(data) {
      const covered = Buffer.concat([Buffer.of(0, 0x40, data.length), data]);
      return Buffer.concat([covered, Buffer.of(xorOf(covered))]);
    },
  },
  'STX LEN DATA SUM ETX, length little-endian and of the whole': {
    frame: {
      requestPreamble: '02',
      replyPreambles: ['02'],
      length: {
        offset: 1,
        bytes: 2,
        order: 'little-endian',
        counts: ['header', 'data', 'trailer', 'checksum'],
      },
      trailer: { bytes: '0D0A', stands: 'after-checksum' },
      checksum: { kind: 'sum8', from: 1 },
      bytesMax: 300,
    },
    build(data) {
      const covered = Buffer.concat([little(data.length + 6), data]);
      return Buffer.concat([Buffer.of(2), covered, Buffer.of(sumOf(covered)), Buffer.from('\r\n')]);
    },
  },
  'LEN DATA, and nothing that proves it': {
    frame: {
      requestPreamble: 'FE',
      replyPreambles: ['FE'],
      length: { offset: 1, bytes: 1, order: 'big-endian', counts: ['data'] },
      checksum: { kind: 'none' },
      bytesMax: 257,
    },
    build: (data) => Buffer.concat([Buffer.of(0xfe, data.length), data]),
  },
};

const reply = { status: { offset: 0, bytes: 1 }, dataAt: 1 };
const datas = fc.array(
  fc.uint8Array({ minLength: 1, maxLength: 120 }).map((bytes) => Buffer.from(bytes)),
  { minLength: 1, maxLength: 8 },
);
const pieces = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 });

/** Every header a frame may have, in hex, with the length of the data that it announces. */
function headersOf({ frame, build }: Form): Map<string, number> {
  const headerBytes = frame.length.offset + frame.length.bytes;
  const headers = new Map<string, number>();
  for (let dataBytes = 1; build(Buffer.alloc(dataBytes)).length <= frame.bytesMax; dataBytes++) {
    headers.set(build(Buffer.alloc(dataBytes)).toString('hex', 0, headerBytes), dataBytes);
    if (dataBytes === 255 && frame.length.bytes === 1) break;
  }
  return headers;
}

/** The data of the frames in the bytes, found slowly: at each place a whole frame, or on to the next byte. */
function datasIn(stream: Buffer, { frame, build }: Form, headers: Map<string, number>): string[] {
  const headerBytes = frame.length.offset + frame.length.bytes;
  const datas: string[] = [];
  for (let at = 0; at < stream.length; ) {
    const dataBytes = headers.get(stream.toString('hex', at, at + headerBytes));
    const data = stream.subarray(at + headerBytes, at + headerBytes + (dataBytes ?? 0));
    const whole = dataBytes === undefined ? undefined : build(data);
    const isComplete = whole && data.length === dataBytes && at + whole.length <= stream.length;
    // Without a checksum, what looks like a frame that is not at its end can't be told from one.
    if (whole && !isComplete && frame.checksum.kind === 'none') break;
    if (isComplete && whole.equals(stream.subarray(at, at + whole.length))) {
      datas.push(data.toString('hex'));
      at += whole.length;
    } else at += 1;
  }
  return datas;
}

for (const [name, { frame, build }] of Object.entries(forms)) {
  const form = frameFormOf({ frame, reply });

  t.test(`${name}: what is encoded is what its maker says`, async () => {
    fc.assert(
      fc.property(datas, (all) => all.every((data) => encodeRequest(form, data)?.equals(build(data)))),
    );
  });

  t.test(`${name}: frames one after the other are all found, however the bytes are split`, async () => {
    fc.assert(
      fc.property(datas, pieces, (all, pieceBytes) => {
        const { tokens } = tokensOf(profileFramer(form), Buffer.concat(all.map(build)), pieceBytes);
        return (
          tokens.length === all.length &&
          tokens.every((token, at) => token.data.equals(all[at]!) && token.status === all[at]![0])
        );
      }),
    );
  });

  t.test(`${name}: any mix of frames and other bytes gives what a slow reading gives`, async () => {
    const headers = headersOf({ frame, build });
    const good = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => build(Buffer.from(bytes)));
    const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
    const header = fc.constantFrom(...headers.keys()).map((hex) => Buffer.from(hex, 'hex'));
    const part = fc.oneof(good, good, noise, header);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), pieces, (parts, pieceBytes) => {
        const stream = Buffer.concat(parts);
        const { tokens, heldBytesMax } = tokensOf(profileFramer(form), stream, pieceBytes);
        const found = tokens.map(({ data }) => data.toString('hex'));
        const expected = datasIn(stream, { frame, build }, headers);
        return heldBytesMax < frame.bytesMax && JSON.stringify(found) === JSON.stringify(expected);
      }),
    );
  });
}

t.test('data longer than the length field can say is not encoded', async (t) => {
  const { frame } = forms['00 40 LEN DATA XOR, as the SAM slot of MW readers has it']!;
  const form = frameFormOf({ frame, reply });
  t.equal(encodeRequest(form, Buffer.alloc(255))?.length, 259);
  t.equal(encodeRequest(form, Buffer.alloc(256)), undefined);
});

t.test('a damaged checksum, a wrong trailer and a reply without status are no frames', async (t) => {
  const { frame, build } = forms['STX LEN DATA ETX BCC, as SL-RF800 and CRT-288 have it']!;
  const form = frameFormOf({ frame, reply });
  const good = build(Buffer.from('5010', 'hex'));
  t.equal(tokensOf(profileFramer(form), good).tokens.length, 1);
  for (const at of [good.length - 1, good.length - 2]) {
    const bad = Buffer.from(good);
    bad[at] = bad[at]! ^ 1;
    t.equal(tokensOf(profileFramer(form), bad).tokens.length, 0, `byte ${at}`);
  }
  t.equal(tokensOf(profileFramer(form), build(Buffer.alloc(0))).tokens.length, 0);
});
