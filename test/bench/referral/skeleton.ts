/**
 * The baseline: bare Fastify and SQLite that does what any durable service must: store the body under an id of its own
 * and answer, the writes of all requests in flight in one commit. No validation, idempotency, encryption, audit,
 * history, outbox, access control or log.
 */
import { randomUUIDv7 } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';

const db = new DatabaseSync(process.env.BENCH_FILE!);
db.exec('pragma journal_mode = wal; pragma synchronous = full');
db.exec('create table referrals (id text primary key, body text)');
const insert = db.prepare('insert into referrals (id, body) values (?, ?)');
const all = db.prepare('select count(*) as rows from referrals');

let waiting: { work: () => unknown; resolve: () => void }[] = [];
let scheduled = false;

function write(work: () => unknown): Promise<void> {
  return new Promise((resolve) => {
    waiting.push({ work, resolve });
    if (scheduled) return;
    scheduled = true;
    setImmediate(commit);
  });
}

function commit(): void {
  const batch = waiting;
  waiting = [];
  scheduled = false;
  db.exec('begin');
  for (const { work } of batch) work();
  db.exec('commit');
  for (const { resolve } of batch) resolve();
}

const app = Fastify();
app.post('/', async (request, reply) => {
  const id = randomUUIDv7();
  const body = JSON.stringify(request.body);
  await write(() => insert.run(id, body));
  return reply.code(201).send({ id, ...(request.body as object) });
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ port: Number(new URL(url).port) });
process.on('message', () => process.send?.(all.get()));
process.on('SIGTERM', () => process.exit(0));
