import { Fault } from '../../src/errors.ts';

/** A line of bytes or of reports, as far as opening it goes. */
interface Openable<Line> {
  readonly description: string;
  open(signal: AbortSignal): Promise<Line>;
}

/** The first request may meet the tail of what an earlier program left on the line, so it is sent twice. */
const GREETINGS_MAX = 2;

/**
 * Opens the line and makes sure that the reader answers on it, with whatever `start` makes of the line. A line that
 * opened and has no reader on it is closed again. Fault: `reader.absent`.
 */
export async function openReader<Line extends { close(): Promise<void> }, Started>(
  transport: Openable<Line>,
  signal: AbortSignal,
  start: (line: Line) => Started,
  greet: (started: Started) => Promise<void>,
): Promise<Started> {
  const line = await transport.open(signal);
  const abandon = () => void line.close();
  signal.addEventListener('abort', abandon, { once: true });
  try {
    const started = start(line);
    await greetPatiently(() => greet(started));
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
