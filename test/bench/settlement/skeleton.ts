/**
 * The baseline: bare Fastify and SQLite that does what any durable gateway must for the same visit, as many times: store
 * the request, forward it, store the answer, the writes of all requests in flight in one commit. What it forwards and
 * stores is as long as what the gateway does. No validation, signing, encryption, audit, access control, ledger or log.
 */
import { randomUUIDv7 } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';
import { Pool } from 'undici';
import { bodies } from './bodies.ts';

const db = new DatabaseSync(process.env.BENCH_FILE!);
db.exec('pragma journal_mode = wal; pragma synchronous = full');
db.exec('create table exchanges (id text primary key, own_id text unique, request text, answer text)');
const insert = db.prepare('insert into exchanges (id, own_id, request) values (?, ?, ?)');
const update = db.prepare('update exchanges set answer = ? where id = ?');
const complete = db.prepare('select count(*) as rows from exchanges where answer is not null');

type Work = () => unknown;
let waiting: { work: Work; resolve: () => void }[] = [];
let scheduled = false;

function write(work: Work): Promise<void> {
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

const upstream = new Pool(`http://127.0.0.1:${process.env.BENCH_UPSTREAM}`, { connections: 64 });
let sent = 0;

async function step(infno: string): Promise<unknown> {
  const id = randomUUIDv7();
  const ownId = `H11111100001${String(++sent).padStart(18, '0')}`;
  const body = bodies[infno] ?? '';
  await write(() => insert.run(id, ownId, body));
  const headers = { 'content-type': 'application/json' };
  const response = await upstream.request({ method: 'POST', path: '/', body, headers });
  const answer = await response.body.text();
  await write(() => update.run(answer, id));
  return JSON.parse(answer);
}

const app = Fastify();
app.post('/v1/eligibility', async () => step('1101'));
app.post('/v1/settlements', async (_request, reply) => {
  let last: unknown;
  for (const infno of ['1101', '2001', '2201', '2203', '2204', '2206', '2207']) last = await step(infno);
  return reply.code(201).send({ state: 'settled', last });
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ port: Number(new URL(url).port) });
process.on('message', () => process.send?.(complete.get()));
process.on('SIGTERM', () => process.exit(0));
