import fc from 'fast-check';
import t from 'tap';
import { encodeMessage, MessageCutter } from '../../../../adapters/readers/vpcd/message.ts';

const messages = fc.array(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 10 },
);
const pieces = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 10 });

t.test('a message is its length, big-endian, and its bytes', async (t) => {
  t.equal(encodeMessage(Buffer.of(0x04)).toString('hex'), '000104');
  const long = encodeMessage(Buffer.alloc(0x0102, 0xaa));
  t.equal(long.toString('hex', 0, 3), '0102aa');
  t.same(new MessageCutter().take(long), [long.subarray(2)]);
});

t.test('the longest message passes, one byte more does not', async (t) => {
  const [longest] = new MessageCutter().take(encodeMessage(Buffer.alloc(4_096)));
  t.equal((longest as Buffer).length, 4_096);
  t.equal(new MessageCutter().take(encodeMessage(Buffer.alloc(4_097))), 'too-long');
  t.equal(new MessageCutter().take(Buffer.from('ffff', 'hex')), 'too-long', 'and is not waited for');
});

t.test('messages come out as they went in, however the bytes are split', async () => {
  fc.assert(
    fc.property(messages, pieces, (sent, pieceBytes) => {
      const bytes = Buffer.concat(sent.map(encodeMessage));
      const cutter = new MessageCutter();
      const cut: string[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const end = at + pieceBytes[turn % pieceBytes.length]!;
        for (const each of cutter.take(bytes.subarray(at, end))) cut.push(Buffer.from(each).toString('hex'));
        at = end;
      }
      return cutter.heldBytes === 0 && cut.join() === sent.map((each) => each.toString('hex')).join();
    }),
  );
});

t.test('whatever bytes come, no more than one message is held', async () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 2_000 }), { maxLength: 20 }), (chunks) => {
      const cutter = new MessageCutter();
      return chunks.every(
        (chunk) => cutter.take(Buffer.from(chunk)) === 'too-long' || cutter.heldBytes < 2 + 4_096,
      );
    }),
    { numRuns: 500 },
  );
});
