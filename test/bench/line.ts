import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Line, Transport } from '../../adapters/readers/transports/line.ts';
import { tcpTransport } from '../../adapters/readers/transports/tcp.ts';
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
  /** The way to it. What is written leaves at once, as from a serial port, however long the thread takes to wake up. */
  readonly transport: Transport;
  /** All bytes that have passed, in both directions. */
  wireBytes(): number;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** What a worker is started with, beside its options: the counters that both threads see. */
interface Shared extends PacedReaderOptions {
  readonly pacedReader: true;
  readonly wireBytes: SharedArrayBuffer;
  /** When something was last written to the line, in nanoseconds of the clock that all threads share. */
  readonly writtenAtNs: SharedArrayBuffer;
}

/**
 * A virtual reader on a line of that speed, with its card in place for good, in a thread of its own: it may wait in a
 * busy loop for the exact moment without holding up the gateway that is measured.
 */
export async function startPacedReader(options: PacedReaderOptions): Promise<PacedReader> {
  const wireBytes = new Int32Array(new SharedArrayBuffer(4));
  const writtenAtNs = new BigInt64Array(new SharedArrayBuffer(8));
  const shared: Shared = {
    ...options,
    pacedReader: true,
    wireBytes: wireBytes.buffer,
    writtenAtNs: writtenAtNs.buffer,
  };
  const worker = new Worker(new URL(import.meta.url), { workerData: shared });
  const [port]: number[] = await once(worker, 'message');
  return {
    transport: stamped(tcpTransport(HOST, port!), writtenAtNs),
    wireBytes: () => Atomics.load(wireBytes, 0),
    close: async () => void (await worker.terminate()),
  };
}

/** Notes the moment of each write. */
function stamped(transport: Transport, writtenAtNs: BigInt64Array): Transport {
  return {
    ...transport,
    async open(signal): Promise<Line> {
      const line = await transport.open(signal);
      const write = line.stream.write.bind(line.stream);
      line.stream.write = (...bytes: unknown[]) => {
        Atomics.store(writtenAtNs, 0, process.hrtime.bigint());
        return Reflect.apply(write, line.stream, bytes);
      };
      return line;
    },
  };
}

async function serveInWorker({ dialect, baudRate, card, ...shared }: Shared): Promise<void> {
  const wireBytes = new Int32Array(shared.wireBytes);
  const writtenAtNs = new BigInt64Array(shared.writtenAtNs);
  const writtenAtMs = () => {
    const agoNs = process.hrtime.bigint() - Atomics.load(writtenAtNs, 0);
    return performance.now() - Number(agoNs) / 1e6;
  };
  const reader = await startVirtualReader({
    dialect,
    host: HOST,
    port: 0,
    cardMustLeave: false,
    pacing: { baudRate, precise: true, writtenAtMs },
    onBytes: (count) => void Atomics.add(wireBytes, 0, count),
  });
  const module = await import(card.module);
  reader.insert(await module[card.name](...card.arguments));
  parentPort!.postMessage(reader.port);
}

// Not awaited here: the card's module may import this one. A failure ends the worker and reaches who started it.
if (!isMainThread && workerData?.pacedReader) void serveInWorker(workerData);
