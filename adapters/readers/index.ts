import type { ReaderConfiguration } from '../../schemas/reader-configuration.ts';
import type { EncryptionMachine, ReaderDriver } from '../../src/card/port.ts';
import { ccidSerialDriver } from './ccid-serial/driver.ts';
import { gwiDriver } from './gwi/driver.ts';
import { hdDriver } from './hd/driver.ts';
import { hidScannerDriver, SCANNER_PAGE } from './hid-scanner/driver.ts';
import { libraryDriver } from './library/driver.ts';
import { lineScannerDriver } from './line-scanner/driver.ts';
import { profileDriver } from './profile/driver.ts';
import { loadProfile } from './profile/load.ts';
import { lineTransportOf, ownTransport, reportTransportOf } from './transports/index.ts';
import { vpcdDriver } from './vpcd/driver.ts';

/** Makes the driver of one configured reader; opens nothing yet. Throws where dialect and transport don't go together. */
type Maker = (configuration: ReaderConfiguration, parts: ReaderParts) => ReaderDriver;

/** What a driver may need besides its line. */
export interface ReaderParts {
  /** For readers that read whole cards by themselves, of which some want its help. */
  readonly encryption?: EncryptionMachine | undefined;
}

/** Every dialect, by the name it has in the configuration. */
const dialects: Readonly<Record<ReaderConfiguration['dialect'], Maker>> = {
  'sam-v': ({ transport }) => profileOver('sam-v', transport),
  profile: ({ profile, transport }) => {
    if (profile === undefined) throw new Error('dialect = "profile" 需要 profile / needs the key profile');
    return profileOver(profile, transport);
  },
  'ccid-serial': ({ transport, psam, healthCardPsam, purse }) =>
    ccidSerialDriver(lineTransportOf(transport, { baudRate: 115_200, stopBits: 2 }), {
      samSlots: Math.max(psam?.slot ?? 0, healthCardPsam?.slot ?? 0, purse?.psamSlot ?? 0),
    }),
  gwi: ({ transport }) => gwiDriver(reportTransportOf(transport)),
  hd: ({ transport }) => hdDriver(reportTransportOf(transport)),
  'hid-scanner': ({ transport }) => {
    const own = ownTransport(transport, 'hid');
    return hidScannerDriver(reportTransportOf({ usagePage: SCANNER_PAGE, ...own }), own.vendorId);
  },
  'line-scanner': ({ transport }) =>
    lineScannerDriver(lineTransportOf(transport, { baudRate: 9_600, stopBits: 1 })),
  vpcd: ({ transport }) => {
    const { host, port } = ownTransport(transport, 'vpcd');
    return vpcdDriver(host, port);
  },
  library: ({ transport }, { encryption }) =>
    libraryDriver(ownTransport(transport, 'library'), { encryption }),
};

function profileOver(profile: string, transport: ReaderConfiguration['transport']): ReaderDriver {
  const compiled = loadProfile(profile);
  return profileDriver(compiled, lineTransportOf(transport, compiled.profile.line));
}

/**
 * Joins the transport and the dialect that a reader is configured with. Opens nothing yet. Throws an error for the
 * person at the machine where they don't go together, or a profile does not hold.
 */
export function readerDriverOf(configuration: ReaderConfiguration, parts: ReaderParts = {}): ReaderDriver {
  const { id, dialect } = configuration;
  try {
    return dialects[dialect](configuration, parts);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown';
    throw new Error(`readers.${id} (${dialect}): ${reason}`, { cause });
  }
}
