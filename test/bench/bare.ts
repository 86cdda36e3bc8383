/** What the baselines have in common: bare SQLite, the writes of all requests in flight in one commit, and bare Fastify. */
import { DatabaseSync } from 'node:sqlite';
import type { FastifyInstance } from 'fastify';

type Work = () => unknown;

export interface BareStore {
  readonly db: DatabaseSync;
  /** Resolves when the work is on the disk. */
  write(work: Work): Promise<void>;
}

/** A store as durable as the gateway's, on the file that the bench gives. */
export function bareStore(table: string): BareStore {
  const db = new DatabaseSync(process.env.BENCH_FILE!);
  db.exec('pragma journal_mode = wal; pragma synchronous = full');
  db.exec(table);
  let waiting: { work: Work; resolve: () => void }[] = [];
  const commit = () => {
    const batch = waiting;
    waiting = [];
    db.exec('begin');
    for (const { work } of batch) work();
    db.exec('commit');
    for (const { resolve } of batch) resolve();
  };
  const write = (work: Work) =>
    new Promise<void>((resolve) => {
      if (waiting.length === 0) setImmediate(commit);
      waiting.push({ work, resolve });
    });
  return { db, write };
}

/** Listens, tells the bench where, counts for it what is stored, and ends when it says so. */
export async function serveBare(app: FastifyInstance, count: () => unknown): Promise<void> {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  process.send?.({ port: Number(new URL(url).port) });
  process.on('message', () => process.send?.(count()));
  process.on('SIGTERM', () => process.exit(0));
}
