import type { DocumentKind } from '../../../schemas/reading.ts';
import type { Trace } from '../../../schemas/trace.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { ReaderDriver } from '../port.ts';
import { kindsOf, readPresented } from '../present.ts';
import { systemTimers } from '../timers.ts';
import { TraceRecorder } from './recorder.ts';

export interface Recording {
  readonly trace: Trace;
  /** What was read; none where the reading failed, which is what most traces are made for. */
  readonly kind?: DocumentKind;
  readonly fault?: Fault;
}

/** Opens a reader, waits for a card, reads it and answers what passed. Faults: `reader.absent`. */
export async function record(
  driver: ReaderDriver,
  { timeoutMs, clock, signal }: { timeoutMs: number; clock: Clock; signal: AbortSignal },
): Promise<Recording> {
  const reader = await driver.open(signal);
  const recorder = new TraceRecorder(clock);
  const accept = kindsOf(reader);
  const waiting = { accept, timeoutMs, clock, signal, timers: systemTimers };
  try {
    const kind = await readPresented(
      recorder.around(reader),
      { ...waiting, spot: 'either', newAddress: true },
      async (told) => told.kind,
    );
    return { trace: recorder.trace(driver.description), kind };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return { trace: recorder.trace(driver.description), fault };
  } finally {
    await reader.close();
  }
}
