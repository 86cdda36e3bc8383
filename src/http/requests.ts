import type { AccessTables } from '../access/tables.ts';
import type { Clock, Ids } from '../clock.ts';
import { Fault } from '../errors.ts';
import { ConstraintError, type Store, type Unit } from '../store/port.ts';
import { insertion, query } from '../store/query.ts';

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
  'claimed_at',
]);

/** Passes a running request from one runner to another, or to nobody. */
const pass = query<{ client: string; key: string; from: string; to: string; at: number }>(
  'request.pass',
  (db, arg) =>
    db
      .updateTable('requests')
      .set({ runner: arg('to'), claimed_at: arg('at') })
      .where('client', '=', arg('client'))
      .where('key', '=', arg('key'))
      .where('state', '=', 'running')
      .where('runner', '=', arg('from')),
);

const finish = query<{ client: string; key: string; runner: string; status: number; body: Uint8Array }>(
  'request.finish',
  (db, arg) =>
    db
      .updateTable('requests')
      .set({ state: 'done', status: arg('status'), body: arg('body') })
      .where('client', '=', arg('client'))
      .where('key', '=', arg('key'))
      .where('state', '=', 'running')
      .where('runner', '=', arg('runner')),
  { hot: true },
);

const forget = query<{ client: string; key: string; runner: string }>('request.forget', (db, arg) =>
  db
    .deleteFrom('requests')
    .where('client', '=', arg('client'))
    .where('key', '=', arg('key'))
    .where('state', '=', 'running')
    .where('runner', '=', arg('runner')),
);

const expire = query<{ before: number }>('request.expire', (db, arg) =>
  db.deleteFrom('requests').where('claimed_at', '<', arg('before')),
);

/** How long a stored answer is kept, published in the API description. */
export const ANSWERS_KEPT_MS = 72 * 3_600_000;

/** No request runs this long: one that another gateway began earlier than that is dead with its gateway. */
const RUNNING_MAX_MS = 15 * 60_000;

const NOBODY = '';

/** One request under its key: whose key it is, and the key. */
export interface RequestKey {
  readonly client: string;
  readonly key: string;
}

/** What is stored of an answer. */
export interface Done {
  readonly status: number;
  readonly body: Uint8Array;
}

/** The remembered requests, and who works on each. */
export class Requests {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #gateway: string;
  /** Names this run of the process: what an earlier run of this gateway left behind may be taken over. */
  readonly #runner: string;
  /** What this run works on now, by client and key. */
  readonly #running = new Set<string>();

  constructor(parts: { store: Store; clock: Clock; ids: Ids; gatewayId: string }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#gateway = `${parts.gatewayId} `;
    this.#runner = this.#gateway + parts.ids.next();
  }

  /** Answers the row to work on, or a done one. Throws a Fault when it runs elsewhere or was another request. */
  async claim(request: RequestKey, fingerprint: string): Promise<Row> {
    const name = nameOf(request);
    if (this.#running.has(name)) throw running();
    this.#running.add(name);
    try {
      const row = await this.#claim(request, fingerprint);
      if (row.state === 'done') this.#running.delete(name);
      return row;
    } catch (error) {
      this.#running.delete(name);
      throw error;
    }
  }

  /** The row of a request that was answered before. Throws a Fault when it was another request. */
  async done(request: RequestKey, fingerprint: string): Promise<Row | undefined> {
    const row = await this.#store.one(byKey, request);
    if (row && row.fingerprint !== fingerprint) throw new Fault('request.key-reused');
    return row?.state === 'done' ? row : undefined;
  }

  /**
   * Does a request's work and stores its answer in one unit. Answers the row that is done, and what the work answered
   * where it was done now. What an earlier run left in the middle is gone on with.
   */
  async together<T extends Done>(
    request: RequestKey,
    fingerprint: string,
    work: (unit: Unit, resourceId: string) => Promise<T>,
  ): Promise<{ readonly row: Row } | { readonly now: T }> {
    const fresh = this.#fresh(request, fingerprint);
    try {
      return await this.#store.write(async (unit) => {
        const known = await unit.one(byKey, request);
        if (!known) {
          const now = await work(unit, fresh.resource_id);
          await unit.run(begin, { ...fresh, state: 'done', status: now.status, body: now.body });
          return { now };
        }
        const row = await this.#claimIn(unit, fresh);
        if (row.state === 'done') return { row };
        const now = await work(unit, row.resource_id);
        const { status, body } = now;
        await unit.run(finish, { ...request, runner: this.#runner, status, body });
        return { now };
      });
    } catch (error) {
      // Another gateway did the same at the same moment: its answer is there when this one is repeated.
      if (error instanceof ConstraintError && (await this.#store.one(byKey, request))) throw running();
      throw error;
    }
  }

  /** Stores the refusal of a request that was never begun. */
  async refuse(request: RequestKey, fingerprint: string, status: number, body: Uint8Array): Promise<void> {
    await this.together(request, fingerprint, async () => ({ status, body }));
  }

  /** Stores the answer that every repeat will get. */
  finish(request: RequestKey, status: number, body: Uint8Array): Promise<void> {
    return this.#end(request, (unit) => unit.run(finish, { ...request, runner: this.#runner, status, body }));
  }

  /** Nothing was done: the next request with this key is a new one. */
  forget(request: RequestKey): Promise<void> {
    return this.#end(request, (unit) => unit.run(forget, { ...request, runner: this.#runner }));
  }

  /** Something may have been done: the next repeat goes on with the same resource id, at whatever gateway. */
  giveBack(request: RequestKey): Promise<void> {
    const change = { from: this.#runner, to: NOBODY, at: this.#clock.now() };
    return this.#end(request, (unit) => unit.run(pass, { ...request, ...change }));
  }

  /** Removes answers older than `ANSWERS_KEPT_MS`. */
  async expire(): Promise<void> {
    const before = this.#clock.now() - ANSWERS_KEPT_MS;
    await this.#store.write((unit) => unit.run(expire, { before }));
  }

  async #claim(request: RequestKey, fingerprint: string): Promise<Row> {
    const fresh = this.#fresh(request, fingerprint);
    try {
      return await this.#store.write((unit) => this.#claimIn(unit, fresh));
    } catch (error) {
      // Another gateway took the key at the same moment.
      if (error instanceof ConstraintError) throw running();
      throw error;
    }
  }

  #fresh({ client, key }: RequestKey, fingerprint: string): Row {
    return {
      ...{ client, key, fingerprint, resource_id: this.#ids.next() },
      ...{ state: 'running', runner: this.#runner, status: null, body: null, claimed_at: this.#clock.now() },
    };
  }

  async #claimIn(unit: Unit, fresh: Row): Promise<Row> {
    const { client, key } = fresh;
    const known = await unit.one(byKey, { client, key });
    if (!known) {
      await unit.run(begin, fresh);
      return fresh;
    }
    if (known.fingerprint !== fresh.fingerprint) throw new Fault('request.key-reused');
    if (known.state === 'done') return known;
    if (this.#alive(known)) throw running();
    const change = { from: known.runner, to: fresh.runner, at: fresh.claimed_at };
    if ((await unit.run(pass, { client, key, ...change })) !== 1) throw running();
    return known;
  }

  /** Whether somebody works on it. What this run works on is known from `#running`, so a row of its own is left over. */
  #alive(row: Row): boolean {
    if (row.runner === NOBODY || row.runner.startsWith(this.#gateway)) return false;
    return this.#clock.now() - row.claimed_at < RUNNING_MAX_MS;
  }

  async #end(request: RequestKey, change: (unit: Unit) => Promise<number>): Promise<void> {
    try {
      await this.#store.write(change);
    } finally {
      this.#running.delete(nameOf(request));
    }
  }
}

function nameOf({ client, key }: RequestKey): string {
  return `${client} ${key}`;
}

function running(): Fault {
  return new Fault('request.running', { retryAfterS: 1 });
}
