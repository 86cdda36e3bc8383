/** The store-forward-store step of any durable gateway: the request is on the disk before it goes, the answer before it is told. */
import { randomUUIDv7 } from 'node:crypto';
import { Pool } from 'undici';
import { bareStore } from './bare.ts';

// A row can be found by its id and by the id that the insurer was given, as any gateway's must.
const { db, write } = bareStore(
  'create table exchanges (id text primary key, own_id text unique, request text, answer text)',
);
const insert = db.prepare('insert into exchanges (id, own_id, request) values (?, ?, ?)');
const update = db.prepare('update exchanges set answer = ? where id = ?');
const complete = db.prepare('select count(*) as rows from exchanges where answer is not null');

const upstream = new Pool(`http://127.0.0.1:${process.env.BENCH_UPSTREAM}`, { connections: 64 });
const headers = { 'content-type': 'application/json' };
let sent = 0;

/** Sends what the insurer is to get; answers what it says. */
export async function exchange(body: string): Promise<unknown> {
  const id = randomUUIDv7();
  const ownId = `H11111100001${String(++sent).padStart(18, '0')}`;
  await write(() => insert.run(id, ownId, body));
  const response = await upstream.request({ method: 'POST', path: '/', body, headers });
  const answer = await response.body.text();
  await write(() => update.run(answer, id));
  return JSON.parse(answer);
}

export function answered(): unknown {
  return complete.get();
}
