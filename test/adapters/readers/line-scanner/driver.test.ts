import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { readerDriverOf } from '../../../../adapters/readers/index.ts';
import { lineScannerDriver } from '../../../../adapters/readers/line-scanner/driver.ts';
import { settle, TestTimers } from '../../../card/timers.ts';
import { TestClock } from '../../../helper.ts';
import { codeOf, never } from '../helper.ts';
import { openPty } from '../pty.ts';

const CODE = '424'.padEnd(28, '0');
const TIMEOUT_MS = 5_000;

async function scanner() {
  const stream = new PassThrough();
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  const timers = new TestTimers(new TestClock());
  const close = async () => resolve();
  const transport = { description: 'a line in a test', open: async () => ({ stream, lost, close }) };
  const reader = await lineScannerDriver(transport, timers).open(never);
  const say = async (text: string) => {
    stream.write(text);
    await settle();
  };
  return { reader, timers, say, codes: reader.codes! };
}

t.test('a pause ends a code that has no line end, and not one whose bytes only dawdle', async (t) => {
  const { codes, timers, say } = await scanner();
  const code = codes.next(TIMEOUT_MS, never);
  for (const piece of [CODE.slice(0, 5), CODE.slice(5, 20), CODE.slice(20)]) {
    await say(piece);
    await timers.advance(299);
  }
  await timers.advance(1);
  t.equal(await code, CODE);
});

t.test('a line end needs no pause, and leaves nothing to wait for', async (t) => {
  const { codes, timers, say } = await scanner();
  const code = codes.next(TIMEOUT_MS, never);
  await say(`${CODE}\r\n`);
  t.equal(await code, CODE);
  await say('B\r');
  t.equal(await codes.next(0, never), 'B');
  await timers.advance(2_000);
  t.equal(timers.count, 0);
});

t.test('a lost line leaves nothing behind', async (t) => {
  const { reader, codes, timers, say } = await scanner();
  await say('A\rhalf');
  const waiting = [codes.next(0, never), codeOf(reader.lost)];
  await reader.close();
  t.strictSame(await Promise.all(waiting), ['A', 'none']);
  await settle();
  t.equal(timers.count, 0);
  t.equal(await codeOf(codes.next(0, never)), 'reader.lost');
});

t.test('codes come through a box on the network, until it hangs up', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const accepted = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const transport = { kind: 'tcp', host: '127.0.0.1', port } as const;
  const driver = readerDriverOf({ id: 'desk', dialect: 'line-scanner', transport });
  t.equal(driver.description, `scanner, tcp 127.0.0.1:${port}`);
  const reader = await driver.open(never);
  const [box]: Socket[] = await accepted;
  const code = reader.codes!.next(TIMEOUT_MS, never);
  box!.write(`]Q1${CODE}\r`);
  t.equal(await code, CODE);
  const waiting = codeOf(reader.codes!.next(TIMEOUT_MS, never));
  box!.destroy();
  t.equal(await waiting, 'reader.lost');
  await reader.lost;
  await reader.close();
});

const pty = await openPty();
const unavailable = 'unavailable' in pty ? pty.unavailable : false;

t.test('codes come over a serial line, until it is pulled', { skip: unavailable }, async (t) => {
  if ('unavailable' in pty) return;
  const { path, stream } = pty;
  const transport = { kind: 'serial', path } as const;
  const driver = readerDriverOf({ id: 'desk', dialect: 'line-scanner', transport });
  t.equal(driver.description, `scanner, serial ${path} 9600`);
  const reader = await driver.open(never);
  for (const end of ['\r\n', '\t', '']) {
    const code = reader.codes!.next(TIMEOUT_MS, never);
    stream.write(`\x02${CODE}${end}`);
    t.equal(await code, CODE, JSON.stringify(end));
  }
  const waiting = codeOf(reader.codes!.next(TIMEOUT_MS, never));
  await reader.close();
  t.equal(await waiting, 'reader.lost');
  await reader.lost;
  pty.unplug();
});
