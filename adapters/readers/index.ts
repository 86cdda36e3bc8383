import type { ReaderConfiguration } from '../../schemas/configuration.ts';
import type { ReaderDriver } from '../../src/card/port.ts';
import { ccidSerialDriver } from './ccid-serial/driver.ts';
import { profileDriver } from './profile/driver.ts';
import { loadProfile } from './profile/load.ts';
import { lineTransportOf } from './transports/index.ts';

/** Makes the driver of one configured reader; opens nothing yet. Throws where dialect and transport don't go together. */
type Maker = (configuration: ReaderConfiguration) => ReaderDriver;

/** Every dialect, by the name it has in the configuration. */
const dialects: Partial<Record<ReaderConfiguration['dialect'], Maker>> = {
  'sam-v': ({ transport }) => profileOver('sam-v', transport),
  profile: ({ profile, transport }) => {
    if (profile === undefined) throw new Error('dialect = "profile" 需要 profile / needs the key profile');
    return profileOver(profile, transport);
  },
  'ccid-serial': ({ transport }) =>
    ccidSerialDriver(lineTransportOf(transport, { baudRate: 115_200, stopBits: 2 })),
};

function profileOver(profile: string, transport: ReaderConfiguration['transport']): ReaderDriver {
  const compiled = loadProfile(profile);
  return profileDriver(compiled, lineTransportOf(transport, compiled.profile.line));
}

/** Joins the transport and the dialect that a reader is configured with. Opens nothing yet. */
export function readerDriverOf(configuration: ReaderConfiguration): ReaderDriver {
  const maker = dialects[configuration.dialect];
  if (!maker) throw new Error(`no driver for the dialect ${configuration.dialect}`);
  return maker(configuration);
}
