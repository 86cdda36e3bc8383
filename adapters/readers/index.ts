import type { ReaderConfiguration } from '../../schemas/configuration.ts';
import type { ReaderDriver } from '../../src/card/port.ts';
import { ccidSerialDriver } from './ccid-serial/driver.ts';
import { samDriver } from './sam-v/driver.ts';
import type { Transport } from './transports/line.ts';
import { serialTransport } from './transports/serial.ts';
import { tcpTransport } from './transports/tcp.ts';

interface Dialect {
  readonly driver: (transport: Transport) => ReaderDriver;
  /** Of a serial line, unless the configuration gives another speed. */
  readonly baudRate: number;
  readonly stopBits: 1 | 2;
}

const dialects: Readonly<Record<string, Dialect>> = {
  'sam-v': { driver: samDriver, baudRate: 115_200, stopBits: 1 },
  'ccid-serial': { driver: ccidSerialDriver, baudRate: 115_200, stopBits: 2 },
};

/** Joins the transport and the dialect that a reader is configured with. Opens nothing yet. */
export function readerDriverOf({ dialect, transport }: ReaderConfiguration): ReaderDriver {
  const known = dialects[dialect];
  if (!known) throw new Error(`no driver for the dialect ${dialect}`);
  const { driver, baudRate, stopBits } = known;
  if (transport.kind === 'tcp') return driver(tcpTransport(transport.host, transport.port));
  return driver(
    serialTransport({ path: transport.path, baudRate: transport.baudRate ?? baudRate, stopBits }),
  );
}
