import fc from 'fast-check';
import t from 'tap';
import { CodeAssembler } from '../../../../adapters/readers/hid-scanner/assembler.ts';
import { TestTimers } from '../../../card/timers.ts';
import { TestClock } from '../../../helper.ts';
import { capturedReports, capturedTexts } from './captured.ts';
import { firstLayout, secondLayout, thirdLayout } from './reports.ts';

function assembler(vendorId = '05e0') {
  const codes: string[] = [];
  const timers = new TestTimers(new TestClock());
  const assembling = new CodeAssembler(vendorId, (code) => codes.push(code), timers);
  const take = (...reports: Buffer[]) => {
    for (const report of reports) assembling.take(report);
  };
  return { assembling, codes, timers, take };
}

/** The code in reports of 56 bytes. */
function chainOf(code: string, layout: (data: string, more: number) => Buffer): Buffer[] {
  const pieces = code.match(/.{1,56}/gs) ?? [];
  return pieces.map((piece, index) => layout(piece, index < pieces.length - 1 ? 1 : 0));
}

const LONG = 'E1'.repeat(100);

t.test('the captured chain is one text, and the report after it another', async (t) => {
  const { codes, take } = assembler('0c2e');
  take(...capturedReports);
  t.strictSame(codes, [`${capturedTexts[0]}\r\n`, capturedTexts[1]]);
});

t.test('a code of many reports is put together, in each layout', async (t) => {
  for (const [layout, vendorId] of [
    [firstLayout, '05e0'],
    [secondLayout, '05f9'],
    [thirdLayout, '1eab'],
  ] as const) {
    const { codes, timers, take } = assembler(vendorId);
    take(...chainOf(LONG, layout));
    t.strictSame(codes, [LONG]);
    t.equal(timers.count, 0, 'nothing is waited for');
  }
});

t.test('letters beyond ASCII that two reports share stay whole', async (t) => {
  const { codes, take } = assembler();
  const bytes = Buffer.from('健'.repeat(20));
  take(firstLayout(bytes.subarray(0, 56), 1), firstLayout(bytes.subarray(56)));
  t.strictSame(codes, ['健'.repeat(20)]);
});

t.test('a chain that stops is dropped after a pause, and the next code is whole', async (t) => {
  const { assembling, codes, timers, take } = assembler();
  take(firstLayout('abandoned', 1));
  await timers.advance(400);
  take(firstLayout('too', 1));
  await timers.advance(400);
  t.equal(assembling.heldBytes, 12, 'each report gives it time again');
  await timers.advance(200);
  t.equal(assembling.heldBytes, 0);
  take(firstLayout('whole'));
  t.strictSame(codes, ['whole']);
});

t.test('a chain that another kind of code breaks into is dropped', async (t) => {
  const { codes, take } = assembler();
  take(firstLayout('abandoned', 1, ']C1'), firstLayout('whole', 0, ']Q1'));
  t.strictSame(codes, ['whole']);
});

t.test('a chain longer than any code is swallowed to its end, and holds no memory', async (t) => {
  const { assembling, codes, timers, take } = assembler();
  for (let index = 0; index < 10_000; index++) take(firstLayout('x'.repeat(56), 1));
  t.equal(assembling.heldBytes, 0);
  t.equal(timers.count, 1);
  take(firstLayout('the end'), firstLayout('whole'));
  t.strictSame(codes, ['whole']);
});

t.test('the longest code passes, one letter more does not', async (t) => {
  const { codes, take } = assembler();
  take(...chainOf('x'.repeat(4_096), firstLayout), ...chainOf('x'.repeat(4_097), firstLayout));
  t.strictSame(codes, ['x'.repeat(4_096)]);
});

t.test('reports without data are no code', async (t) => {
  const { codes, take } = assembler();
  take(firstLayout(''), firstLayout('', 1), firstLayout('ab', 1), firstLayout(''));
  t.strictSame(codes, ['ab']);
});

t.test('after any reports and a pause a good code is found, and no more is held than a code', async () => {
  const report = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.uint8Array({ maxLength: 56 }), fc.nat(1), fc.constantFrom(']Q1', ']C0'))
      .map(([data, more, aim]) => firstLayout(data, more, aim)),
    fc.uint8Array({ maxLength: 56 }).map((data) => secondLayout(data, 1)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(report, { maxLength: 200 }), async (reports) => {
      const { assembling, codes, timers, take } = assembler();
      let heldBytesMax = 0;
      for (const each of reports) {
        take(each);
        heldBytesMax = Math.max(heldBytesMax, assembling.heldBytes);
      }
      await timers.advance(1_000);
      take(...chainOf(LONG, firstLayout));
      return codes.at(-1) === LONG && heldBytesMax <= 4_096 && timers.count === 0;
    }),
    { numRuns: 200 },
  );
});
