import type { FoundReader } from '../../../src/card/port.ts';
import { gwiDriver } from '../gwi/driver.ts';
import { hdDriver } from '../hd/driver.ts';
import { SCANNER_PAGE } from '../hid-scanner/driver.ts';
import { hidTransport, unless } from '../transports/hid.ts';
import type { HidBus, HidListing, HidMatch } from '../transports/hid-bus.ts';
import { hidReasonOf } from '../transports/hid-reason.ts';
import { openTimeoutMs } from '../transports/line.ts';
import { type Probed, probeAs } from './probe.ts';

/** The numbers in HD's own sample code. */
const HD_DEVICES = new Set(['072f:90d5', '0471:a112']);

/** From here on a usage page is the vendor's own (USB HID Usage Tables 1.12, 3). */
const VENDOR_PAGE_MIN = 0xff00;

/** A device with all the usage pages it has under its path. */
interface HidDevice extends HidListing {
  readonly path: string;
  readonly pages: readonly number[];
}

type Kind = 'hid-scanner' | 'hd' | 'gwi';

/**
 * The HID devices that may be readers, and what each answered. Scanners say what they are and are not opened; keyboards,
 * mice and whatever else has no vendor's page are not touched. Where devices can't be listed, the one line says why.
 */
export async function findHidReaders(bus: HidBus, signal: AbortSignal): Promise<FoundReader[]> {
  let listings: readonly HidListing[];
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(openTimeoutMs)]);
    listings = await unless(limit, bus.list());
  } catch (cause) {
    return [{ place: 'hid', device: undefined, reason: hidReasonOf(cause) }];
  }
  const devices = devicesIn(listings);
  const found = devices.map(async (device): Promise<FoundReader[]> => {
    const kind = kindOf(device);
    if (!kind) return [];
    const match = matchOf(device, kind, devices);
    const { product } = device;
    const id = `${hex(device.vendorId)}:${hex(device.productId)}`;
    return [
      {
        place: `hid ${device.path}`,
        device: product ? `${id} ${product}` : id,
        transport: { kind: 'hid', ...match, vendorId: hex(match.vendorId), productId: hex(match.productId) },
        ...(await probed(kind, match, bus, signal)),
      },
    ];
  });
  return (await Promise.all(found)).flat();
}

function devicesIn(listings: readonly HidListing[]): HidDevice[] {
  const devices = new Map<string, HidDevice>();
  for (const listing of listings) {
    const { path, usagePage } = listing;
    if (path === undefined) continue;
    const pages = [...(devices.get(path)?.pages ?? []), ...(usagePage === undefined ? [] : [usagePage])];
    devices.set(path, { ...listing, path, pages });
  }
  return [...devices.values()];
}

function kindOf({ vendorId, productId, pages }: HidDevice): Kind | undefined {
  if (pages.includes(SCANNER_PAGE)) return 'hid-scanner';
  if (HD_DEVICES.has(`${hex(vendorId)}:${hex(productId)}`)) return 'hd';
  return pages.some((page) => page >= VENDOR_PAGE_MIN) ? 'gwi' : undefined;
}

/** By its numbers; with the usage page where the device has other interfaces, of which one must not be taken for it. */
function matchOf(device: HidDevice, kind: Kind, all: readonly HidDevice[]): HidMatch {
  const { vendorId, productId, serialNumber, pages } = device;
  const page = kind === 'hid-scanner' ? undefined : pages.find((each) => each >= VENDOR_PAGE_MIN);
  const hasOthers = all.some(
    (other) => other !== device && other.vendorId === vendorId && other.productId === productId,
  );
  return {
    vendorId,
    productId,
    ...(serialNumber ? { serialNumber } : {}),
    ...(page !== undefined && hasOthers ? { usagePage: page } : {}),
  };
}

async function probed(kind: Kind, match: HidMatch, bus: HidBus, signal: AbortSignal): Promise<Probed> {
  if (kind === 'hid-scanner') return { dialect: kind };
  const transport = hidTransport(match, bus);
  return probeAs(kind, kind === 'hd' ? hdDriver(transport) : gwiDriver(transport), signal);
}

function hex(number: number): string {
  return number.toString(16).padStart(4, '0');
}
