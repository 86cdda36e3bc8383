import { Fault } from '../errors.ts';
import { type ConfiguredReader, type KeeperParts, ReaderKeeper, type ReaderWork } from './keeper.ts';
import type { ReaderStatus } from './standing.ts';
import { systemTimers } from './timers.ts';

export type { ConfiguredReader } from './keeper.ts';

export type ReaderPoolParts = Omit<KeeperParts, 'timers' | 'random'> &
  Partial<Pick<KeeperParts, 'timers' | 'random'>> & { readonly readers: readonly ConfiguredReader[] };

/** The readers of this gateway, each kept open by itself. */
export class ReaderPool {
  readonly #keepers = new Map<string, ReaderKeeper>();

  constructor(parts: ReaderPoolParts) {
    const { readers, timers = systemTimers, random = Math.random, ...rest } = parts;
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
    return [...this.#keepers.values()].map((keeper) => keeper.status());
  }

  /** Fault `reader.not-found`. */
  status(id: string): ReaderStatus {
    return this.#keeper(id).status();
  }

  /** Hands a reader to `work`, alone; see `ReaderKeeper.use`. */
  async use<T>(id: string, work: ReaderWork<T>, limitMs: number, cancelled?: AbortSignal): Promise<T> {
    return this.#keeper(id).use(work, limitMs, cancelled);
  }

  /** Ends readings under way with `gateway.stopping` and closes all lines. */
  async close(): Promise<void> {
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper.close()));
  }

  #keeper(id: string): ReaderKeeper {
    const keeper = this.#keepers.get(id);
    if (!keeper) throw new Fault('reader.not-found');
    return keeper;
  }
}
