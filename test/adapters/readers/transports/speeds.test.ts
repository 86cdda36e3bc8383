import { spawnSync } from 'node:child_process';
import { Duplex, duplexPair } from 'node:stream';
import t from 'tap';
import { readerDriverOf } from '../../../../adapters/readers/index.ts';
import { profileDriver } from '../../../../adapters/readers/profile/driver.ts';
import { loadProfile } from '../../../../adapters/readers/profile/load.ts';
import type { Transport } from '../../../../adapters/readers/transports/line.ts';
import { searchingSpeed } from '../../../../adapters/readers/transports/speeds.ts';
import { Fault } from '../../../../src/errors.ts';
import { virtualReader } from '../../../../src/sandbox/readers/reader.ts';
import { codeOf, never, residentId } from '../helper.ts';
import { openPty } from '../pty.ts';

const TIMEOUT_MS = 1_000;
const sam = loadProfile('sam-v');
const first = await openPty();
const unavailable = 'unavailable' in first ? first.unavailable : false;
if (!('unavailable' in first)) first.unplug();

/** A line to a module that is set to one speed: at any other, both sides get something else. */
function lineTo(module: { baudRate: number }) {
  const tried: number[] = [];
  const open: number[] = [];
  const at = (baudRate: number): Transport => ({
    description: `a line at ${baudRate}`,
    async open() {
      tried.push(baudRate);
      open.push(baudRate);
      const [stream, far] = duplexPair();
      if (baudRate === module.baudRate) void virtualReader({ dialect: 'sam-v' }).attach(far);
      else far.on('data', (bytes: Buffer) => far.write(bytes.map((byte) => byte ^ 0x55)));
      const { promise: lost, resolve } = Promise.withResolvers<void>();
      const close = async () => {
        if (!stream.destroyed) open.splice(open.indexOf(baudRate), 1);
        stream.destroy();
        far.destroy();
        resolve();
      };
      return { stream, lost, close };
    },
  });
  return { tried, open, at };
}

t.test('the speed is found at which the module answers, and remembered', async (t) => {
  const module = { baudRate: 19_200 };
  const { tried, open, at } = lineTo(module);
  const driver = profileDriver(sam, searchingSpeed(115_200, at));
  t.equal(driver.description, 'SAM-V, a line at 115200');
  const reader = await driver.open(never);
  t.equal(await reader.residentId?.find(TIMEOUT_MS), false);
  t.strictSame(tried, [115_200, 57_600, 38_400, 19_200]);
  t.strictSame(open, [19_200], 'no line is left behind');
  await reader.close();

  tried.length = 0;
  await (await driver.open(never)).close();
  t.strictSame(tried, [19_200], 'the next opening begins there');

  tried.length = 0;
  module.baudRate = 9_600;
  await (await driver.open(never)).close();
  t.strictSame(tried, [19_200, 115_200, 57_600, 38_400, 9_600], 'and looks again where it has changed');
});

t.test('a speed of its own is tried before the usual ones', async (t) => {
  const { tried, at } = lineTo({ baudRate: 115_200 });
  await (await profileDriver(sam, searchingSpeed(4_800, at)).open(never)).close();
  t.strictSame(tried, [4_800, 115_200]);
});

t.test('where no speed brings an answer the reader is absent, after two rounds', async (t) => {
  const { tried, open, at } = lineTo({ baudRate: 300 });
  t.equal(await codeOf(profileDriver(sam, searchingSpeed(115_200, at)).open(never)), 'reader.absent');
  t.equal(tried.length, 10);
  t.strictSame(open, []);
});

t.test('the search ends when it is given up, and at once where the port is missing', async (t) => {
  const { tried, open, at } = lineTo({ baudRate: 300 });
  const given = profileDriver(sam, searchingSpeed(115_200, at)).open(AbortSignal.timeout(100));
  t.equal(await codeOf(given), 'reader.absent');
  t.strictSame(tried, [115_200]);
  t.strictSame(open, []);
  let opened = 0;
  const missing = searchingSpeed(115_200, () => ({
    description: 'no port',
    async open() {
      opened += 1;
      throw new Fault('reader.absent');
    },
  }));
  t.equal(await codeOf(profileDriver(sam, missing).open(never)), 'reader.absent');
  t.equal(opened, 1);
});

t.test('on a serial port the speed is set and found', { skip: unavailable }, async (t) => {
  const pty = await openPty();
  if ('unavailable' in pty) throw new Error(pty.unavailable);
  t.teardown(() => pty.unplug());
  const virtual = virtualReader({ dialect: 'sam-v' });
  virtual.insert(residentId());
  void virtual.attach(onlyAt('38400', pty.path, pty.stream));
  const transport = { kind: 'serial', path: pty.path, findBaudRate: true } as const;
  const reader = await readerDriverOf({ id: 'desk', dialect: 'sam-v', transport }).open(never);
  t.equal(speedOf(pty.path), '38400');
  t.equal(await reader.residentId?.find(TIMEOUT_MS), true);
  await reader.close();
});

/** What the host sent at that speed, as far as a pseudo terminal keeps one. */
function onlyAt(speed: string, path: string, line: Duplex): Duplex {
  const heard = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      line.write(chunk, done);
    },
  });
  line.on('data', (chunk) => {
    if (speedOf(path) === speed) heard.push(chunk);
  });
  line.once('close', () => heard.destroy());
  return heard;
}

function speedOf(path: string): string {
  return spawnSync('stty', ['-F', path, 'speed'], { encoding: 'utf8' }).stdout.trim();
}
