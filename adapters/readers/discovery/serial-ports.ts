import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../../src/errors.ts';

/** The USB device behind a port, as far as it tells: four lower-case hex digits each, and its serial number. */
export interface UsbNumbers {
  readonly vendorId?: string;
  readonly productId?: string;
  readonly serialNumber?: string;
}

export interface FoundPort extends UsbNumbers {
  /** /dev/ttyUSB0, COM3, … */
  readonly path: string;
  /** What the device calls itself. */
  readonly product?: string;
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Where sysfs is; a folder of the test's own in tests. */
  readonly sys: string;
  /** serialport's own list, for systems without sysfs. */
  list(): Promise<readonly { path: string; vendorId?: string; productId?: string; serialNumber?: string }[]>;
}

const thisMachine: Machine = {
  platform: process.platform,
  sys: '/sys',
  // On Linux it would start udevadm, and where there is none end the whole process: never called there.
  list: async () => (await import('serialport')).SerialPort.list(),
};

/** Ports that can have a reader behind them; consoles and pseudo terminals can't. */
const PORT_NAME = /^tty(S|USB|ACM|AMA|WCH|CH343USB|XRUSB|O|MFD|SAC|mxc)\d+$/;

/** How far above its tty a USB device is in sysfs, interface and hubs between. */
const PARENTS_MAX = 8;

/** The serial ports of this machine, by path. Never rejects: a machine that tells nothing has none. */
export async function serialPorts(machine: Machine = thisMachine): Promise<FoundPort[]> {
  const found = machine.platform === 'linux' ? await portsOfSysfs(machine.sys) : await portsOfList(machine);
  return found.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

/**
 * The path of the port with that USB device behind it, wherever it is plugged in now. Faults: `reader.absent` where
 * there is none, or more than one.
 */
export async function portOf(wanted: UsbNumbers, machine?: Machine): Promise<string> {
  const matching = (await serialPorts(machine)).filter((port) => matches(port, wanted));
  const [port, ...others] = matching;
  const device = usbName(wanted);
  if (!port) throw new Fault('reader.absent', { detail: `没有插上 / not plugged in: ${device}` });
  if (others.length === 0) return port.path;
  const paths = matching.map(({ path }) => path).join(', ');
  throw new Fault('reader.absent', {
    detail: `有 ${matching.length} 个相同的设备,请加上 serialNumber 或改用 path / several of ${device}: ${paths}`,
  });
}

/** `067b:2303`, with its serial number where it has one. */
export function usbName({ vendorId = '????', productId = '????', serialNumber }: UsbNumbers): string {
  return `${vendorId}:${productId}${serialNumber === undefined ? '' : ` ${serialNumber}`}`;
}

function matches(port: FoundPort, wanted: UsbNumbers): boolean {
  return (['vendorId', 'productId', 'serialNumber'] as const).every(
    (key) => wanted[key] === undefined || wanted[key] === port[key],
  );
}

async function portsOfList(machine: Machine): Promise<FoundPort[]> {
  const ports = await machine.list().catch(() => []);
  return ports.map(({ path, vendorId, productId, serialNumber }) => ({
    path,
    ...(vendorId === undefined ? {} : { vendorId: vendorId.toLowerCase().padStart(4, '0') }),
    ...(productId === undefined ? {} : { productId: productId.toLowerCase().padStart(4, '0') }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
  }));
}

async function portsOfSysfs(sys: string): Promise<FoundPort[]> {
  const folder = join(sys, 'class', 'tty');
  const names = await readdir(folder).catch(() => []);
  const ports = await Promise.all(
    names.filter((name) => PORT_NAME.test(name)).map((name) => portAt(join(folder, name), name)),
  );
  return ports.filter((port) => port !== undefined);
}

async function portAt(folder: string, name: string): Promise<FoundPort | undefined> {
  // A built-in port that the board doesn't have is listed all the same, with type 0.
  if ((await text(join(folder, 'type'))) === '0') return undefined;
  const device = await realpath(join(folder, 'device')).catch(() => undefined);
  if (device === undefined) return undefined;
  return { path: `/dev/${name}`, ...(await usbAbove(device)) };
}

async function usbAbove(device: string): Promise<UsbNumbers & { product?: string }> {
  let folder = device;
  for (let up = 0; up < PARENTS_MAX && folder !== dirname(folder); up++) {
    const vendorId = await text(join(folder, 'idVendor'));
    if (vendorId !== undefined) {
      const [productId, serialNumber, product] = await Promise.all(
        ['idProduct', 'serial', 'product'].map((name) => text(join(folder, name))),
      );
      return Object.fromEntries(
        Object.entries({ vendorId, productId, serialNumber, product }).filter(([, value]) => value),
      );
    }
    folder = dirname(folder);
  }
  return {};
}

async function text(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').then(
    (content) => content.trim(),
    () => undefined,
  );
}
