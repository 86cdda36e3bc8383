import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { claimDevice, unclaimed } from '../../../../adapters/readers/transports/claim.ts';
import { hidTransport } from '../../../../adapters/readers/transports/hid.ts';
import { HidBus } from '../../../../adapters/readers/transports/hid-bus.ts';
import { never } from '../helper.ts';
import { FakeHid, HD_IDS } from '../hid-device.ts';

const skip = process.platform === 'darwin' ? 'macOS has no sockets without a file' : false;
const CLAIM = fileURLToPath(new URL('../../../../adapters/readers/transports/claim.ts', import.meta.url));
const absent = {
  code: 'reader.absent',
  message: /被另一个程序占用.*another program uses it: close that first/,
};

/** A path that no other test of this machine claims. */
const pathOf = (name: string) => `/dev/hidraw-of-test-${process.pid}-${name}`;

/** Another process that has claimed the device. */
async function rival(t: Test, path: string) {
  const program = `
    import { claimDevice } from ${JSON.stringify(CLAIM)};
    const claimed = await claimDevice(${JSON.stringify(path)});
    process.stdin.resume();
    process.stdout.write(claimed === 'taken' ? 'taken' : 'has it');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  t.teardown(() => child.kill('SIGKILL'));
  const [said] = await once(child.stdout, 'data');
  return {
    said: String(said),
    die: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** A gateway's transport to a device at this path; each has a bus of its own, as each process has. */
function gatewayAt(path: string) {
  const hid = new FakeHid();
  hid.plug(path, {}, HD_IDS);
  return { hid, transport: hidTransport(HD_IDS, new HidBus(async () => hid, claimDevice)) };
}

t.test('a device that another process has is not opened, until that dies', { skip }, async (t) => {
  const path = pathOf('rival');
  const other = await rival(t, path);
  t.equal(other.said, 'has it');
  const { hid, transport } = gatewayAt(path);
  await t.rejects(transport.open(never), absent);
  t.strictSame(hid.opened, []);
  await other.die();
  const line = await transport.open(never);
  t.equal((await rival(t, path)).said, 'taken', 'and the other way round');
  await line.close();
  t.equal((await rival(t, path)).said, 'has it', 'until the line closes');
});

t.test('the claim ends with an opening that fails, and with an unplug', { skip }, async (t) => {
  const path = pathOf('ends');
  const { hid, transport } = gatewayAt(path);
  hid.refuses = 'cannot open device';
  await t.rejects(transport.open(never), { code: 'reader.absent' });
  const second = gatewayAt(path);
  const line = await second.transport.open(never);
  await t.rejects(transport.open(never), absent);
  for (const handle of second.hid.handles) handle.unplug();
  await line.lost;
  await line.close();
  hid.refuses = undefined;
  await (await transport.open(never)).close();
});

t.test('of two devices of one kind the one that nobody has is opened', { skip }, async (t) => {
  const [first, second] = [pathOf('first'), pathOf('second')];
  const release = await claimDevice(first);
  const hid = new FakeHid();
  for (const path of [first, second]) hid.plug(path, {}, HD_IDS);
  const line = await hidTransport(HD_IDS, new HidBus(async () => hid, claimDevice)).open(never);
  t.strictSame(hid.opened, [second]);
  await line.close();
  if (release !== 'taken') release();
});

t.test('an opening given up while it claims keeps nothing claimed', { skip }, async (t) => {
  const path = pathOf('given-up');
  const hid = new FakeHid();
  hid.plug(path, {}, HD_IDS);
  const given = new AbortController();
  const { promise: claimed, resolve } = Promise.withResolvers<void>();
  const bus = new HidBus(
    async () => hid,
    async (each) => {
      const release = await claimDevice(each);
      given.abort();
      resolve();
      return release;
    },
  );
  await t.rejects(hidTransport(HD_IDS, bus).open(given.signal), { code: 'reader.absent' });
  await claimed;
  await (await gatewayAt(path).transport.open(never)).close();
  t.strictSame(hid.opened, []);
});

t.test(
  'where the system has no such socket, or takes no such name, the device is had all the same',
  async (t) => {
    t.equal(await claimDevice('/dev/hidraw0', 'darwin'), unclaimed);
    if (process.platform === 'linux') t.equal(await claimDevice('/dev/'.padEnd(500, 'x')), unclaimed);
  },
);
