import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Client } from '../access/clients.ts';
import { maskError } from '../access/masking.ts';
import type { Vault } from '../access/vault.ts';
import type { Clock, Ids } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Store, Unit } from '../store/port.ts';
import { problemOf } from './problem.ts';
import { type RequestKey, Requests } from './requests.ts';

export { ANSWERS_KEPT_MS } from './requests.ts';

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

/** How a face of the gateway speaks: the media type of what it sends, and what it makes of a refusal. */
export interface Manner {
  readonly mediaOf: (status: number) => string;
  readonly refusalOf: (fault: Fault, request: FastifyRequest) => object;
  /** Headers that an answer had when it was first given, where they follow from it. */
  readonly headersOf?: (request: FastifyRequest, status: number, text: string) => Record<string, string>;
}

const PLAIN: Manner = {
  mediaOf: (status) => (status < 400 ? 'application/json' : 'application/problem+json'),
  refusalOf: (fault, request) => problemOf(fault, request, request.server.sandbox),
};

/** Work that is one unit. It may be run again from the start; `after` is called once, after the commit. */
export type UnitWork = (
  unit: Unit,
  resourceId: string,
) => Promise<{
  readonly answer: Answer & { readonly headers?: Readonly<Record<string, string>> };
  readonly after: () => void;
}>;

/**
 * Makes a creation or a money act repeatable under its Idempotency-Key:
 *
 *     unknown key ──► running ──► done       answered, or refused for good: every repeat gets the same
 *                        ├──► forgotten      refused in a way that may pass: the next repeat is a new request
 *                        └──► given back     the gateway failed or died in the middle: the next repeat goes on
 *                                            with the resource id it had chosen, and finds what was written
 *
 * The key is looked up together with the client.
 */
export class Idempotency {
  readonly #requests: Requests;
  readonly #vault: Vault;

  constructor(parts: { store: Store; vault: Vault; clock: Clock; ids: Ids; gatewayId: string }) {
    this.#requests = new Requests(parts);
    this.#vault = parts.vault;
  }

  async run(
    request: FastifyRequest,
    reply: FastifyReply,
    handler: (repeatable: Repeatable) => Promise<Answer>,
    manner = PLAIN,
  ): Promise<FastifyReply> {
    const client = request.client;
    // Callers make keys of what they know of a request, which may be somebody's number: only its hash is kept.
    const key: RequestKey = {
      client: client.id,
      key: this.#vault.fingerprint('idempotency key', keyOf(request)),
    };
    const row = await this.#requests.claim(key, this.#fingerprintOf(request));
    if (row.state === 'done') return this.#replay({ request, reply, manner }, key, row);
    try {
      const answer = await handler({ client, resourceId: row.resource_id });
      const text = textOf(reply.code(answer.status), answer.body);
      await this.#requests.finish(key, answer.status, this.#vault.seal(purposeOf(key), text));
      return sendText(reply, text, manner);
    } catch (error) {
      await this.#fail(request, key, error, manner).catch((second: unknown) => {
        request.log.error({ requestId: request.id, err: maskError(second) }, 'a request was not given back');
      });
      throw error;
    }
  }

  /**
   * The same for work that is a single unit: claim, work and answer are committed together, in one sync of the disk
   * instead of three, and nothing is ever left in the middle. `prepare` looks at the request and answers the work.
   * Whether it was answered before is asked within the unit, so a repeat is looked at too; what is found wrong with it
   * by now does not count.
   */
  async together(
    request: FastifyRequest,
    reply: FastifyReply,
    prepare: () => Promise<UnitWork>,
    manner = PLAIN,
  ): Promise<FastifyReply> {
    const client = request.client;
    const key: RequestKey = {
      client: client.id,
      key: this.#vault.fingerprint('idempotency key', keyOf(request)),
    };
    const fingerprint = this.#fingerprintOf(request);
    try {
      const work = await prepare();
      const outcome = await this.#requests.together(key, fingerprint, async (unit, resourceId) => {
        const { answer, after } = await work(unit, resourceId);
        const text = textOf(reply.code(answer.status), answer.body);
        return { ...answer, text, body: this.#vault.seal(purposeOf(key), text), after };
      });
      if ('row' in outcome) return this.#replay({ request, reply, manner }, key, outcome.row);
      outcome.now.after();
      if (outcome.now.headers) reply.headers(outcome.now.headers);
      return sendText(reply, outcome.now.text, manner);
    } catch (error) {
      const done = await this.#requests.done(key, fingerprint);
      if (done) return this.#replay({ request, reply, manner }, key, done);
      await this.#refuse(request, { key, fingerprint }, error, manner).catch((second: unknown) => {
        request.log.error({ requestId: request.id, err: maskError(second) }, 'a refusal was not kept');
      });
      throw error;
    }
  }

  /** Removes answers older than `ANSWERS_KEPT_MS`; called by the housekeeper. */
  expire(): Promise<void> {
    return this.#requests.expire();
  }

  #replay(
    { request, reply, manner }: { request: FastifyRequest; reply: FastifyReply; manner: Manner },
    key: RequestKey,
    row: { status: number | null; body: Uint8Array | null },
  ) {
    const text = this.#vault.open(purposeOf(key), row.body!).toString();
    const headers = manner.headersOf?.(request, row.status!, text) ?? {};
    reply.headers({ ...headers, 'idempotency-replayed': 'true' }).code(row.status!);
    return sendText(reply, text, manner);
  }

  /** What was refused for good is refused the same again; what may pass was never begun. */
  async #refuse(
    request: FastifyRequest,
    { key, fingerprint }: { key: RequestKey; fingerprint: string },
    error: unknown,
    manner: Manner,
  ): Promise<void> {
    if (!(error instanceof Fault) || error.kind.place === 'gateway' || error.kind.again === 'yes') return;
    const text = JSON.stringify(manner.refusalOf(error, request));
    const body = this.#vault.seal(purposeOf(key), text);
    await this.#requests.refuse(key, fingerprint, error.kind.status, body);
  }

  async #fail(request: FastifyRequest, key: RequestKey, error: unknown, manner: Manner): Promise<void> {
    if (!(error instanceof Fault) || error.kind.place === 'gateway') return this.#requests.giveBack(key);
    if (error.kind.again === 'yes') return this.#requests.forget(key);
    const text = JSON.stringify(manner.refusalOf(error, request));
    await this.#requests.finish(key, error.kind.status, this.#vault.seal(purposeOf(key), text));
  }

  /** Keyed, since a body holds names and numbers that could be guessed from a plain hash. */
  #fingerprintOf(request: FastifyRequest): string {
    const content = `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`;
    return this.#vault.fingerprint('request', content);
  }
}

function purposeOf({ client, key }: RequestKey): string {
  return `request ${client} ${key}`;
}

/** What goes on the wire, through the route's own response schema: a repeat gets the same bytes. */
function textOf(reply: FastifyReply, body: object): string {
  return String(reply.serialize(body));
}

function sendText(reply: FastifyReply, text: string, { mediaOf }: Manner): FastifyReply {
  return reply
    .type(`${mediaOf(reply.statusCode)}; charset=utf-8`)
    .serializer((payload: unknown) => payload as string)
    .send(text);
}

/** The key, with or without the quotes that a structured-field string has. */
function keyOf(request: FastifyRequest): string {
  const header = request.headers['idempotency-key'];
  const text = (typeof header === 'string' ? header : '').trim().replace(/^"(.*)"$/, '$1');
  if (text === '') throw new Fault('request.key-missing');
  if (!/^[\x21-\x7e]{8,128}$/.test(text)) {
    const detail = '8–128 printable characters';
    throw new Fault('request.invalid', { pointer: '/headers/idempotency-key', detail });
  }
  return text;
}
