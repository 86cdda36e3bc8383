import fc from 'fast-check';
import t from 'tap';
import type { TraceExchange } from '../../../schemas/trace.ts';
import { explode } from '../../../src/pages/app/console/exploded.ts';
import { statusText } from '../../../src/pages/app/console/trace-words.ts';

const transmit = (command: string, answer: string): TraceExchange => ({
  ...{ place: 'contact', act: 'transmit', command, answer, tookMs: 3 },
});

t.test('a command and its answer are taken apart', async (t) => {
  const [select, read] = explode([
    transmit('00A40000023F0010', '6F05840101019000'),
    transmit('00B2010C00', '9000'),
  ]);
  t.match(select, {
    instruction: 'SELECT',
    command: [
      { part: 'header', hex: '00A40000' },
      { part: 'length', hex: '02' },
      { part: 'data', hex: '3F00' },
      { part: 'expected', hex: '10' },
    ],
    answer: [
      { part: 'data', hex: '6F0584010101' },
      { part: 'status', hex: '9000' },
    ],
  });
  t.match(read, {
    instruction: 'READ RECORD',
    command: [{ part: 'header' }, { part: 'expected', hex: '00' }],
    answer: [{ part: 'status', hex: '9000' }],
  });
});

t.test('what is asked again and again is one line, however long each took', async (t) => {
  const find = (tookMs: number): TraceExchange => ({
    place: 'resident-id',
    act: 'find',
    found: false,
    tookMs,
  });
  const lines = explode([find(1), find(2), find(3), { ...find(4), found: true }]);
  t.strictSame(
    lines.map(({ times, exchange }) => [times, exchange.found]),
    [
      [3, false],
      [1, true],
    ],
  );
});

t.test('no byte is lost or made up, whatever came over the line', async () => {
  const hex = fc
    .uint8Array({ maxLength: 40 })
    .map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());
  fc.assert(
    fc.property(hex, hex, (command, answer) => {
      const [line] = explode([transmit(command, answer)]);
      const joined = (parts: readonly { hex: string }[]) => parts.map((each) => each.hex).join('');
      return joined(line!.command) === command && joined(line!.answer) === answer;
    }),
  );
});

t.test('a status says what it means, where anybody but its issuer knows', async (t) => {
  t.equal(statusText('9000', 'zh-CN'), '成功');
  t.match(statusText('63C2', 'en'), /tries left/);
  t.match(statusText('6110', 'en'), /more/);
  t.equal(statusText('9F99', 'en'), '');
});
