import type { ReaderConfiguration } from '../../schemas/configuration.ts';
import type { ReaderDriver } from '../../src/card/port.ts';
import { ccidSerialDriver } from './ccid-serial/driver.ts';
import { samDriver } from './sam-v/driver.ts';
import { lineTransportOf } from './transports/index.ts';

/** Makes the driver of one configured reader; opens nothing yet. Throws where dialect and transport don't go together. */
type Maker = (configuration: ReaderConfiguration) => ReaderDriver;

/** Every dialect, by the name it has in the configuration. */
const dialects: Partial<Record<ReaderConfiguration['dialect'], Maker>> = {
  'sam-v': ({ transport }) => samDriver(lineTransportOf(transport, { baudRate: 115_200, stopBits: 1 })),
  'ccid-serial': ({ transport, psam }) =>
    ccidSerialDriver(lineTransportOf(transport, { baudRate: 115_200, stopBits: 2 }), {
      samSlots: psam?.slot ?? 0,
    }),
};

/** Joins the transport and the dialect that a reader is configured with. Opens nothing yet. */
export function readerDriverOf(configuration: ReaderConfiguration): ReaderDriver {
  const maker = dialects[configuration.dialect];
  if (!maker) throw new Error(`no driver for the dialect ${configuration.dialect}`);
  return maker(configuration);
}
