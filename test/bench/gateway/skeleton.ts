/**
 * The second baseline: bare Fastify and SQLite that does what any durable gateway must: store the request, forward it,
 * store the answer, with the writes of all requests in flight in one commit. What it forwards and stores is as long as
 * what the gateway does. No validation, signing, encryption, audit, access control or log.
 */
import { randomUUIDv7 } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';
import { Pool } from 'undici';

const db = new DatabaseSync(process.env.BENCH_FILE!);
db.exec('pragma journal_mode = wal; pragma synchronous = full');
// A row can be found by its id and by the id that the insurer was given, as any gateway's must.
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

/** The insurer's envelope around the input, as text that never changes. */
const ENVELOPE =
  '{"infno":"1101","msgid":"H11111100001202603020900000001","mdtrtarea_admvs":"111111","insuplc_admdvs":"",' +
  '"recer_sys_code":"FSI","dev_no":"","dev_safe_info":"","cainfo":"","signtype":"","infver":"V1.0","opter_type":"1",' +
  '"opter":"001","opter_name":"收费员","inf_time":"2026-03-02 09:00:00","fixmedins_code":"H11111100001",' +
  '"fixmedins_name":"示例卫生院","sign_no":"S0001","input":';

const upstream = new Pool(`http://127.0.0.1:${process.env.BENCH_UPSTREAM}`, { connections: 64 });
let sent = 0;
const app = Fastify();
app.post('/', async (request) => {
  const body = `${ENVELOPE}${JSON.stringify((request.body as { input: unknown }).input)}}`;
  const id = randomUUIDv7();
  const ownId = `H11111100001${String(++sent).padStart(18, '0')}`;
  await write(() => insert.run(id, ownId, body));
  const response = await upstream.request({
    method: 'POST',
    path: '/',
    body,
    headers: { 'content-type': 'application/json' },
  });
  const answer = await response.body.text();
  await write(() => update.run(answer, id));
  return JSON.parse(answer) as unknown;
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ port: Number(new URL(url).port) });
process.on('message', () => process.send?.(complete.get()));
process.on('SIGTERM', () => process.exit(0));
