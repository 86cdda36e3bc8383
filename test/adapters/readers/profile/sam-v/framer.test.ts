import fc from 'fast-check';
import t from 'tap';
import { profileFramer } from '../../../../../adapters/readers/profile/framer.ts';
import { loadProfile } from '../../../../../adapters/readers/profile/load.ts';
import { tokensOf } from '../../helper.ts';

/** The longest reply known: text, photo and fingerprint, LEN 090A. */
const REPLY_BYTES_MAX = 2_321;

const { form } = loadProfile('sam-v');
const samFramer = () => profileFramer(form);

const PREAMBLES = ['aaaaaa9669', 'aaaaaaa55a'];

/** A reply, built here from the standard's words and not with the code under test. */
function replyOf(sw3: number, data: Uint8Array, preamble = 'aaaaaa9669'): Buffer {
  const length = 4 + data.length;
  const body = Buffer.from([length >> 8, length & 0xff, 0, 0, sw3, ...data]);
  return Buffer.concat([Buffer.from(preamble, 'hex'), body, Buffer.of(body.reduce((a, b) => a ^ b, 0))]);
}

/** What is in the bytes, found slowly: at each place a whole frame, or on to the next byte. */
function framesIn(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = frameEnd(bytes, at);
    if (end !== undefined) frames.push(bytes.subarray(at + 7, end - 1).toString('hex'));
    at = end ?? at + 1;
  }
  return frames;
}

function frameEnd(bytes: Buffer, at: number): number | undefined {
  if (!PREAMBLES.includes(bytes.toString('hex', at, at + 5)) || at + 7 > bytes.length) return undefined;
  const length = bytes.readUInt16BE(at + 5);
  const end = at + 7 + length;
  if (length < 4 || 7 + length > REPLY_BYTES_MAX || end > bytes.length) return undefined;
  return bytes.subarray(at + 5, end).reduce((a, b) => a ^ b, 0) === 0 ? end : undefined;
}

function read(bytes: Buffer, pieceBytes?: readonly number[]) {
  const { tokens, heldBytesMax } = tokensOf(samFramer(), bytes, pieceBytes);
  return {
    frames: tokens.map(({ data }) => data.toString('hex')),
    heldBytesMax,
  };
}

const goodFrame = fc
  .tuple(
    fc.constantFrom(0x90, 0x9f, 0x80, 0x41),
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(...PREAMBLES),
  )
  .map(([sw3, data, preamble]) => replyOf(sw3, data, preamble));
const headerLike = fc
  .tuple(fc.constantFrom(...PREAMBLES), fc.integer({ min: 0, max: 0xffff }))
  .map(([preamble, length]) => Buffer.from(preamble + length.toString(16).padStart(4, '0'), 'hex'));
const damaged = fc
  .tuple(goodFrame, fc.nat(), fc.integer({ min: 1, max: 255 }))
  .map(([frame, place, change]) => {
    const copy = Buffer.from(frame);
    const index = place % copy.length;
    copy[index] = copy[index]! ^ change;
    return copy;
  });
const truncated = fc
  .tuple(goodFrame, fc.nat())
  .map(([frame, place]) => frame.subarray(0, place % frame.length));
const garbage = fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes));
const preambleBytes = fc
  .array(fc.constantFrom(0xaa, 0x96, 0x69, 0xa5, 0x5a, 0x00, 0x04), { maxLength: 20 })
  .map((bytes) => Buffer.from(bytes));
const pieces = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 });

t.test('the published replies are understood', (t) => {
  const replies: [hex: string, sw3: number, dataBytes: number][] = [
    ['AAAAAA9669000800009F0000000097', 0x9f, 4],
    ['AAAAAA9669000400008084', 0x80, 0],
    [`AAAAAA9669000C000090${'00'.repeat(8)}9C`, 0x90, 8],
    ['AAAAAA9669000400008185', 0x81, 0],
    ['AAAAAA9669000400004145', 0x41, 0],
    ['AAAAAA9669000400009094', 0x90, 0],
  ];
  for (const [hex, sw3, dataBytes] of replies) {
    const { tokens } = tokensOf(samFramer(), Buffer.from(hex, 'hex'));
    t.equal(tokens.length, 1, hex);
    t.equal(tokens[0]?.status, sw3);
    t.equal(tokens[0]?.data.length, 3 + dataBytes);
  }
  t.end();
});

t.test('the longest replies are understood', (t) => {
  for (const bytes of [1295, 2321]) {
    const reply = replyOf(0x90, Buffer.alloc(bytes - 11, 0xaa));
    t.equal(reply.length, bytes);
    t.equal(read(reply, [1]).frames.length, 1, `${bytes} bytes, one at a time`);
  }
  t.end();
});

t.test('a reply with the other preamble is understood', (t) => {
  t.strictSame(read(replyOf(0x9f, Buffer.alloc(4), 'aaaaaaa55a')).frames, ['00009f00000000']);
  t.end();
});

t.test('a good frame behind a false header is found, whatever length that claims', (t) => {
  const good = replyOf(0x9f, Buffer.alloc(4));
  for (const header of [
    'AAAAAA96690004',
    'AAAAAA96690508',
    'AAAAAA9669090A',
    'AAAAAA9669FFFF',
    'AAAAAA96',
    'AAAAAA',
  ]) {
    t.strictSame(
      read(Buffer.concat([Buffer.from(header, 'hex'), good]), [3]).frames,
      ['00009f00000000'],
      header,
    );
  }
  t.end();
});

t.test('good frames behind several false headers are found', (t) => {
  const header = Buffer.from('AAAAAA9669090A', 'hex');
  const good = replyOf(0x9f, Buffer.alloc(4));
  t.equal(read(Buffer.concat([header, good, header, good, header, good])).frames.length, 3);
  t.end();
});

t.test('good frames between garbage are all found, however the bytes are split', async () => {
  const harmless = fc
    .uint8Array({ maxLength: 50 })
    .map((bytes) => Buffer.from(bytes.map((byte) => byte & 0x7f)));
  fc.assert(
    fc.property(fc.array(fc.tuple(harmless, goodFrame), { maxLength: 10 }), pieces, (parts, pieceBytes) => {
      const { frames } = read(Buffer.concat(parts.flat()), pieceBytes);
      const expected = parts.map(([, frame]) => frame.subarray(7, -1).toString('hex'));
      return JSON.stringify(frames) === JSON.stringify(expected);
    }),
  );
});

t.test(
  'any mix of frames, damaged, truncated and false ones gives what a slow reading of the whole gives',
  async () => {
    const part = fc.oneof(goodFrame, damaged, truncated, garbage, headerLike, preambleBytes);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), pieces, (parts, pieceBytes) => {
        const bytes = Buffer.concat(parts);
        const { frames, heldBytesMax } = read(bytes, pieceBytes);
        return JSON.stringify(frames) === JSON.stringify(framesIn(bytes)) && heldBytesMax < REPLY_BYTES_MAX;
      }),
      { numRuns: 500 },
    );
  },
);

t.test('megabytes of false headers are worked off and a good frame after them is found', (t) => {
  const falseHeaders = Buffer.alloc(2_000_000, Buffer.from('AAAAAA9669090A', 'hex'));
  const { frames, heldBytesMax } = read(
    Buffer.concat([falseHeaders, replyOf(0x9f, Buffer.alloc(4))]),
    [4096],
  );
  t.equal(frames.at(-1), '00009f00000000');
  t.ok(heldBytesMax < REPLY_BYTES_MAX);
  t.end();
});

t.test('a good frame behind a false header is found by itself once the line pauses', (t) => {
  const framer = samFramer();
  framer.once('data', (reply) => {
    t.equal(reply.status, 0x9f);
    framer.destroy();
    t.end();
  });
  framer.write(Buffer.concat([Buffer.from('AAAAAA9669090A', 'hex'), replyOf(0x9f, Buffer.alloc(4))]));
  // The framer's own timer does not keep a process alive.
  t.teardown(
    clearTimeout.bind(
      undefined,
      setTimeout(() => {}, 10_000),
    ),
  );
});
