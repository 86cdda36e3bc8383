import { Fault } from '../errors.ts';
import { type ConfiguredReader, type KeeperParts, ReaderKeeper, type ReaderWork } from './keeper.ts';
import type { ReaderStatus } from './standing.ts';
import { systemTimers } from './timers.ts';

export type { ConfiguredReader } from './keeper.ts';

/** A reader of the pool, plugged in here or at a desk. */
export interface PooledReader {
  status(): ReaderStatus;
  /** Hands the reader to `work`, alone; see `ReaderKeeper.use`. */
  use<T>(work: ReaderWork<T>, limitMs: number, cancelled?: AbortSignal): Promise<T>;
}

/** Readers that come and go while the gateway runs: those of its desks. Their ids hold a dot, configured ones none. */
export interface MoreReaders {
  list(): readonly PooledReader[];
  find(id: string): PooledReader | undefined;
  /** Ends what is under way with `gateway.stopping`. */
  close(): Promise<void>;
}

export type ReaderPoolParts = Omit<KeeperParts, 'timers' | 'random'> &
  Partial<Pick<KeeperParts, 'timers' | 'random'>> & {
    readonly readers: readonly ConfiguredReader[];
    readonly more?: MoreReaders;
  };

/** The readers of this gateway, each kept open by itself, and those of its desks. */
export class ReaderPool {
  readonly #keepers = new Map<string, ReaderKeeper>();
  readonly #more: MoreReaders | undefined;

  constructor(parts: ReaderPoolParts) {
    const { readers, more, timers = systemTimers, random = Math.random, ...rest } = parts;
    this.#more = more;
    for (const reader of readers) {
      if (this.#keepers.has(reader.id)) throw new Error(`two readers are called ${reader.id}`);
      this.#keepers.set(reader.id, new ReaderKeeper(reader, { ...rest, timers, random }));
    }
  }

  /** Begins to open all readers; answers at once, since a reader may take its time or never come. */
  start(): void {
    for (const keeper of this.#keepers.values()) keeper.start();
  }

  list(): ReaderStatus[] {
    return [...this.#keepers.values(), ...(this.#more?.list() ?? [])].map((reader) => reader.status());
  }

  /** Fault `reader.not-found`. */
  status(id: string): ReaderStatus {
    return this.#reader(id).status();
  }

  /** Hands a reader to `work`, alone. Faults: those of the reader's own `use`, `reader.not-found`. */
  async use<T>(id: string, work: ReaderWork<T>, limitMs: number, cancelled?: AbortSignal): Promise<T> {
    return this.#reader(id).use(work, limitMs, cancelled);
  }

  /** Ends readings under way with `gateway.stopping` and closes all lines. */
  async close(): Promise<void> {
    await Promise.all([this.#more?.close(), ...[...this.#keepers.values()].map((keeper) => keeper.close())]);
  }

  #reader(id: string): PooledReader {
    const reader = this.#keepers.get(id) ?? this.#more?.find(id);
    if (!reader) throw new Fault('reader.not-found');
    return reader;
  }
}
