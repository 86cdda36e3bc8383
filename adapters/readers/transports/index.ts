import type { ReaderConfiguration } from '../../../schemas/configuration.ts';
import { hidTransport } from './hid.ts';
import type { Transport } from './line.ts';
import type { ReportTransport } from './reports.ts';
import { type SerialSettings, serialTransport } from './serial.ts';
import { tcpTransport } from './tcp.ts';

/** The transports that carry a stream of bytes: a serial port, or a box that puts one on the network. */
export function lineTransportOf(
  transport: ReaderConfiguration['transport'],
  defaults: Pick<SerialSettings, 'baudRate' | 'stopBits'>,
): Transport {
  if (transport.kind === 'tcp') return tcpTransport(transport.host, transport.port);
  if (transport.kind === 'serial' && transport.path !== undefined) {
    const { path, baudRate = defaults.baudRate } = transport;
    return serialTransport({ path, baudRate, stopBits: defaults.stopBits });
  }
  throw new Error(`this dialect does not go over the transport ${transport.kind}`);
}

/** The transport that carries reports: a HID device on USB. */
export function reportTransportOf(transport: ReaderConfiguration['transport']): ReportTransport {
  if (transport.kind !== 'hid') {
    throw new Error(`this dialect does not go over the transport ${transport.kind}`);
  }
  const { kind: _, vendorId, productId, ...rest } = transport;
  return hidTransport({
    vendorId: Number.parseInt(vendorId, 16),
    productId: Number.parseInt(productId, 16),
    ...rest,
  });
}
