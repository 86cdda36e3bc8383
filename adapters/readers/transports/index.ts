import type { ReaderConfiguration } from '../../../schemas/reader-configuration.ts';
import { hidTransport } from './hid.ts';
import type { Transport } from './line.ts';
import type { ReportTransport } from './reports.ts';
import { type SerialSettings, serialTransport } from './serial.ts';
import { searchingSpeed } from './speeds.ts';
import { tcpTransport } from './tcp.ts';

type Configured = ReaderConfiguration['transport'];

/** The transport's own settings, where it is of the kind that the dialect goes over. */
export function ownTransport<Kind extends Configured['kind']>(
  transport: Configured,
  kind: Kind,
): Extract<Configured, { kind: Kind }> {
  if (transport.kind !== kind) throw wrongTransport(transport);
  return transport as Extract<Configured, { kind: Kind }>;
}

function wrongTransport({ kind }: Configured): Error {
  return new Error(`这种方言不走 ${kind} 线路 / this dialect does not go over the transport ${kind}`);
}

/** The transports that carry a stream of bytes: a serial port, or a box that puts one on the network. */
export function lineTransportOf(
  transport: Configured,
  defaults: Pick<SerialSettings, 'baudRate' | 'stopBits'>,
): Transport {
  if (transport.kind === 'tcp') return tcpTransport(transport.host, transport.port);
  if (transport.kind === 'serial') {
    const { path, vendorId, productId, serialNumber } = transport;
    const { baudRate = defaults.baudRate, findBaudRate = false } = transport;
    const port = path ?? { vendorId, productId, serialNumber };
    const at = (rate: number) => serialTransport({ port, baudRate: rate, stopBits: defaults.stopBits });
    return findBaudRate ? searchingSpeed(baudRate, at) : at(baudRate);
  }
  throw wrongTransport(transport);
}

/** The transport that carries reports: a HID device on USB. */
export function reportTransportOf(transport: Configured): ReportTransport {
  const { kind: _, vendorId, productId, ...rest } = ownTransport(transport, 'hid');
  return hidTransport({
    vendorId: Number.parseInt(vendorId, 16),
    productId: Number.parseInt(productId, 16),
    ...rest,
  });
}
