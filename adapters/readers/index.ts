import type { ReaderConfiguration } from '../../schemas/configuration.ts';
import type { EncryptionMachine, ReaderDriver } from '../../src/card/port.ts';
import { ccidSerialDriver } from './ccid-serial/driver.ts';
import { libraryDriver } from './library/driver.ts';
import { lineScannerDriver } from './line-scanner/driver.ts';
import { samDriver } from './sam-v/driver.ts';
import { lineTransportOf } from './transports/index.ts';
import { vpcdDriver } from './vpcd/driver.ts';

/** Makes the driver of one configured reader; opens nothing yet. Throws where dialect and transport don't go together. */
type Maker = (configuration: ReaderConfiguration, parts: ReaderParts) => ReaderDriver;

/** What a driver may need besides its line. */
export interface ReaderParts {
  /** For readers that read whole cards by themselves, of which some want its help. */
  readonly encryption?: EncryptionMachine | undefined;
}

/** Every dialect, by the name it has in the configuration. */
const dialects: Partial<Record<ReaderConfiguration['dialect'], Maker>> = {
  'sam-v': ({ transport }) => samDriver(lineTransportOf(transport, { baudRate: 115_200, stopBits: 1 })),
  'ccid-serial': ({ transport, psam }) =>
    ccidSerialDriver(lineTransportOf(transport, { baudRate: 115_200, stopBits: 2 }), {
      samSlots: psam?.slot ?? 0,
    }),
  'line-scanner': ({ transport }) =>
    lineScannerDriver(lineTransportOf(transport, { baudRate: 9_600, stopBits: 1 })),
  vpcd: ({ transport }) => {
    if (transport.kind !== 'vpcd') throw new Error('the dialect vpcd goes over the transport vpcd');
    return vpcdDriver(transport.host, transport.port);
  },
  library: ({ transport }, { encryption }) => {
    if (transport.kind !== 'library') throw new Error('the dialect library goes over the transport library');
    return libraryDriver(transport, { encryption });
  },
};

/** Joins the transport and the dialect that a reader is configured with. Opens nothing yet. */
export function readerDriverOf(configuration: ReaderConfiguration, parts: ReaderParts = {}): ReaderDriver {
  const maker = dialects[configuration.dialect];
  if (!maker) throw new Error(`no driver for the dialect ${configuration.dialect}`);
  return maker(configuration, parts);
}
