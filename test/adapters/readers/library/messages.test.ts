import { PassThrough } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { callIn, eachLine, hostMessageIn, lineOf } from '../../../../adapters/readers/library/messages.ts';

/** Of all characters, controls included. */
const anyText = fc.string({ unit: fc.nat(0xd7ff).map((code) => String.fromCharCode(code)) });

t.test('messages come out as they went in, however the stream cuts them', async () => {
  const argument = fc.oneof(anyText, fc.integer());
  const call = fc.record(
    { id: fc.nat(), name: fc.string(), args: fc.array(argument) },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(call), fc.integer({ min: 1, max: 50 }), (calls, pieceBytes) => {
      const bytes = Buffer.from(calls.map(lineOf).join(''));
      const { lines } = read(bytes, pieceBytes);
      return isDeepStrictEqual(lines.map(callIn), calls);
    }),
  );
});

t.test('a line without end is not kept', async (t) => {
  const { lines, floods } = read(Buffer.alloc(2_000_000, 'x'), 65_536);
  t.same(lines, []);
  t.ok(floods > 0);
});

t.test('what is no message is nothing', async (t) => {
  for (const line of [
    '',
    '{',
    'null',
    '[]',
    '1',
    '{"type":"answer"}',
    '{"type":"answer","id":1,"ret":0.5,"out":""}',
  ]) {
    t.equal(hostMessageIn(line), undefined, line);
  }
  t.equal(hostMessageIn('{"type":"answer","id":1,"ret":0,"out":5}'), undefined);
  t.equal(hostMessageIn('{"type":"ready","functions":[1]}'), undefined);
  t.equal(hostMessageIn('{"type":"failed"}'), undefined);
  t.equal(callIn('{"id":1,"name":"a","args":[null]}'), undefined);
  t.equal(callIn('{"id":1,"name":"a","args":"b"}'), undefined);
  fc.assert(fc.property(anyText, (line) => hostMessageIn(line) === undefined));
});

function read(bytes: Buffer, pieceBytes: number): { lines: string[]; floods: number } {
  const stream = new PassThrough();
  const lines: string[] = [];
  let floods = 0;
  eachLine(
    stream,
    (line) => lines.push(line),
    () => {
      floods += 1;
    },
  );
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    stream.emit('data', bytes.subarray(at, at + pieceBytes));
  }
  return { lines, floods };
}
