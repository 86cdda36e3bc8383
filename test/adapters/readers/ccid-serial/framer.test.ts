import fc from 'fast-check';
import t from 'tap';
import { FRAME_BYTES_MAX } from '../../../../adapters/readers/ccid-serial/frame.ts';
import { ccidFramer } from '../../../../adapters/readers/ccid-serial/framer.ts';
import { tokensOf } from '../helper.ts';

/** A frame, built here from the specification's words and not with the code under test. */
function frameOf(type: number, seq: number, data: Uint8Array): Buffer {
  const length = data.length;
  const bytes = Buffer.from([3, 6, type, length & 0xff, length >> 8, 0, 0, 0, seq, 0, 0, 0, ...data]);
  return Buffer.concat([bytes, Buffer.of(bytes.reduce((a, b) => a ^ b, 0))]);
}

/** What messages are in the bytes, found slowly: at each place a whole frame, or on to the next byte. */
function messagesIn(bytes: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = frameEnd(bytes, at);
    if (end !== undefined) messages.push(bytes.toString('hex', at + 12, end - 1));
    at = end ?? at + 1;
  }
  return messages;
}

function frameEnd(bytes: Buffer, at: number): number | undefined {
  if (bytes[at] !== 3 || bytes[at + 1] !== 6 || at + 13 > bytes.length) return undefined;
  const type = bytes[at + 2]!;
  if (!((type >= 0x80 && type <= 0x84) || (type >= 0x61 && type <= 0x73))) return undefined;
  const end = at + 13 + bytes.readUInt32LE(at + 3);
  if (end - at > 274 || end > bytes.length) return undefined;
  return bytes.subarray(at, end).reduce((a, b) => a ^ b, 0) === 0 ? end : undefined;
}

function read(bytes: Buffer, pieceBytes?: readonly number[]) {
  const { tokens, heldBytesMax } = tokensOf(ccidFramer(), bytes, pieceBytes);
  const messages = tokens.filter((token) => token.kind === 'message').map((token) => token.message);
  return { tokens, messages: messages.map(({ data }) => data.toString('hex')), heldBytesMax };
}

const goodFrame = fc
  .tuple(fc.constantFrom(0x80, 0x81, 0x6f), fc.nat({ max: 255 }), fc.uint8Array({ maxLength: 261 }))
  .map(([type, seq, data]) => frameOf(type, seq, data));
const headerLike = fc
  .tuple(fc.constantFrom('030680', '030681', '0306', '03', '50', '0315'), fc.nat({ max: 0xffff }))
  .map(([head, length]) => Buffer.from(`${head}${length.toString(16).padStart(4, '0')}0000`, 'hex'));
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
const signals = fc
  .constantFrom('031516', '5002', '5003', '50', '03', '80', 'ff')
  .map((hex) => Buffer.from(hex, 'hex'));
const pieces = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 });

t.test('messages, NAK, slot changes and time requests are told apart', (t) => {
  const bytes = Buffer.concat([
    Buffer.from('031516', 'hex'),
    Buffer.from('5003', 'hex'),
    Buffer.from('5002', 'hex'),
    Buffer.from('90', 'hex'),
    frameOf(0x80, 7, Buffer.from('9000', 'hex')),
  ]);
  for (const pieceBytes of [1, 2, 3, 100]) {
    const { tokens } = read(bytes, [pieceBytes]);
    const kinds = tokens.map((token) => (token.kind === 'slot-change' ? token.present : token.kind));
    t.strictSame(kinds, ['nak', true, false, 'time-request', 'message']);
  }
  t.end();
});

t.test('a message carries type, slot, number and status', (t) => {
  const bytes = Buffer.from('03068100000000000942fe00', 'hex');
  const lrc = bytes.reduce((a, b) => a ^ b, 0);
  const [token] = read(Buffer.concat([bytes, Buffer.of(lrc)])).tokens;
  t.match(token, { kind: 'message', message: { type: 0x81, slot: 0, seq: 9, status: 0x42, error: 0xfe } });
  t.strictSame(read(Buffer.concat([bytes, Buffer.of(lrc ^ 1)])).messages, [], 'a wrong LRC is no message');
  t.end();
});

t.test('a good frame behind a false header is found', (t) => {
  const good = frameOf(0x80, 1, Buffer.from('9000', 'hex'));
  for (const header of ['030680ff00000000', '0306', '03', '50', '0306800501000000', '030680ffffffff']) {
    t.strictSame(read(Buffer.concat([Buffer.from(header, 'hex'), good]), [2]).messages, ['9000'], header);
  }
  t.end();
});

t.test('good frames between garbage are all found, however the bytes are split', async () => {
  const harmless = fc
    .uint8Array({ maxLength: 50 })
    .map((bytes) => Buffer.from(bytes.map((byte) => byte | 0x08)));
  fc.assert(
    fc.property(fc.array(fc.tuple(harmless, goodFrame), { maxLength: 10 }), pieces, (parts, pieceBytes) => {
      const { messages } = read(Buffer.concat(parts.flat()), pieceBytes);
      const expected = parts.map(([, frame]) => frame.toString('hex', 12, frame.length - 1));
      return JSON.stringify(messages) === JSON.stringify(expected);
    }),
  );
});

t.test(
  'any mix of frames, damaged, truncated and false ones gives what a slow reading of the whole gives',
  async () => {
    const part = fc.oneof(goodFrame, damaged, truncated, garbage, headerLike, signals);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), pieces, (parts, pieceBytes) => {
        const bytes = Buffer.concat(parts);
        const { messages, heldBytesMax } = read(bytes, pieceBytes);
        return (
          JSON.stringify(messages) === JSON.stringify(messagesIn(bytes)) && heldBytesMax < FRAME_BYTES_MAX
        );
      }),
      { numRuns: 500 },
    );
  },
);

t.test('megabytes of false headers are worked off and a good frame after them is found', (t) => {
  const falseHeaders = Buffer.alloc(2_000_000, Buffer.from('030680ff00000000', 'hex'));
  const good = frameOf(0x80, 1, Buffer.from('9000', 'hex'));
  const { messages, heldBytesMax } = read(Buffer.concat([falseHeaders, good]), [4096]);
  t.equal(messages.at(-1), '9000');
  t.ok(heldBytesMax < FRAME_BYTES_MAX);
  t.end();
});
