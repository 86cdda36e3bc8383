import type { ReaderConfiguration } from '../../../schemas/reader-configuration.ts';
import type { ReaderDriver } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import { readerDriverOf } from '../index.ts';

type Dialect = ReaderConfiguration['dialect'];
type Transport = ReaderConfiguration['transport'];

/** Dialects that greet: each is asked in its own words, and only its own reader answers. */
const GREETING_DIALECTS = ['sam-v', 'ccid-serial'] as const satisfies readonly Dialect[];

/** A greeting is sent twice at most, a second each; a speed is looked for in the rest. */
const PROBE_TIMEOUT_MS = 8_000;

export interface Probed {
  /** The dialect that answered; none where nothing did. */
  readonly dialect?: Dialect;
  /** Why nothing could be asked, where the way itself doesn't open. */
  readonly reason?: string;
}

/** Asks the device at the end of a line, dialect by dialect, which one it speaks, and lets go of it again. */
export async function probe(transport: Transport, signal: AbortSignal): Promise<Probed> {
  for (const dialect of GREETING_DIALECTS) {
    const probed = await probeAs(dialect, readerDriverOf({ id: 'probe', dialect, transport }), signal);
    if (probed.dialect || probed.reason || signal.aborted) return probed;
  }
  return {};
}

/** Asks the device whether it speaks this dialect, which the driver is of. */
export async function probeAs(dialect: Dialect, driver: ReaderDriver, signal: AbortSignal): Promise<Probed> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]);
    const reader = await driver.open(limit);
    await reader.close();
    return { dialect };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // The line opened, and what was said on it came to nothing.
    return error.cause instanceof Fault ? {} : { reason: error.context.detail ?? error.code };
  }
}
