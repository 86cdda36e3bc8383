/** The thread of a `Checkpointer`: moves what the log holds into the database file, again and again. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const { file, everyMs } = workerData as { readonly file: string; readonly everyMs: number };
const db = new DatabaseSync(file);
const checkpoint = db.prepare('pragma wal_checkpoint(passive)');

const timer = setInterval(() => {
  try {
    checkpoint.get();
  } catch {
    // A full disk, or the writer was at it itself: nothing is lost, the log keeps it until the next time.
  }
}, everyMs);

parentPort?.once('message', () => {
  clearInterval(timer);
  db.close();
});
