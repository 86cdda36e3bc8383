import type { StatementSync } from 'node:sqlite';
import { Fault } from '../../../src/errors.ts';
import { UNIT_TIME_LIMIT_MS, type Unit, UnknownCommitError } from '../../../src/store/port.ts';
import { type Connection, SQLITE_BUSY, SQLITE_IOERR, sqliteCode } from './connection.ts';
import { SqliteUnit } from './unit.ts';

/** One commit syncs at most this many units, so that no request waits behind an endless batch. */
const UNITS_PER_COMMIT_MAX = 256;

/** Turns of the event loop a batch may grow before it is committed; more won nothing at 50 requests in flight. */
const GATHERING_TURNS_MAX = 8;

/** Units waiting for a commit; past this the store answers that it is busy rather than grow. */
const UNITS_WAITING_MAX = 10_000;

interface Waiting {
  /** Runs the unit; answers what tells its caller, once it is committed. */
  run(): Promise<() => void>;
  reject(error: unknown): void;
}

/**
 * Commits the units of all requests in flight together.
 *
 *     idle ──write──► scheduled ──next turn──► committing ──queue empty──► idle
 *                         ▲                        │ └──disk failed in the commit──► broken
 *                         └──────more arrived──────┘
 *
 * Units run one after another in one transaction. Where one throws, the batch is undone and run again with each unit
 * in a savepoint of its own, so that the one is undone alone: units may be run again, and most batches need no
 * savepoints. Nobody is answered before the commit; if the commit fails, everybody is refused.
 *
 * Broken: the disk failed to sync. What it holds is then unknown until the file is opened again, and another sync
 * would claim success for what the first one lost, so nothing more is written.
 */
export class Batcher {
  readonly #connection: Connection;
  readonly #committed: () => void;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #savepoint: StatementSync;
  readonly #release: StatementSync;
  readonly #undo: StatementSync;
  readonly #queue: Waiting[] = [];
  /** Stands for the transaction that is open; see `Unit.transaction`. */
  #transaction: object = {};
  #running: Promise<void> | undefined;
  /** Refuses the unit that runs now, when its time is up. */
  #late: (error: Error) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #refusal: Error | undefined;
  #syncing: Promise<void> | undefined;

  /** @param committed told after each commit that is on the disk */
  constructor(connection: Connection, committed: () => void = () => undefined) {
    const { db } = connection;
    this.#connection = connection;
    this.#committed = committed;
    this.#begin = db.prepare('begin immediate');
    this.#commit = db.prepare('commit');
    this.#rollback = db.prepare('rollback');
    this.#savepoint = db.prepare('savepoint unit');
    this.#release = db.prepare('release unit');
    this.#undo = db.prepare('rollback to unit');
  }

  write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    if (this.#queue.length >= UNITS_WAITING_MAX)
      return Promise.reject(new Fault('gateway.busy', { retryAfterS: 1 }));
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({
        run: async () => {
          const value = await this.#run(work);
          return () => resolve(value);
        },
        reject,
      });
      this.#running ??= this.#commitAll();
    });
  }

  /** The sync of a commit that others can see already; none when all that can be seen is on the disk. */
  get syncing(): Promise<void> | undefined {
    return this.#syncing;
  }

  /** Commits what waits and takes no more. */
  async drain(): Promise<void> {
    this.#refusal ??= new Fault('gateway.stopping');
    await this.#running;
  }

  async #commitAll(): Promise<void> {
    this.#timer = setTimeout(() => this.#late(new Error('a unit of work ran too long')), UNIT_TIME_LIMIT_MS);
    while (this.#queue.length > 0) {
      await this.#gather();
      const batch = this.#queue.splice(0, UNITS_PER_COMMIT_MAX);
      for (const answer of await this.#commitBatch(batch)) answer();
    }
    clearTimeout(this.#timer);
    this.#running = undefined;
  }

  /**
   * Lets every request that is on its way join the batch: turn by turn for as long as more arrive. An idle gateway
   * waits one turn, which is microseconds; a busy one shares its syncs among more units.
   */
  async #gather(): Promise<void> {
    for (let turn = 0; turn < GATHERING_TURNS_MAX; turn++) {
      const waiting = this.#queue.length;
      await new Promise(setImmediate);
      if (this.#queue.length === waiting) return;
    }
  }

  /** Runs and commits a batch; answers what tells its callers. Never throws. */
  async #commitBatch(batch: readonly Waiting[]): Promise<(() => void)[]> {
    let committing = false;
    try {
      this.#beginAnew();
      const answers = (await this.#runAll(batch)) ?? (await this.#runApart(batch));
      committing = true;
      this.#commit.run();
      this.#syncing = this.#connection.sync();
      await this.#syncing;
      this.#committed();
      return answers;
    } catch (error) {
      const refusal = this.#refusalFor(error, committing);
      return batch.map((unit) => () => unit.reject(refusal));
    } finally {
      this.#syncing = undefined;
    }
  }

  #beginAnew(): void {
    this.#begin.run();
    this.#transaction = {};
  }

  /** Runs the units together. Nothing where one of them threw: then all are undone, in a transaction begun anew. */
  async #runAll(batch: readonly Waiting[]): Promise<(() => void)[] | undefined> {
    const answers: (() => void)[] = [];
    try {
      for (const unit of batch) {
        this.#timer?.refresh();
        answers.push(await unit.run());
      }
      return answers;
    } catch (error) {
      if (!this.#connection.db.isTransaction) throw error;
      this.#rollback.run();
      this.#beginAnew();
      return undefined;
    }
  }

  /** Runs each unit in a savepoint, so that one that throws is undone alone. */
  async #runApart(batch: readonly Waiting[]): Promise<(() => void)[]> {
    const answers: (() => void)[] = [];
    for (const unit of batch) answers.push(await this.#answerOf(unit));
    return answers;
  }

  /** Throws when the whole batch is lost: SQLite has undone it, or the unit alone can't be undone. */
  async #answerOf(unit: Waiting): Promise<() => void> {
    this.#savepoint.run();
    this.#timer?.refresh();
    try {
      const answer = await unit.run();
      this.#release.run();
      return answer;
    } catch (error) {
      if (!this.#connection.db.isTransaction) throw error;
      this.#undo.run();
      this.#release.run();
      this.#transaction = {};
      return () => unit.reject(error);
    }
  }

  /** Undoes the batch, and says to its callers what became of it. */
  #refusalFor(error: unknown, committing: boolean): Error {
    let failure = error;
    try {
      if (this.#connection.db.isTransaction) this.#rollback.run();
    } catch (second) {
      failure = second;
    }
    if (sqliteCode(failure) === SQLITE_BUSY) return new Fault('gateway.busy', { retryAfterS: 1 }, failure);
    const code = sqliteCode(failure);
    // No code at all: the sync itself failed.
    if (!committing || (code !== undefined && code !== SQLITE_IOERR))
      return new Fault('gateway.store', {}, failure);
    this.#refusal = new Fault('gateway.store', { detail: 'the disk failed; restart the gateway' }, failure);
    return new UnknownCommitError('the disk failed during the commit', { cause: failure });
  }

  async #run<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    const unit = new SqliteUnit(this.#connection, this.#transaction);
    try {
      const value = await new Promise<T>((resolve, reject) => {
        this.#late = reject;
        work(unit).then(resolve, reject);
      });
      unit.assertWhole();
      return value;
    } finally {
      unit.end();
    }
  }
}
