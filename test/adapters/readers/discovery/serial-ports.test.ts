import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Machine, portOf, serialPorts } from '../../../../adapters/readers/discovery/serial-ports.ts';
import { temporaryFolder } from '../../../helper.ts';

interface Adapter {
  readonly tty: string;
  /** Where in the USB tree it is plugged in. */
  readonly at: string;
  readonly serial?: string;
}

/** A machine with such USB-serial adapters, one real built-in port and one that the board lacks. */
function machineWith(t: Test, adapters: readonly Adapter[]): Machine {
  const sys = temporaryFolder(t);
  const write = (folder: string, files: Record<string, string>) => {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), `${content}\n`);
  };
  const link = (tty: string, device: string) => {
    const folder = join(sys, 'class', 'tty', tty);
    mkdirSync(folder, { recursive: true });
    mkdirSync(device, { recursive: true });
    symlinkSync(device, join(folder, 'device'));
    return folder;
  };
  for (const { tty, at, serial } of adapters) {
    const usb = join(sys, 'devices', 'pci0000:00', 'usb1', at);
    const more: Record<string, string> = serial === undefined ? {} : { serial };
    write(usb, { idVendor: '067b', idProduct: '2303', product: 'USB-Serial Controller', ...more });
    link(tty, join(usb, `${at}:1.0`, tty));
  }
  write(link('ttyS0', join(sys, 'devices', 'pnp0')), { type: '4' });
  write(link('ttyS9', join(sys, 'devices', 'platform')), { type: '0' });
  mkdirSync(join(sys, 'class', 'tty', 'tty0'), { recursive: true });
  const list = () => t.fail('on Linux the list of serialport may end the process') as never;
  return { platform: 'linux', sys, list };
}

t.test('ports are told with the USB device behind them; ports that are none are not', async (t) => {
  const machine = machineWith(t, [
    { tty: 'ttyUSB10', at: '1-4', serial: 'B2' },
    { tty: 'ttyUSB2', at: '1-3' },
  ]);
  const product = 'USB-Serial Controller';
  t.strictSame(await serialPorts(machine), [
    { path: '/dev/ttyS0' },
    { path: '/dev/ttyUSB2', vendorId: '067b', productId: '2303', product },
    { path: '/dev/ttyUSB10', vendorId: '067b', productId: '2303', serialNumber: 'B2', product },
  ]);
});

t.test('a device is found again on another port', async (t) => {
  const wanted = { vendorId: '067b', productId: '2303', serialNumber: 'A1' };
  const before = machineWith(t, [{ tty: 'ttyUSB0', at: '1-3', serial: 'A1' }]);
  t.equal(await portOf(wanted, before), '/dev/ttyUSB0');
  const after = machineWith(t, [
    { tty: 'ttyUSB0', at: '1-1', serial: 'B2' },
    { tty: 'ttyUSB1', at: '1-2', serial: 'A1' },
  ]);
  t.equal(await portOf(wanted, after), '/dev/ttyUSB1');
});

t.test('one that is not there, or there twice, is absent, and why is said', async (t) => {
  const twins = machineWith(t, [
    { tty: 'ttyUSB0', at: '1-1' },
    { tty: 'ttyUSB1', at: '1-2' },
  ]);
  const absent = (message: RegExp) => ({ code: 'reader.absent', message });
  await t.rejects(portOf({ vendorId: '067b' }, twins), absent(/\/dev\/ttyUSB0, \/dev\/ttyUSB1/));
  await t.rejects(
    portOf({ vendorId: '1a86', productId: '7523' }, twins),
    absent(/not plugged in: 1a86:7523/),
  );
});

t.test('a machine without sysfs asks serialport, one that tells nothing has no ports', async (t) => {
  const windows: Machine = {
    platform: 'win32',
    sys: '',
    list: async () => [{ path: 'COM3', vendorId: '67B', productId: '2303' }],
  };
  t.strictSame(await serialPorts(windows), [{ path: 'COM3', vendorId: '067b', productId: '2303' }]);
  const failing: Machine = { ...windows, list: () => Promise.reject(new Error('no registry')) };
  t.strictSame(await serialPorts(failing), []);
  t.strictSame(await serialPorts({ ...windows, platform: 'linux', sys: '/nowhere' }), []);
});
