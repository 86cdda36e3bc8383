import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { Revocations } from '../../src/card/revocations.ts';
import { TestClock, temporaryFolder } from '../helper.ts';
import { settle, TestTimers } from './timers.ts';

const CARD_ID = '639900D15600000500BF7C7A48FB4966';

function setUp(t: Test) {
  const file = join(temporaryFolder(t), 'revoked.txt');
  const lines: { level: number; msg: string; why?: string }[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  const timers = new TestTimers(new TestClock());
  const revocations = new Revocations({ file, logger, timers });
  const warnings = () => lines.filter(({ level }) => level === 40);
  return { file, revocations, timers, warnings, write: (text: string | Buffer) => writeFileSync(file, text) };
}

t.test('cards stand on the list under either number, in any writing', async (t) => {
  const { revocations, write, warnings } = setUp(t);
  write(`\ufeff# 挂失\r\n${CARD_ID.toLowerCase()}\r\n\r\n  X00000027 # 张 2026-03-01\nX00000035`);
  await revocations.start();
  t.ok(revocations.has([CARD_ID]));
  t.ok(revocations.has(['nothing', 'x00000027']));
  t.ok(revocations.has(['X00000035']), 'the last line needs no end');
  t.notOk(revocations.has(['X00000019']));
  t.notOk(revocations.has([]));
  t.same(warnings(), []);
  await revocations.stop();
});

t.test('the list is read anew when it changes, for as long as the gateway runs', async (t) => {
  const { revocations, write, timers } = setUp(t);
  write('X00000019\n');
  await revocations.start();
  write('X00000019\nX00000027\n');
  t.notOk(revocations.has(['X00000027']));
  await timers.advance(3_000);
  await revocations.refresh();
  t.ok(revocations.has(['X00000027']));
  write('# 已补卡 / replaced\n');
  await settle();
  await timers.advance(3_000);
  await revocations.refresh();
  t.notOk(revocations.has(['X00000019']));
  await revocations.stop();
  t.equal(timers.count, 0, 'nothing is left waiting');
});

t.test('a file that is no list is told once, and the last good list stays', async (t) => {
  const { file, revocations, write, warnings } = setUp(t);
  write('X00000019\n');
  await revocations.refresh();
  const bad: [content: string | Buffer | undefined, why: string][] = [
    ['X00000027\n卡号 一\n', 'line 2'],
    [Buffer.from([0xff, 0xfe, 0x58, 0x00]), 'line 1'],
    [Buffer.alloc(16 * 1024 * 1024 + 1, 0x0a), '16777217 bytes'],
    [undefined, 'ENOENT'],
  ];
  for (const [index, [content, why]] of bad.entries()) {
    if (content === undefined) rmSync(file);
    else write(content);
    await revocations.refresh();
    await revocations.refresh();
    t.equal(warnings().length, index + 1, why);
    t.match(warnings().at(-1), { why, msg: /挂失名单不可用/ });
    t.ok(revocations.has(['X00000019']), 'the last good list');
    t.notOk(revocations.has(['X00000027']));
  }
  t.notMatch(JSON.stringify(warnings()), /卡号 一/, 'what stands in it is not told');
  write('X00000027\n');
  await revocations.refresh();
  t.ok(revocations.has(['X00000027']));
  t.notOk(revocations.has(['X00000019']));
});

t.test('a folder or nothing in its place stops nobody', async (t) => {
  const folder = temporaryFolder(t);
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(line) });
  for (const file of [folder, join(folder, 'none', 'revoked.txt')]) {
    const revocations = new Revocations({ file, logger, timers: new TestTimers(new TestClock()) });
    await revocations.start();
    t.notOk(revocations.has([CARD_ID]));
    await revocations.stop();
  }
  t.equal(lines.length, 2);
});
