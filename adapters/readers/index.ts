import type { ReaderConfiguration } from '../../schemas/configuration.ts';
import type { ReaderDriver } from '../../src/card/port.ts';
import { ccidSerialDriver } from './ccid-serial/driver.ts';
import { gwiDriver } from './gwi/driver.ts';
import { hdDriver } from './hd/driver.ts';
import { samDriver } from './sam-v/driver.ts';
import { lineTransportOf, reportTransportOf } from './transports/index.ts';

/** Makes the driver of one configured reader; opens nothing yet. Throws where dialect and transport don't go together. */
type Maker = (configuration: ReaderConfiguration) => ReaderDriver;

/** Every dialect, by the name it has in the configuration. */
const dialects: Partial<Record<ReaderConfiguration['dialect'], Maker>> = {
  'sam-v': ({ transport }) => samDriver(lineTransportOf(transport, { baudRate: 115_200, stopBits: 1 })),
  'ccid-serial': ({ transport }) =>
    ccidSerialDriver(lineTransportOf(transport, { baudRate: 115_200, stopBits: 2 })),
  gwi: ({ transport }) => gwiDriver(reportTransportOf(transport)),
  hd: ({ transport }) => hdDriver(reportTransportOf(transport)),
};

/** Joins the transport and the dialect that a reader is configured with. Opens nothing yet. */
export function readerDriverOf(configuration: ReaderConfiguration): ReaderDriver {
  const maker = dialects[configuration.dialect];
  if (!maker) throw new Error(`no driver for the dialect ${configuration.dialect}`);
  return maker(configuration);
}
