/**
 * The second baseline: bare Fastify and SQLite that does what any durable gateway must: store the request, forward it,
 * store the answer, with the writes of all requests in flight in one commit. No validation, signing, encryption,
 * audit, access control or log.
 */
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';
import { Pool } from 'undici';

const db = new DatabaseSync(process.env.BENCH_FILE!);
db.exec('pragma journal_mode = wal; pragma synchronous = full');
db.exec('create table exchanges (id integer primary key, request text, answer text)');
const insert = db.prepare('insert into exchanges (request) values (?)');
const update = db.prepare('update exchanges set answer = ? where id = ?');
const complete = db.prepare('select count(*) as rows from exchanges where answer is not null');

type Work = () => number;
let waiting: { work: Work; resolve: (id: number) => void }[] = [];
let scheduled = false;

function write(work: Work): Promise<number> {
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
  const ids = batch.map(({ work }) => work());
  db.exec('commit');
  for (const [index, { resolve }] of batch.entries()) resolve(ids[index]!);
}

const upstream = new Pool(`http://127.0.0.1:${process.env.BENCH_UPSTREAM}`, { connections: 64 });
const app = Fastify();
app.post('/', async (request) => {
  const body = JSON.stringify(request.body);
  const id = await write(() => Number(insert.run(body).lastInsertRowid));
  const response = await upstream.request({
    method: 'POST',
    path: '/',
    body,
    headers: { 'content-type': 'application/json' },
  });
  const answer = await response.body.text();
  await write(() => Number(update.run(answer, id).changes));
  return JSON.parse(answer) as unknown;
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ port: Number(new URL(url).port) });
process.on('message', () => process.send?.(complete.get()));
process.on('SIGTERM', () => process.exit(0));
