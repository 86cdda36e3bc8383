import type { ReaderTrace } from '../../../schemas/trace.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { ReaderWork } from '../keeper.ts';
import { TraceRecorder } from './recorder.ts';

/** Uses kept of each reader: the last, and those before it for comparison. */
const KEPT = 3;

/**
 * What passed between the gateway and each reader's cards in its last uses, in memory and masked as it is written down,
 * so that an operator sees why a card was not read without having to be there. A use in which no card answered, such as
 * a wait that nobody came to, gives way to the next, and displaces none that says more.
 */
export class Traces {
  readonly #clock: Clock;
  readonly #byReader = new Map<string, ReaderTrace[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The last uses of a reader, the latest first; none where nothing was recorded: scanners and vendors' libraries. */
  of(readerId: string): readonly ReaderTrace[] {
    return this.#byReader.get(readerId) ?? [];
  }

  /** The same work, recorded; `keep` puts it away when it has ended. */
  record<T>(readerId: string, driver: string, work: ReaderWork<T>) {
    const recorder = new TraceRecorder(this.#clock);
    return {
      work: ((reader, signal) => work(recorder.around(reader), signal)) satisfies ReaderWork<T>,
      keep: (error?: unknown) => {
        const fault = error instanceof Fault ? { fault: error.code } : {};
        this.#keep(readerId, { ...recorder.trace(driver), ...fault });
      },
    };
  }

  #keep(readerId: string, trace: ReaderTrace): void {
    if (trace.exchanges.length === 0) return;
    const before = this.of(readerId).filter(saysSomething);
    const kept = saysSomething(trace) || before.length === 0 ? [trace, ...before] : before;
    this.#byReader.set(readerId, kept.slice(0, KEPT));
  }
}

/** Whether a card answered, or something failed on the way to it. */
function saysSomething({ exchanges }: ReaderTrace): boolean {
  return exchanges.some(
    ({ answer, fault, found }) => answer !== undefined || fault !== undefined || found === true,
  );
}
