import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const synced = promisify(fdatasync);

/**
 * Syncs SQLite's write-ahead log from another thread. SQLite appends each commit to it and, under `synchronous =
 * normal`, leaves the sync to us: the same system call on the same file as under `full`, but this thread goes on. The
 * log is one file for as long as any connection is open; a checkpoint syncs it by itself before it overwrites it.
 */
export class LogSync {
  readonly #file: string | undefined;
  #descriptor: number | undefined;

  /** @param database its file; none for a database in memory */
  constructor(database: string | null) {
    this.#file = database ? `${database}-wal` : undefined;
  }

  async sync(): Promise<void> {
    if (this.#file === undefined) return;
    // For writing, since Windows flushes only what could be written.
    this.#descriptor ??= openSync(this.#file, 'r+');
    await synced(this.#descriptor);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
