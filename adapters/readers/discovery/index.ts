import type { ReaderConfiguration } from '../../../schemas/reader-configuration.ts';
import type { FoundReader } from '../../../src/card/port.ts';
import { hidBus } from '../transports/hid.ts';
import type { HidBus } from '../transports/hid-bus.ts';
import { findHidReaders } from './hid-devices.ts';
import { probe } from './probe.ts';
import { type FoundPort, serialPorts, usbName } from './serial-ports.ts';

type Transport = ReaderConfiguration['transport'];

export interface Search {
  /** Ports to look at instead of those that are found: /dev/ttyUSB0. */
  readonly paths?: readonly string[];
  /** Serial boxes on the network: 10.0.0.20:4001. */
  readonly boxes?: readonly { readonly host: string; readonly port: number }[];
  readonly signal: AbortSignal;
  /** Where HID devices are looked for, unless ports or boxes are named. */
  readonly hid?: HidBus;
}

/**
 * Looks at what is plugged in, and asks each which dialect it speaks. A device that another program uses is told as
 * such. Ports are asked side by side: a clinic's PC has a handful.
 */
export async function findReaders({
  paths,
  boxes = [],
  signal,
  hid = hidBus,
}: Search): Promise<FoundReader[]> {
  const ports = paths
    ? paths.map((path): FoundPort => ({ path }))
    : boxes.length > 0
      ? []
      : await serialPorts();
  const places = [
    ...ports.map((port) => ({
      place: `serial ${port.path}`,
      device: port.vendorId === undefined ? undefined : [usbName(port), port.product].join(' ').trim(),
      transport: transportOf(port, ports),
    })),
    ...boxes.map(({ host, port }) => ({
      place: `tcp ${host}:${port}`,
      device: undefined,
      transport: { kind: 'tcp', host, port } satisfies Transport,
    })),
  ];
  const found = await Promise.all([
    ...places.map(async (each) => [{ ...each, ...(await probe(each.transport, signal)) }]),
    ...(paths || boxes.length > 0 ? [] : [findHidReaders(hid, signal)]),
  ]);
  return found.flat();
}

/** By the device's numbers where they name it and no other: so it is found again wherever it is plugged in. */
function transportOf(port: FoundPort, all: readonly FoundPort[]): Transport {
  const { path, vendorId, productId, serialNumber } = port;
  const twins = all.filter(
    (other) =>
      other.vendorId === vendorId && other.productId === productId && other.serialNumber === serialNumber,
  );
  if (vendorId === undefined || productId === undefined || twins.length > 1) return { kind: 'serial', path };
  return {
    kind: 'serial',
    vendorId,
    productId,
    ...(serialNumber === undefined ? {} : { serialNumber }),
  };
}
