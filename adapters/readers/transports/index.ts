import type { ReaderConfiguration } from '../../../schemas/configuration.ts';
import type { Transport } from './line.ts';
import { type SerialSettings, serialTransport } from './serial.ts';
import { searchingSpeed } from './speeds.ts';
import { tcpTransport } from './tcp.ts';

/** The transports that carry a stream of bytes: a serial port, or a box that puts one on the network. */
export function lineTransportOf(
  transport: ReaderConfiguration['transport'],
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
  throw new Error(`this dialect does not go over the transport ${transport.kind}`);
}
