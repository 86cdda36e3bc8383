import { type Ids, systemIds } from '../clock.ts';
import { Fault } from '../errors.ts';
import { type ConfiguredReader, type KeeperParts, ReaderKeeper, type ReaderWork } from './keeper.ts';
import { LiftGate } from './lift-gate.ts';
import { Leases } from './sharing/leases.ts';
import type { ReaderStatus } from './standing.ts';
import { systemTimers } from './timers.ts';
import { CardWatch } from './watch.ts';

export type { ConfiguredReader } from './keeper.ts';

export type ReaderPoolParts = Omit<KeeperParts, 'timers' | 'random'> &
  Partial<Pick<KeeperParts, 'timers' | 'random'>> & {
    readonly readers: readonly ConfiguredReader[];
    readonly ids?: Ids;
  };

/** How a reader is used. */
export interface Use {
  /** After this long the reader counts as lost. */
  readonly limitMs: number;
  /** Ends the use, for a caller who has gone away. */
  readonly cancelled?: AbortSignal;
  /** The lease it is used under; needed where somebody holds the reader. */
  readonly lease?: string;
}

/** The readers of this gateway, each kept open by itself. */
export class ReaderPool {
  readonly #keepers = new Map<string, ReaderKeeper>();
  readonly #gates = new Map<string, LiftGate>();
  readonly #watches: CardWatch[] = [];
  /** Who has set which reader aside. */
  readonly leases: Leases;

  constructor(parts: ReaderPoolParts) {
    const { readers, ids = systemIds, timers = systemTimers, random = Math.random, ...rest } = parts;
    this.leases = new Leases({ ...rest, ids, timers });
    for (const reader of readers) {
      if (this.#keepers.has(reader.id)) throw new Error(`two readers are called ${reader.id}`);
      const keeper = new ReaderKeeper(reader, { ...rest, timers, random });
      const gate = (reader.mustLift ?? true) ? new LiftGate() : undefined;
      this.#keepers.set(reader.id, keeper);
      if (gate) this.#gates.set(reader.id, gate);
      const { id, watch: always = false } = reader;
      const glance = keeper.glance.bind(keeper);
      this.#watches.push(new CardWatch({ id, glance, always, gate, timers, events: rest.events }));
    }
  }

  /** Begins to open all readers; answers at once, since a reader may take its time or never come. */
  start(): void {
    for (const keeper of this.#keepers.values()) keeper.start();
    for (const watch of this.#watches) watch.start();
  }

  list(): ReaderStatus[] {
    return [...this.#keepers.values()].map((keeper) => keeper.status());
  }

  /** Fault `reader.not-found`. */
  status(id: string): ReaderStatus {
    return this.#keeper(id).status();
  }

  /** Whether the functions of LD/T 33 are the vendor's own on this reader. Fault `reader.not-found`. */
  hasLibrary(id: string): boolean {
    return this.#keeper(id).hasLibrary;
  }

  /** Whether the last resident ID card has been lifted; none where it need not be. */
  gate(id: string): LiftGate | undefined {
    return this.#gates.get(id);
  }

  /** Hands a reader to `work`, alone; see `ReaderKeeper.use` and, for its lease, `Leases.admit`. */
  async use<T>(id: string, work: ReaderWork<T>, { limitMs, cancelled, lease }: Use): Promise<T> {
    const keeper = this.#keeper(id);
    this.leases.admit(id, lease);
    return keeper.use(work, limitMs, cancelled);
  }

  /** Ends readings under way with `gateway.stopping` and closes all lines. */
  async close(): Promise<void> {
    this.leases.close();
    for (const watch of this.#watches) watch.stop();
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper.close()));
  }

  #keeper(id: string): ReaderKeeper {
    const keeper = this.#keepers.get(id);
    if (!keeper) throw new Fault('reader.not-found');
    return keeper;
  }
}
