import { Fault } from '../../src/errors.ts';
import type { SpeedSearch } from './transports/line.ts';

interface Closable {
  close(): Promise<void>;
}

/** A line of bytes or of reports, as far as opening it goes. */
interface Openable<Line> {
  readonly description: string;
  open(signal: AbortSignal): Promise<Line>;
  /** Where the speed of the line is to be found: the line at each speed, and word of the one that answered. */
  readonly speeds?: SpeedSearch<Openable<Line>>;
}

/** The first request may meet the tail of what an earlier program left on the line, so it is sent twice. */
const GREETINGS_MAX = 2;

/** A reader takes no longer to answer its greeting, nor may a driver wait longer. */
const GREETING_TIMEOUT_MS_MAX = 2_000;

/**
 * Where the speed is looked for. A greeting and its answer take 25 ms at 9600 baud; twelve such tries stay well within
 * the ten seconds that a reader has to open.
 */
const SEARCHING_TIMEOUT_MS = 400;

type Start<Line, Started> = (line: Line) => Started;
/** Waits for the answer no longer than `timeoutMsMax`. */
type Greet<Started> = (started: Started, timeoutMsMax: number) => Promise<void>;

/**
 * Opens the line and makes sure that the reader answers on it, with whatever `start` makes of the line. A line that
 * opened and has no reader on it is closed again. Fault: `reader.absent`.
 */
export async function openReader<Line extends Closable, Started>(
  transport: Openable<Line>,
  signal: AbortSignal,
  start: Start<Line, Started>,
  greet: Greet<Started>,
): Promise<Started> {
  const { speeds } = transport;
  if (!speeds) {
    const line = await transport.open(signal);
    const patiently: Greet<Started> = (started, timeoutMsMax) =>
      greetPatiently(() => greet(started, timeoutMsMax));
    return greeted(line, transport, signal, start, patiently, GREETING_TIMEOUT_MS_MAX);
  }
  const ways = speeds.ways();
  let failure: unknown;
  // Twice round: what came at a wrong speed may have confused the reader for a moment.
  for (const way of [...ways, ...ways]) {
    const line = await way.open(signal);
    try {
      const started = await greeted(line, way, signal, start, greet, SEARCHING_TIMEOUT_MS);
      speeds.answered(way);
      return started;
    } catch (error) {
      failure = error;
      if (signal.aborted) break;
    }
  }
  throw failure;
}

async function greeted<Line extends Closable, Started>(
  line: Line,
  transport: Openable<Line>,
  signal: AbortSignal,
  start: Start<Line, Started>,
  greet: Greet<Started>,
  timeoutMsMax: number,
): Promise<Started> {
  const abandon = () => void line.close();
  signal.addEventListener('abort', abandon, { once: true });
  try {
    const started = start(line);
    await greet(started, timeoutMsMax);
    if (signal.aborted) throw signal.reason;
    return started;
  } catch (cause) {
    await line.close();
    const reason = cause instanceof Fault ? cause.message : 'given up';
    throw new Fault('reader.absent', { detail: `${transport.description}: ${reason}` }, cause);
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}

async function greetPatiently(greet: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await greet();
    } catch (error) {
      const passing =
        error instanceof Fault && (error.code === 'reader.silent' || error.code === 'reader.protocol');
      if (!passing || attempt === GREETINGS_MAX) throw error;
    }
  }
}
