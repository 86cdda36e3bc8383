import t, { type Test } from 'tap';
import { readerDriverOf } from '../../../../adapters/readers/index.ts';
import { serialTransport } from '../../../../adapters/readers/transports/serial.ts';
import { virtualReader } from '../../../../src/sandbox/readers/reader.ts';
import { ATR, codeOf, never, residentId, scriptedCard } from '../helper.ts';
import { openPty, type Pty } from '../pty.ts';

const TIMEOUT_MS = 1_000;
const first = await openPty();
const unavailable = 'unavailable' in first ? first.unavailable : false;
if (!('unavailable' in first)) first.unplug();

async function line(t: Test): Promise<Pty> {
  const pty = await openPty();
  if ('unavailable' in pty) throw new Error(pty.unavailable);
  t.teardown(() => pty.unplug());
  return pty;
}

function serial(path: string) {
  return { kind: 'serial', path } as const;
}

t.test('a resident ID card is read over a serial line', { skip: unavailable }, async (t) => {
  const { path, stream } = await line(t);
  const virtual = virtualReader({ dialect: 'sam-v' });
  void virtual.attach(stream);
  const card = residentId();
  virtual.insert(card);
  const driver = readerDriverOf({ id: 'desk', dialect: 'sam-v', transport: serial(path) });
  t.equal(driver.description, `SAM-V, serial ${path} 115200`);
  const reader = await driver.open(never);
  t.equal(await reader.residentId?.find(TIMEOUT_MS), true);
  t.same(await reader.residentId?.read(TIMEOUT_MS), card);
  await reader.close();
  await reader.close();
  await reader.lost;
});

t.test(
  'a chip card is asked over a serial line, all byte values included',
  { skip: unavailable },
  async (t) => {
    const { path, stream } = await line(t);
    const virtual = virtualReader({ dialect: 'ccid-serial' });
    void virtual.attach(stream);
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('hex');
    virtual.insert(scriptedCard({ '00B0000000': `${all}9000` }));
    const reader = await readerDriverOf({ id: 'desk', dialect: 'ccid-serial', transport: serial(path) }).open(
      never,
    );
    t.equal((await reader.slot?.powerOn(TIMEOUT_MS))?.toString('hex').toUpperCase(), ATR);
    const answer = await reader.slot?.transmit(Buffer.from('00B0000000', 'hex'), TIMEOUT_MS);
    t.equal(answer?.toString('hex'), `${all}9000`);
    await reader.close();
  },
);

t.test(
  'a serial line that is pulled is lost, in the middle of a read too',
  { skip: unavailable },
  async (t) => {
    const pty = await line(t);
    const virtual = virtualReader({ dialect: 'sam-v' });
    void virtual.attach(pty.stream);
    virtual.insert(residentId());
    const reader = await readerDriverOf({ id: 'desk', dialect: 'sam-v', transport: serial(pty.path) }).open(
      never,
    );
    t.equal(await reader.residentId?.find(TIMEOUT_MS), true);
    virtual.misbehave((answer) => {
      pty.unplug();
      return answer.subarray(0, 100);
    });
    t.match(await codeOf(reader.residentId!.read(TIMEOUT_MS)), /^reader\.(lost|silent|protocol)$/);
    t.equal(await codeOf(reader.residentId!.find(TIMEOUT_MS)), 'reader.lost');
    await reader.lost;
    await reader.close();
  },
);

t.test('a port that does not exist, and no time left, is an absent reader', async (t) => {
  const settings = { port: '/dev/no-such-port', baudRate: 115_200, stopBits: 1 } as const;
  await t.rejects(serialTransport(settings).open(never), { code: 'reader.absent', message: /no such port/ });
  t.equal(await codeOf(serialTransport(settings).open(AbortSignal.abort())), 'reader.absent');
});

t.test('a device that is not plugged in is an absent reader, and is named', async (t) => {
  const settings = { port: { vendorId: 'ffff', productId: '0001' }, baudRate: 9_600, stopBits: 1 } as const;
  await t.rejects(serialTransport(settings).open(never), { code: 'reader.absent', message: /ffff:0001/ });
});

t.test(
  'of two programs that want one port, the second is told that another has it',
  { skip: unavailable },
  async (t) => {
    const pty = await line(t);
    const settings = { port: pty.path, baudRate: 115_200, stopBits: 1 } as const;
    const holder = await serialTransport(settings).open(never);
    await t.rejects(serialTransport(settings).open(never), {
      code: 'reader.absent',
      message: /another program/,
    });
    await holder.close();
    const second = await serialTransport(settings).open(never);
    await second.close();
  },
);
