import fc from 'fast-check';
import t from 'tap';
import { type Assembled, ReplyAssembler } from '../../../../adapters/readers/hd/reply.ts';

/** A reply in reports, built here from the words of the facts: 27 bytes in the first, 31 in each that follows. */
function reportsOf(data: Uint8Array, status = 0): Buffer[] {
  const rest = Buffer.from(data);
  const pieces = [rest.subarray(0, 27)];
  for (let at = 27; at < rest.length; at += 31) pieces.push(rest.subarray(at, at + 31));
  return pieces.map((piece, index) => {
    const report = Buffer.alloc(33);
    report[1] = index === pieces.length - 1 ? 0x02 : 0x82;
    const at = index === 0 ? 6 : 2;
    if (index === 0) {
      report[2] = 0x02;
      report[3] = status;
      report.writeUInt16LE(data.length, 4);
    }
    piece.copy(report, at);
    return report;
  });
}

function assemble(reports: readonly Buffer[], ofReset = false): Assembled[] {
  const assembler = new ReplyAssembler({ ofReset });
  return reports.map((report) => assembler.take(report));
}

t.test('a reply is put together from as many reports as its length takes', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 258 }), (data) => {
      const assembled = assemble(reportsOf(data));
      const last = assembled.pop();
      return (
        assembled.every((each) => each === 'more') &&
        typeof last === 'object' &&
        last.status === 0 &&
        last.data.equals(data)
      );
    }),
  );
});

t.test('an ATR stands a byte further to the front; one that does not is read too', async (t) => {
  const atr = Buffer.from('3B6D000000813147318650430200000013', 'hex');
  const front = Buffer.alloc(33);
  front.set([0x00, 0x02, 0x02, 0x00, atr.length, ...atr]);
  t.same(assemble([front], true), [{ status: 0, data: atr }]);
  t.same(assemble(reportsOf(atr), true), [{ status: 0, data: atr }]);
});

t.test('a status other than 00 is the whole reply, and CC is none yet', async (t) => {
  const nothing = Buffer.alloc(0);
  t.same(assemble(reportsOf(nothing, 0xc2)), [{ status: 0xc2, data: nothing }]);
  t.strictSame(assemble(reportsOf(nothing, 0xcc)), ['working']);
});

t.test(
  'whatever comes for reports, nothing is thrown, little is kept, and a good reply follows',
  async () => {
    const report = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.constantFrom(0x02, 0x82), fc.constantFrom(0x00, 0xcc, 0xc2), fc.nat({ max: 0xffff }))
        .map(([mark, status, length]) => [
          0,
          mark,
          2,
          status,
          length & 0xff,
          length >> 8,
          ...Array(27).fill(7),
        ]),
    );
    fc.assert(
      fc.property(fc.array(report, { maxLength: 30 }), fc.uint8Array({ maxLength: 258 }), (noise, data) => {
        const assembler = new ReplyAssembler({ ofReset: false });
        for (const bytes of noise) {
          const assembled = assembler.take(Buffer.from(bytes));
          if (typeof assembled === 'object' && assembled.data.length > 258) return false;
        }
        // A report without a mark ends what was begun.
        assembler.take(Buffer.alloc(33));
        const last = reportsOf(data)
          .map((each) => assembler.take(each))
          .at(-1);
        return typeof last === 'object' && last.data.equals(data);
      }),
      { numRuns: 500 },
    );
  },
);
