import { once } from 'node:events';
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** A log of this length is worth a thread; that of a quiet clinic never gets there, and its writer does the work. */
const WORTH_BYTES = 3 * 1_048_576;

const EVERY_MS = 500;

/**
 * Takes the checkpoints off the gateway's thread: on an old disk, writing a thousand scattered pages and syncing them
 * takes longer than a desk should wait. A passive checkpoint waits for nobody and nobody waits for it. It can't begin
 * the log anew while commits go on, so the writer still does that, with little left to move.
 */
export class Checkpointer {
  readonly #file: string;
  #worker: Worker | undefined;
  /** Whether a thread was asked for; it is asked for once. */
  #given = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Call after a commit. Never throws: without the thread the writer makes all the checkpoints. */
  look(): void {
    if (this.#given || !this.#isLong()) return;
    this.#given = true;
    try {
      const workerData = { file: this.#file, everyMs: EVERY_MS };
      this.#worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData });
      this.#worker.on('error', () => undefined);
      this.#worker.unref();
    } catch {
      this.#worker = undefined;
    }
  }

  /** Ends the thread; only then may the database be closed. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker || worker.threadId < 0) return;
    worker.ref();
    const ended = once(worker, 'exit');
    worker.postMessage('close');
    await ended;
  }

  #isLong(): boolean {
    const log = statSync(`${this.#file}-wal`, { throwIfNoEntry: false });
    return log !== undefined && log.size > WORTH_BYTES;
  }
}
