import type { ReaderTrace } from '../../schemas/trace.ts';
import { type Ids, systemIds } from '../clock.ts';
import { Fault } from '../errors.ts';
import { type ConfiguredReader, type KeeperParts, ReaderKeeper, type ReaderWork } from './keeper.ts';
import { LiftGate } from './lift-gate.ts';
import { isFailure } from './measures/rules.ts';
import type { ReaderTally } from './measures/tally.ts';
import { Leases } from './sharing/leases.ts';
import type { ReaderStatus } from './standing.ts';
import { systemTimers } from './timers.ts';
import { Traces } from './trace/traces.ts';
import { CardWatch } from './watch.ts';

export type { ConfiguredReader } from './keeper.ts';

/** How a reader is used. */
export interface Use {
  /** After this long the reader counts as lost. */
  readonly limitMs: number;
  /** Ends the use, for a caller who has gone away. */
  readonly cancelled?: AbortSignal;
  /** The lease it is used under; needed where somebody holds the reader. */
  readonly lease?: string;
}

/** A reader of the pool, plugged in here or at a desk. */
export interface PooledReader {
  status(): ReaderStatus;
  /** Whether the functions of LD/T 33 are the vendor's own. */
  readonly hasLibrary?: boolean;
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
    readonly ids?: Ids;
    /** Told how each use of a reader ended. */
    readonly tally?: Pick<ReaderTally, 'made' | 'failed'> | undefined;
  };

/** The readers of this gateway, each kept open by itself, and those of its desks. */
export class ReaderPool {
  readonly #keepers = new Map<string, ReaderKeeper>();
  readonly #gates = new Map<string, LiftGate>();
  readonly #watches: CardWatch[] = [];
  readonly #more: MoreReaders | undefined;
  readonly #tally: ReaderPoolParts['tally'];
  /** Who has set which reader aside. */
  readonly leases: Leases;
  readonly #traces: Traces;

  constructor(parts: ReaderPoolParts) {
    const {
      readers,
      more,
      tally,
      ids = systemIds,
      timers = systemTimers,
      random = Math.random,
      ...rest
    } = parts;
    this.#more = more;
    this.#tally = tally;
    this.leases = new Leases({ ...rest, ids, timers });
    this.#traces = new Traces(rest.clock);
    for (const reader of readers) {
      if (this.#keepers.has(reader.id)) throw new Error(`two readers are called ${reader.id}`);
      const gate = (reader.mustLift ?? true) ? new LiftGate() : undefined;
      const keeper = new ReaderKeeper(reader, { ...rest, timers, random }, () => gate?.open());
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
    return [...this.#keepers.values(), ...(this.#more?.list() ?? [])].map((reader) => reader.status());
  }

  /** Fault `reader.not-found`. */
  status(id: string): ReaderStatus {
    return this.#reader(id).status();
  }

  /** Whether the functions of LD/T 33 are the vendor's own on this reader. Fault `reader.not-found`. */
  hasLibrary(id: string): boolean {
    // A desk's reader shows what its library reads; the functions themselves are not called over the line.
    return this.#reader(id).hasLibrary ?? false;
  }

  /** Whether the last resident ID card has been lifted; none where it need not be. */
  gate(id: string): LiftGate | undefined {
    return this.#gates.get(id);
  }

  /**
   * Hands a reader to `work`, alone. Faults: those of the reader's own `use`, of its lease (`Leases.admit`), and
   * `reader.not-found`.
   */
  async use<T>(id: string, work: ReaderWork<T>, { limitMs, cancelled, lease }: Use): Promise<T> {
    const reader = this.#reader(id);
    this.leases.admit(id, lease);
    const recorded = this.#traces.record(id, reader.status().driver, work);
    try {
      const value = await reader.use(recorded.work, limitMs, cancelled);
      recorded.keep();
      this.#tally?.made(id);
      return value;
    } catch (error) {
      recorded.keep(error);
      if (error instanceof Fault && isFailure(error.code)) this.#tally?.failed(id, error.code);
      throw error;
    }
  }

  /** What passed in the last uses of a reader, masked, the latest first. Fault `reader.not-found`. */
  traces(id: string): readonly ReaderTrace[] {
    this.#reader(id);
    return this.#traces.of(id);
  }

  /** Ends readings under way with `gateway.stopping` and closes all lines. */
  async close(): Promise<void> {
    this.leases.close();
    for (const watch of this.#watches) watch.stop();
    await Promise.all([this.#more?.close(), ...[...this.#keepers.values()].map((keeper) => keeper.close())]);
  }

  #reader(id: string): PooledReader {
    const reader = this.#keepers.get(id) ?? this.#more?.find(id);
    if (!reader) throw new Fault('reader.not-found');
    return reader;
  }
}
