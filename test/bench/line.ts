import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { VirtualDialect } from '../../src/sandbox/readers/reader.ts';
import { startVirtualReader } from '../../src/sandbox/readers/server.ts';

/** Where the worker gets its card from: it calls a function of a module, as a card itself can't be sent to it. */
export interface CardSource {
  /** URL of the module. */
  readonly module: string;
  /** Name of the function that answers the card. */
  readonly name: string;
  readonly arguments: readonly unknown[];
}

export interface PacedReaderOptions {
  readonly dialect: VirtualDialect;
  readonly baudRate: number;
  readonly card: CardSource;
}

export interface PacedReader {
  readonly host: string;
  readonly port: number;
  /** All bytes that have passed, in both directions. */
  wireBytes(): number;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** What a worker is started with, beside its options: the counter that both threads see. */
interface Shared extends PacedReaderOptions {
  readonly pacedReader: true;
  readonly wireBytes: SharedArrayBuffer;
}

/**
 * A virtual reader on a line of that speed, with its card in place for good, in a thread of its own: it may wait in a
 * busy loop for the exact moment without holding up the gateway that is measured.
 */
export async function startPacedReader(options: PacedReaderOptions): Promise<PacedReader> {
  const wireBytes = new Int32Array(new SharedArrayBuffer(4));
  const shared: Shared = { ...options, pacedReader: true, wireBytes: wireBytes.buffer };
  const worker = new Worker(new URL(import.meta.url), { workerData: shared });
  const [port]: number[] = await once(worker, 'message');
  return {
    host: HOST,
    port: port!,
    wireBytes: () => Atomics.load(wireBytes, 0),
    close: async () => void (await worker.terminate()),
  };
}

async function serveInWorker({ dialect, baudRate, card, wireBytes }: Shared): Promise<void> {
  const counter = new Int32Array(wireBytes);
  const reader = await startVirtualReader({
    dialect,
    host: HOST,
    port: 0,
    cardMustLeave: false,
    pacing: { baudRate, precise: true },
    onBytes: (count) => void Atomics.add(counter, 0, count),
  });
  const module = await import(card.module);
  reader.insert(await module[card.name](...card.arguments));
  parentPort!.postMessage(reader.port);
}

// Not awaited here: the card's module may import this one. A failure ends the worker and reaches who started it.
if (!isMainThread && workerData?.pacedReader) void serveInWorker(workerData);
