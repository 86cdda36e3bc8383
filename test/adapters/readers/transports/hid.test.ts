import t from 'tap';
import { hidTransport } from '../../../../adapters/readers/transports/hid.ts';
import { HidBus, type HidModule } from '../../../../adapters/readers/transports/hid-bus.ts';
import { Fault } from '../../../../src/errors.ts';
import { codeOf, never } from '../helper.ts';
import { type Device, FakeHid, transportTo } from '../hid-device.ts';

const IDS = { vendorId: 0x0c2e, productId: 0x0b61 };
const REPORT = Buffer.from('000102', 'hex');

function transportOver(hid: HidModule, match: Parameters<typeof hidTransport>[0] = IDS) {
  return hidTransport(match, new HidBus(async () => hid));
}

/** A device that says which one it is. */
function named(name: string): Device {
  return { output: () => [Buffer.from(name)] };
}

/** A device that holds up whoever fetches a report. */
function stuck() {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const device: Device = {
    ...named('it'),
    getFeature() {
      resolve();
      return new Promise<Buffer>(() => {});
    },
  };
  return { device, begun };
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('no fault');
}

async function detailOf(failing: Partial<HidModule>): Promise<string> {
  const hid = new FakeHid();
  hid.plug('/dev/hidraw0', {}, IDS);
  const module = { setDriverType: () => {}, devicesAsync: () => hid.devicesAsync(), HIDAsync: hid.HIDAsync };
  const { code, context } = await faultOf(transportOver({ ...module, ...failing }).open(never));
  return code === 'reader.absent' ? (context.detail ?? '') : code;
}

const failsWith = (message: string, code?: string) => async () => {
  throw Object.assign(new Error(message), code === undefined ? {} : { code });
};

t.test('a library that is missing is named, with the command that brings it', async (t) => {
  for (const [message, line] of [
    [
      'libusb-1.0.so.0: cannot open shared object file: No such file or directory',
      'hid 0c2e:0b61: 系统缺少 libusb-1.0,请运行 apt-get install libusb-1.0-0 / libusb-1.0 is missing: apt-get install libusb-1.0-0',
    ],
    [
      'libudev.so.1: cannot open shared object file: No such file or directory',
      'hid 0c2e:0b61: 系统缺少 libudev,请运行 apt-get install libudev1 / libudev is missing: apt-get install libudev1',
    ],
  ] as const) {
    t.equal(await detailOf({ devicesAsync: failsWith(message, 'ERR_DLOPEN_FAILED') }), line);
  }
  for (const failure of [
    failsWith('Failed to find binding for HID_hidraw\nTried paths:\n - here'),
    failsWith('the file is too short', 'ERR_DLOPEN_FAILED'),
    failsWith("Cannot find package 'node-hid'", 'ERR_MODULE_NOT_FOUND'),
  ]) {
    t.match(await detailOf({ devicesAsync: failure }), /npm ci .* run npm ci again$/);
  }
});

t.test('a device that may not be opened brings the udev rule that lets it', async (t) => {
  const path = "'/dev/hidraw0'";
  const open = failsWith(`cannot open device with path ${path}: Failed to open a device: Permission denied`);
  const detail = await detailOf({ HIDAsync: { open } });
  t.match(detail, /没有权限打开设备.*no permission to open the device/);
  t.ok(detail.includes('KERNEL=="hidraw*", ATTRS{idVendor}=="0c2e", ATTRS{idProduct}=="0b61"'));
  t.notOk(detail.includes('\n'));
  const gone = await detailOf({ HIDAsync: { open: failsWith('cannot open device: No such device') } });
  t.equal(gone, 'hid 0c2e:0b61: cannot open device: No such device', 'what the system says');
});

t.test('a device that is not plugged in is absent, whatever this machine lacks', async (t) => {
  const hid = new FakeHid();
  const fault = await faultOf(transportOver(hid, { ...IDS, serialNumber: 'A1' }).open(never));
  t.equal(fault.context.detail, 'hid 0c2e:0b61 A1: 没有插着这个设备 / no such device is plugged in');
  t.equal(hid.driverType, 'hidraw');
  const real = await faultOf(hidTransport({ vendorId: 0xffff, productId: 0xffff }).open(never));
  t.equal(real.code, 'reader.absent');
  t.match(real.context.detail, /^hid ffff:ffff: .+ \/ .+$/, 'the native part itself, loaded or not');
});

t.test(
  'of several devices the one with the serial number is opened, wherever it is plugged in',
  async (t) => {
    const hid = new FakeHid();
    const talksTo = async (match: Parameters<typeof hidTransport>[0]) => {
      const line = await transportOver(hid, match).open(never);
      const heard = new Promise<Buffer>((resolve) => line.onReport(resolve));
      await line.write(REPORT);
      await line.close();
      return (await heard).toString();
    };
    hid.plug('/dev/hidraw0', named('keyboard'), { vendorId: 1, productId: 2 });
    hid.plug('/dev/hidraw1', named('first'), { ...IDS, serialNumber: 'A1' });
    const second = hid.plug('/dev/hidraw2', named('second'), { ...IDS, serialNumber: 'A2' });
    t.equal(await talksTo({ ...IDS, serialNumber: 'A2' }), 'second');
    t.equal(await talksTo(IDS), 'first', 'without one, the first');
    second.unplug();
    t.equal(await codeOf(talksTo({ ...IDS, serialNumber: 'A2' })), 'reader.absent');
    hid.plug('/dev/hidraw5', named('second, again'), { ...IDS, serialNumber: 'A2' });
    t.equal(await talksTo({ ...IDS, serialNumber: 'A2' }), 'second, again');
    t.equal(hid.openHandles, 0);
  },
);

t.test('of one device’s interfaces the one with the usage page is opened', async (t) => {
  const hid = new FakeHid();
  hid.plug('/dev/hidraw0', named('keyboard'), IDS, [0x01]);
  hid.plug('/dev/hidraw1', named('scanner'), IDS, [0xff00, 0x8c]);
  const line = await transportOver(hid, { ...IDS, usagePage: 0x8c }).open(never);
  t.strictSame(hid.opened, ['/dev/hidraw1']);
  await line.close();
});

t.test('two readers of one kind get a device each, and a third is told that they are taken', async (t) => {
  const hid = new FakeHid();
  hid.plug('/dev/hidraw0', named('first'), IDS);
  hid.plug('/dev/hidraw1', named('second'), IDS);
  const transport = transportOver(hid);
  const lines = await Promise.all([transport.open(never), transport.open(never)]);
  t.strictSame(hid.opened.sort(), ['/dev/hidraw0', '/dev/hidraw1']);
  t.equal(hid.looks, 1, 'by one look');
  t.match((await faultOf(transport.open(never))).context.detail, /another reader of this gateway has it/);
  await lines[0]!.close();
  const again = await transport.open(never);
  await Promise.all([again.close(), lines[1]!.close()]);
  t.equal(hid.openHandles, 0);
});

t.test('a device that refuses to open is free for the next try', async (t) => {
  const { hid, transport } = transportTo(named('it'), IDS);
  hid.refuses = 'cannot open device';
  t.match((await faultOf(transport.open(never))).context.detail, /: cannot open device$/);
  hid.refuses = undefined;
  await (await transport.open(never)).close();
});

t.test('an unplug ends the line, and all who wait for the device', async (t) => {
  const { device, begun } = stuck();
  const { hid, plugged, transport } = transportTo(device, IDS);
  const line = await transport.open(never);
  const waiting = [line.getFeature(0, 33), line.write(REPORT), line.sendFeature(REPORT)].map(codeOf);
  await begun;
  plugged.unplug();
  t.strictSame(await Promise.all(waiting), ['reader.lost', 'reader.lost', 'reader.lost']);
  await line.lost;
  t.equal(await codeOf(line.write(REPORT)), 'reader.lost', 'and later ones');
  t.equal(hid.openHandles, 0);
});

t.test('a write that fails ends the line', async (t) => {
  const { transport } = transportTo(
    {
      output: () => {
        throw new Error('Cannot write to hid device: Input/output error');
      },
    },
    IDS,
  );
  const line = await transport.open(never);
  t.equal(await codeOf(line.write(REPORT)), 'reader.lost');
  await line.lost;
});

t.test('closing is safe twice, while something is read, and on a lost line', async (t) => {
  const { device, begun } = stuck();
  const { hid, plugged, transport } = transportTo(device, IDS);
  const busy = await transport.open(never);
  const reading = codeOf(busy.getFeature(0, 33));
  await begun;
  void busy.close();
  void busy.close();
  await busy.lost;
  t.equal(await reading, 'reader.lost');
  plugged.unplug();
  t.equal(hid.openHandles, 0);

  const other = transportTo(named('it'), IDS);
  const line = await other.transport.open(never);
  other.plugged.unplug();
  await line.lost;
  await line.close();
  await line.close();
  t.equal(other.hid.openHandles, 0);
});

t.test('a device that holds up its closing is not waited for without end', async (t) => {
  const { device, begun } = stuck();
  const { transport } = transportTo(device, IDS);
  const line = await transport.open(never);
  const reading = codeOf(line.getFeature(0, 33));
  await begun;
  await line.close();
  t.equal(await reading, 'reader.lost');
  t.match((await faultOf(transport.open(never))).context.detail, /has it$/, 'and stays taken until it ends');
});

t.test('reports go to those who listen, until they stop', async (t) => {
  const { plugged, transport } = transportTo({}, IDS);
  const line = await transport.open(never);
  const heard: string[] = [];
  const stop = line.onReport((report) => heard.push(report.toString('hex')));
  line.onReport((report) => heard.push(`too ${report.toString('hex')}`));
  plugged.say(REPORT);
  stop();
  plugged.say(REPORT);
  t.strictSame(heard, ['000102', 'too 000102', 'too 000102']);
  await line.close();
});

t.test('an opening that is given up keeps no device, however late it comes', async (t) => {
  for (const stage of ['devicesAsync', 'open'] as const) {
    const hid = new FakeHid();
    hid.plug('/dev/hidraw0', named('it'), IDS);
    const { promise: slow, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const hold = async <T>(work: () => Promise<T>) => {
      reach();
      await slow;
      return work();
    };
    const transport = transportOver({
      setDriverType: () => {},
      devicesAsync: () => (stage === 'devicesAsync' ? hold(() => hid.devicesAsync()) : hid.devicesAsync()),
      HIDAsync: {
        open: (path) => (stage === 'open' ? hold(() => hid.HIDAsync.open(path)) : hid.HIDAsync.open(path)),
      },
    });
    const given = new AbortController();
    const opening = codeOf(transport.open(given.signal));
    await reached;
    given.abort();
    t.equal(await opening, 'reader.absent', stage);
    goOn();
    const line = await transport.open(never);
    await line.close();
    t.equal(hid.openHandles, 0, stage);
  }
  const { transport } = transportTo(named('it'), IDS);
  t.equal(await codeOf(transport.open(AbortSignal.abort())), 'reader.absent');
});

t.test('a look that never ends is not waited for', async (t) => {
  // Nothing else keeps this process alive meanwhile.
  const alive = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(alive));
  const endless = {
    ...new FakeHid(),
    setDriverType: () => {},
    devicesAsync: () => new Promise<never>(() => {}),
  };
  const fault = await faultOf(transportOver(endless).open(never));
  t.match(fault, { code: 'reader.absent', context: { detail: 'hid 0c2e:0b61: TimeoutError' } });
});
