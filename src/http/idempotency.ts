import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Client } from '../access/clients.ts';
import type { AccessTables } from '../access/tables.ts';
import type { Vault } from '../access/vault.ts';
import type { Clock, Ids } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Store } from '../store/port.ts';
import { insertion, query } from '../store/query.ts';
import { problemOf } from './problem.ts';

type Row = AccessTables['requests'];

const byKey = query<{ client: string; key: string }, Row>(
  'request.byKey',
  (db, arg) =>
    db.selectFrom('requests').selectAll().where('client', '=', arg('client')).where('key', '=', arg('key')),
  { hot: true },
);

const begin = insertion('request.begin', 'requests', [
  'client',
  'key',
  'fingerprint',
  'resource_id',
  'state',
  'runner',
  'status',
  'body',
  'created_at',
]);

const takeOver = query<{ client: string; key: string; from: string; to: string }>('request.takeOver', (db, arg) =>
  db
    .updateTable('requests')
    .set({ runner: arg('to') })
    .where('client', '=', arg('client'))
    .where('key', '=', arg('key'))
    .where('state', '=', 'running')
    .where('runner', '=', arg('from')),
);

const finish = query<{ client: string; key: string; status: number; body: Uint8Array }>(
  'request.finish',
  (db, arg) =>
    db
      .updateTable('requests')
      .set({ state: 'done', status: arg('status'), body: arg('body') })
      .where('client', '=', arg('client'))
      .where('key', '=', arg('key')),
  { hot: true },
);

const forget = query<{ client: string; key: string }>('request.forget', (db, arg) =>
  db.deleteFrom('requests').where('client', '=', arg('client')).where('key', '=', arg('key')),
);

const expire = query<{ before: number }>('request.expire', (db, arg) =>
  db.deleteFrom('requests').where('created_at', '<', arg('before')),
);

/** How long a stored answer is kept, published in the API description. */
export const ANSWERS_KEPT_MS = 72 * 3_600_000;

/** What a handler answers: a status and a body. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** What a handler is told of its request: the id its resource must take, the same on every repeat. */
export interface Repeatable {
  readonly client: Client;
  readonly resourceId: string;
}

/**
 * Makes a creation or a money act repeatable under its Idempotency-Key:
 *
 *     unknown key ──► running ──► done (answer stored, given to every repeat)
 *                        └── refused in a way that may pass ──► forgotten, the next repeat runs
 *
 * A running request whose gateway died is taken over by the next repeat, with the resource id it had chosen, so the
 * service finds what it had already written. The key is looked up together with the client.
 */
export class Idempotency {
  readonly #store: Store;
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #ids: Ids;
  /** Names this run of the process: a request that another run left behind may be taken over. */
  readonly #runner: string;
  readonly #live: (runner: string) => boolean;

  constructor(parts: { store: Store; vault: Vault; clock: Clock; ids: Ids; gatewayId: string }) {
    this.#store = parts.store;
    this.#vault = parts.vault;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#runner = `${parts.gatewayId} ${parts.ids.next()}`;
    const own = `${parts.gatewayId} `;
    // Another gateway's request may still be running there; an earlier run of this one is certainly dead.
    this.#live = (runner) => runner === this.#runner || !runner.startsWith(own);
  }

  async run(
    request: FastifyRequest,
    reply: FastifyReply,
    handler: (repeatable: Repeatable) => Promise<Answer>,
  ): Promise<FastifyReply> {
    const client = request.client;
    const key = keyOf(request);
    const fingerprint = createHash('sha256')
      .update(`${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`)
      .digest('base64url');
    const row = await this.#claim(client, key, fingerprint);
    if (row.state === 'done') {
      const body = this.#vault.open(`request ${client.id} ${key}`, row.body!).toString();
      const media = row.status! < 400 ? 'application/json' : 'application/problem+json';
      return reply
        .header('idempotency-replayed', 'true')
        .code(row.status!)
        .type(`${media}; charset=utf-8`)
        .serializer((text: unknown) => text as string)
        .send(body);
    }
    try {
      const answer = await handler({ client, resourceId: row.resource_id });
      await this.#finish(client.id, key, answer);
      return reply.code(answer.status).send(answer.body);
    } catch (error) {
      if (error instanceof Fault && error.kind.again !== 'yes') {
        const body = problemOf(error, request, request.server.sandbox);
        await this.#finish(client.id, key, { status: error.kind.status, body });
      } else {
        await this.#store.write((unit) => unit.run(forget, { client: client.id, key }));
      }
      throw error;
    }
  }

  /** Removes answers older than `ANSWERS_KEPT_MS`; called by the housekeeper. */
  async expire(): Promise<void> {
    const before = this.#clock.now() - ANSWERS_KEPT_MS;
    await this.#store.write((unit) => unit.run(expire, { before }));
  }

  async #claim(client: Client, key: string, fingerprint: string): Promise<Row> {
    const fresh: Row = {
      client: client.id,
      key,
      fingerprint,
      resource_id: this.#ids.next(),
      state: 'running',
      runner: this.#runner,
      status: null,
      body: null,
      created_at: this.#clock.now(),
    };
    return this.#store.write(async (unit) => {
      const known = await unit.one(byKey, { client: client.id, key });
      if (!known) {
        await unit.run(begin, fresh);
        return fresh;
      }
      if (known.fingerprint !== fingerprint) throw new Fault('request.key-reused');
      if (known.state === 'done') return known;
      if (this.#live(known.runner)) throw new Fault('request.running', { retryAfterS: 1 });
      await unit.run(takeOver, { client: client.id, key, from: known.runner, to: this.#runner });
      return known;
    });
  }

  async #finish(client: string, key: string, answer: Answer): Promise<void> {
    const body = this.#vault.seal(`request ${client} ${key}`, JSON.stringify(answer.body));
    await this.#store.write((unit) => unit.run(finish, { client, key, status: answer.status, body }));
  }
}

/** The key, with or without the quotes that a structured-field string has. */
function keyOf(request: FastifyRequest): string {
  const header = request.headers['idempotency-key'];
  const text = (typeof header === 'string' ? header : '').trim().replace(/^"(.*)"$/, '$1');
  if (text === '') throw new Fault('request.key-missing');
  if (!/^[\x21-\x7e]{8,128}$/.test(text)) {
    throw new Fault('request.invalid', { pointer: '/headers/idempotency-key', detail: '8–128 printable characters' });
  }
  return text;
}
