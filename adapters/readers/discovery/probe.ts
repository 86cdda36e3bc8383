import type { ReaderConfiguration } from '../../../schemas/reader-configuration.ts';
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
    const answer = await ask({ id: 'probe', dialect, transport }, signal);
    if (answer === 'speaks') return { dialect };
    if (answer !== 'is silent') return { reason: answer };
    if (signal.aborted) break;
  }
  return {};
}

/** `speaks`, `is silent` to this dialect, or why the way to it doesn't open. */
async function ask(configuration: ReaderConfiguration, signal: AbortSignal): Promise<string> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]);
    const reader = await readerDriverOf(configuration).open(limit);
    await reader.close();
    return 'speaks';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // The line opened, and what was said on it came to nothing.
    return error.cause instanceof Fault ? 'is silent' : (error.context.detail ?? error.code);
  }
}
