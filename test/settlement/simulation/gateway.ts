import type { FastifyReply, FastifyRequest } from 'fastify';
import { pino } from 'pino';
import { AuditTrail } from '../../../src/access/audit.ts';
import type { Clock, Ids } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import { Events } from '../../../src/events/events.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import { composeSettlement, type SettlementSide } from '../../../src/settlement/compose.ts';
import type { Settlement } from '../../../src/settlement/model.ts';
import type { Act, NewSettlement, Review } from '../../../src/settlement/service.ts';
import { UnknownCommitError } from '../../../src/store/port.ts';
import { testVault } from '../../helper.ts';
import { ModelAdapter } from './adapter.ts';
import { type DiskTrouble, ProcessStore } from './disk.ts';
import { INSURERS } from './insurer.ts';
import { Life } from './schedule.ts';
import type { World } from './world.ts';

/** What the HIS asks for. */
export type Ask =
  | { readonly act: 'create'; readonly bill: NewSettlement; readonly confirm: boolean }
  | { readonly act: 'quote' | 'confirm' | 'reverse' | 'abandon'; readonly id: string }
  | { readonly act: 'review'; readonly id: string; readonly review: Review };

export interface Reply {
  readonly status: number;
  readonly body: { readonly id?: string; readonly state?: string; readonly code?: string };
}

const vault = testVault();

/** Waited for at most; short, so that a history has room for many. */
export const TIMEOUT_MS = 5_000;
export const SETTINGS = { exchangeTimeoutMs: TIMEOUT_MS, pollMs: 10 * 60_000 };

/** A gateway: a process that dies and is started again on the same store, with the real core in it. */
export class Gateway {
  readonly id: string;
  life: Life;
  /** How far its clock is off, in ms. */
  clockOffMs = 0;
  readonly #world: World;
  #side: SettlementSide | undefined;
  #idempotency: Idempotency | undefined;

  constructor(id: string, world: World) {
    this.id = id;
    this.#world = world;
    this.life = new Life(world.schedule);
    this.start();
  }

  start(): void {
    const { schedule, disk, troubles, plan, wires, logger, nextId } = this.#world;
    const life = new Life(schedule);
    const clock: Clock = { now: () => schedule.now + this.clockOffMs };
    const ids: Ids = { next: nextId, bytes: (count) => Buffer.alloc(count, troubles.between(0, 255)) };
    const store = new ProcessStore({
      ...{ disk, life, chance: troubles, hasty: plan.broken === 'acknowledge-before-commit' },
      trouble: () => this.#diskTrouble(life),
      step: () => this.#world.fate(this, life),
    });
    const insurers = INSURERS.map((rules): [string, ModelAdapter] => {
      const send = async (body: Buffer, signal: AbortSignal) => {
        this.#world.fate(this, life);
        if (!life.alive) return new Promise<never>(() => undefined);
        this.#world.fateInFlight(this, life);
        return wires.get(rules.id)!.send(life, body, signal);
      };
      const parts = { rules, now: () => clock.now(), ownId: nextId, send, broken: plan.broken };
      return [rules.id, new ModelAdapter(parts)];
    });
    const timers = { start: (ms: number, work: () => void) => life.after(ms, work) };
    const parts = { store, vault, clock, ids, timers, logger, gatewayId: this.id };
    this.life = life;
    this.#idempotency = new Idempotency(parts);
    this.#side = composeSettlement({
      ...parts,
      ...{ events: new Events(clock), audit: new AuditTrail(store, this.id, clock) },
      ...{ insurers: new Map(insurers), settings: SETTINGS },
    });
    this.#side.worker.start();
  }

  #diskTrouble(life: Life): DiskTrouble {
    const trouble = this.#world.diskTrouble();
    // Whoever watches the process sees that its store is broken, and starts it again.
    if (trouble === 'unknown-commit')
      this.#world.schedule.after(30_000, () => life.alive && this.#world.kill(this));
    return trouble;
  }

  /** One request as it comes over HTTP; rejects when the gateway dies before it has answered. */
  call(key: string, ask: Ask): Promise<Reply> {
    const { life } = this;
    return new Promise((resolve, reject) => {
      if (!life.alive) return reject(new Error('connection refused'));
      const forget = life.onDeath(() => reject(new Error('connection reset')));
      life.after(1, () => {
        void this.#serve(key, ask).then((reply) => {
          forget();
          resolve(reply);
        });
      });
    });
  }

  async settlement(id: string): Promise<Settlement> {
    return this.#side!.service.get(id);
  }

  async #serve(key: string, ask: Ask): Promise<Reply> {
    const { request, reply, sent } = standIns(key, ask, this.#world.nextId());
    try {
      await this.#idempotency!.run(request, reply, async ({ resourceId }) => {
        const { row } = await this.#act(resourceId, ask);
        return {
          status: ask.act === 'create' ? 201 : row.next_check_at === null ? 200 : 202,
          body: { id: row.id, state: row.state, version: row.version },
        };
      });
      return { status: sent.status, body: JSON.parse(sent.text) };
    } catch (error) {
      if (error instanceof Fault) return { status: error.kind.status, body: { code: error.code } };
      if (!(error instanceof UnknownCommitError)) this.#world.bugs.push(String((error as Error).stack));
      return { status: 500, body: { code: 'gateway.fault' } };
    }
  }

  #act(resourceId: string, ask: Ask): Promise<Settlement> {
    const { service } = this.#side!;
    const caller = { client: 'his', requestId: resourceId };
    if (ask.act === 'create') return service.create(resourceId, ask.confirm, caller, async () => ask.bill);
    const act: Act = { id: ask.id, act: resourceId, caller };
    return ask.act === 'review' ? service.review(act, ask.review) : service[ask.act](act);
  }
}

const SILENT = pino({ level: 'silent' });

/** What the keeper of idempotency keys sees of Fastify's request and reply. */
function standIns(key: string, ask: Ask, id: string) {
  const sent = { status: 200, text: '' };
  const reply = {
    ...{ header: () => reply, headers: () => reply, type: () => reply, serializer: () => reply },
    code: (status: number) => {
      sent.status = status;
      return reply;
    },
    get statusCode() {
      return sent.status;
    },
    serialize: (body: unknown) => JSON.stringify(body),
    send: (text: string) => {
      sent.text = text;
      return reply;
    },
  };
  const request = {
    ...{ id, client: { id: 'his' }, method: 'POST', url: `/${ask.act}`, body: ask },
    ...{ headers: { 'idempotency-key': key }, server: { sandbox: false }, log: SILENT },
  };
  return {
    request: request as unknown as FastifyRequest,
    reply: reply as unknown as FastifyReply,
    sent,
  };
}
