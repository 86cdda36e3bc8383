import { resolve } from 'node:path';
import {
  type CardLibrary,
  type EncryptionMachine,
  faultOfReturnCode,
  type OpenReader,
  type ReaderDriver,
} from '../../../src/card/port.ts';
import { type Clock, systemClock } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import { checkLibraryFile, unusable } from './file.ts';
import { LibraryHost } from './process.ts';
import { type Extra, wholeReaderOf } from './whole.ts';

export interface LibrarySettings {
  /** Path of the shared library. */
  readonly file: string;
  readonly extras?: readonly Extra[];
  readonly scanTimeout?: number;
}

export interface LibraryParts {
  /** Opens cards that the reader's own PSAM can't. */
  readonly encryption?: EncryptionMachine | undefined;
  readonly clock?: Clock;
}

/** For loading it, in which some libraries look for their reader, and again for its first call. */
const OPENING_TIMEOUT_MS = 10_000;

const SCAN_TIMEOUT = 1;

/** Any certified reader through its vendor's SSCardDriver library (LD/T 33), held by a process of its own. */
export function libraryDriver(settings: LibrarySettings, parts: LibraryParts = {}): ReaderDriver {
  return {
    description: `LD/T 33, ${settings.file}`,
    open: (signal) => open(settings, parts, signal),
  };
}

async function open(
  { file: path, extras = [], scanTimeout = SCAN_TIMEOUT }: LibrarySettings,
  { encryption, clock = systemClock }: LibraryParts,
  signal: AbortSignal,
): Promise<OpenReader> {
  const file = resolve(path);
  await checkLibraryFile(file);
  const host = await LibraryHost.start(file, OPENING_TIMEOUT_MS, signal);
  const abandon = () => void host.close();
  signal.addEventListener('abort', abandon, { once: true });
  try {
    requireFunctions(host, file, ['iReadCardBas', ...extras]);
    await greet(host, file, extras);
    if (signal.aborted) throw unusable(file, '已放弃', 'given up');
  } catch (error) {
    await host.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', abandon);
  }
  return {
    whole: wholeReaderOf({ library: host, extras, scanTimeout, encryption, clock }),
    library: host,
    lost: host.lost,
    close: () => host.close(),
  };
}

/** The other functions may be missing: who calls one is told `reader.unsupported`. */
function requireFunctions(host: LibraryHost, file: string, names: readonly string[]): void {
  const missing = names.filter((name) => !host.has(name)).join(', ');
  if (missing !== '') throw unusable(file, `缺少函数 ${missing}`, `it lacks ${missing}`);
}

/**
 * Makes sure that the library reaches its reader. The standard has no question for that; the nearest is to look for
 * a card, whose answer is thrown away unread.
 */
async function greet(library: CardLibrary, file: string, extras: readonly Extra[]): Promise<void> {
  const [name, args] = extras.includes('iGetReaderInfo') ? ['iGetReaderInfo', []] : ['iReadCardBas', [3]];
  try {
    const { ret } = await library.call(name, args, OPENING_TIMEOUT_MS);
    if (ret === 0) return;
    const fault = faultOfReturnCode(ret);
    if (fault.code === 'reader.absent') throw fault;
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    const reason = cause.context.detail ?? cause.code;
    throw unusable(file, `读卡器没有应答(${reason})`, `no reader answers: ${reason}`, cause);
  }
}
