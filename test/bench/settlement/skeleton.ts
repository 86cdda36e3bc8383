/**
 * The baseline: bare Fastify and SQLite that does what any durable gateway must for the same visit, as many times: store
 * the request, forward it, store the answer, the writes of all requests in flight in one commit. What it forwards and
 * stores is as long as what the gateway does. No validation, signing, encryption, audit, access control, ledger or log.
 */
import Fastify from 'fastify';
import { serveBare } from '../bare.ts';
import { answered, exchange } from '../bare-exchanges.ts';
import { bodies } from './bodies.ts';

const step = (infno: string) => exchange(bodies[infno] ?? '');

const app = Fastify();
app.post('/v1/eligibility', async () => step('1101'));
app.post('/v1/settlements', async (_request, reply) => {
  let last: unknown;
  for (const infno of ['1101', '2001', '2201', '2203', '2204', '2206', '2207']) last = await step(infno);
  return reply.code(201).send({ state: 'settled', last });
});
await serveBare(app, answered);
