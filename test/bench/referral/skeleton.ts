/**
 * The baseline: bare Fastify and SQLite that does what any durable service must: store the body under an id of its own
 * and answer, the writes of all requests in flight in one commit. No validation, idempotency, encryption, audit,
 * history, outbox, access control or log.
 */
import { randomUUIDv7 } from 'node:crypto';
import Fastify from 'fastify';
import { bareStore, serveBare } from '../bare.ts';

const { db, write } = bareStore('create table referrals (id text primary key, body text)');
const insert = db.prepare('insert into referrals (id, body) values (?, ?)');
const all = db.prepare('select count(*) as rows from referrals');

const app = Fastify();
app.post('/', async (request, reply) => {
  const id = randomUUIDv7();
  const body = JSON.stringify(request.body);
  await write(() => insert.run(id, body));
  return reply.code(201).send({ id, ...(request.body as object) });
});
await serveBare(app, () => all.get());
