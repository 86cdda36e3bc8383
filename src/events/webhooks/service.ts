import type { CreateWebhook, ReplayRange } from '../../../schemas/webhook.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock, Ids } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Store, Unit } from '../../store/port.ts';
import { callOf, typesOf } from './fan-out.ts';
import { secretPurpose } from './model.ts';
import {
  type AttemptRow,
  attemptsOf,
  type CallRow,
  callById,
  expireAttempts,
  expireCalls,
  insertCall,
  insertWebhook,
  loggedBetween,
  setWebhook,
  type WebhookRow,
  webhookById,
  webhooksOf,
} from './queries.ts';
import { wants, webhookUrlOf } from './rules.ts';

/** Webhooks of one client. */
const WEBHOOKS_MAX = 20;
const SECRET_BYTES = 32;
/** Events sent again by one request. */
export const REPLAY_MAX = 2_000;
/** How long calls and their attempts can be looked at. */
const CALLS_KEPT_MS = 14 * 86_400_000;

export interface WebhookParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly hosts: readonly string[];
  /** Makes the calls that are due. */
  readonly wake: () => void;
}

export interface CallFilter {
  readonly state?: CallRow['state'] | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What a client may do with its webhooks: nobody else sees them. */
export class WebhookService {
  readonly #parts: WebhookParts;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
  }

  /** Registers one under `id`. The secret is told this once; a repeat of the request gets the stored answer. */
  async create(by: Caller, id: string, input: CreateWebhook): Promise<{ row: WebhookRow; secret: string }> {
    const { store, vault, clock, ids, audit, hosts } = this.#parts;
    const allowed = webhookUrlOf(input.url, hosts);
    if (!allowed.ok) throw new Fault('webhook.url', { pointer: '/body/url', detail: allowed.error });
    const now = clock.now();
    const fresh: WebhookRow = {
      id,
      client: by.client,
      url: allowed.value.url.href,
      types: JSON.stringify(input.types ?? []),
      secret: vault.seal(secretPurpose(id), ids.bytes(SECRET_BYTES)),
      state: 'active',
      cause: null,
      resume_at: 0,
      created_at: now,
      updated_at: now,
    };
    const row = await store.write(async (unit) => {
      // A repeat of this request after a crash finds what it had done.
      const known = await unit.one(webhookById, { id });
      if (known) return known;
      const others = await unit.all(webhooksOf, { client: by.client, limit: WEBHOOKS_MAX });
      if (others.length === WEBHOOKS_MAX) throw new Fault('webhook.limit', { facts: { max: WEBHOOKS_MAX } });
      await unit.run(insertWebhook, fresh);
      await audit.add(unit, { ...by, act: 'create', kind: 'webhook', subject: id });
      return fresh;
    });
    const secret = vault.open(secretPurpose(id), row.secret).toString('base64');
    return { row, secret: `whsec_${secret}` };
  }

  list({ client }: Caller): Promise<WebhookRow[]> {
    return this.#parts.store.all(webhooksOf, { client, limit: WEBHOOKS_MAX });
  }

  async get(by: Caller, id: string): Promise<WebhookRow> {
    return owned(by, await this.#parts.store.one(webhookById, { id }));
  }

  /** Calls it again, or no more for now; what waited meanwhile is called for at once. */
  async enable(by: Caller, id: string, enabled: boolean): Promise<WebhookRow> {
    await this.#set(by, id, enabled ? 'active' : 'disabled', enabled ? null : 'client');
    this.#parts.wake();
    return this.get(by, id);
  }

  /** It is not called any more; what was called for can no longer be looked at. */
  async remove(by: Caller, id: string): Promise<void> {
    await this.#set(by, id, 'deleted', null);
  }

  /** Newest first; one row more than asked for when there are more. */
  async calls(by: Caller, id: string, filter: CallFilter): Promise<CallRow[]> {
    await this.get(by, id);
    return this.#parts.store.list<CallRow>((db) => {
      let query = db.selectFrom('webhook_deliveries').selectAll().where('webhook_id', '=', id);
      if (filter.state) query = query.where('state', '=', filter.state);
      if (filter.after) query = query.where('id', '<', filter.after);
      return query.orderBy('id', 'desc').limit(filter.limit + 1);
    });
  }

  async call(by: Caller, id: string, callId: string): Promise<{ row: CallRow; log: AttemptRow[] }> {
    await this.get(by, id);
    const row = callOfWebhook(id, await this.#parts.store.one(callById, { id: callId }));
    return { row, log: await this.#parts.store.all(attemptsOf, { delivery_id: callId }) };
  }

  /** Makes a call once more, as the call `newId`; the receiver knows the event by its id. */
  async replay(by: Caller, id: string, callId: string, newId: string): Promise<CallRow> {
    const { store, clock, audit, wake } = this.#parts;
    const made = await store.write(async (unit) => {
      owned(by, await unit.one(webhookById, { id }));
      const known = await unit.one(callById, { id: newId });
      if (known) return known;
      const of = callOfWebhook(id, await unit.one(callById, { id: callId }));
      if (of.state === 'queued') throw new Fault('webhook.waiting');
      const event = { ...of, id: of.event_id };
      const row = callOf(id, event, { id: newId, now: clock.now(), replayed: 1 });
      await unit.run(insertCall, row);
      await audit.add(unit, {
        ...by,
        act: 'replay',
        kind: 'webhook',
        subject: id,
        detail: { of: callId },
      });
      return row;
    });
    wake();
    return made;
  }

  /** Calls again for all logged events of a time. `actId` comes from the Idempotency-Key. */
  async replayRange(by: Caller, id: string, actId: string, range: ReplayRange): Promise<number> {
    const { store, clock, audit, wake } = this.#parts;
    const since = Date.parse(range.since);
    const until = range.until === undefined ? clock.now() + 1 : Date.parse(range.until);
    const count = await store.write(async (unit) => {
      const webhook = owned(by, await unit.one(webhookById, { id }));
      const events = await unit.all(loggedBetween, { since, until, limit: REPLAY_MAX + 1 });
      if (events.length > REPLAY_MAX) {
        throw new Fault('webhook.range', { pointer: '/body/until', facts: { max: REPLAY_MAX } });
      }
      const wanted = events.filter(({ type }) => wants(typesOf(webhook), type));
      // A repeat of this request after a crash finds what it had done.
      if (await unit.one(callById, { id: `${actId}.0` })) return wanted.length;
      for (const [index, event] of wanted.entries()) {
        const row = callOf(id, event, { id: `${actId}.${index}`, now: clock.now(), replayed: 1 });
        await unit.run(insertCall, row);
      }
      const detail = { events: wanted.length };
      await audit.add(unit, { ...by, act: 'replay-range', kind: 'webhook', subject: id, detail });
      return wanted.length;
    });
    wake();
    return count;
  }

  /** Removes what is too old to be looked at; for the housekeeper. */
  async expire(): Promise<void> {
    const before = this.#parts.clock.now() - CALLS_KEPT_MS;
    await this.#parts.store.write(async (unit) => {
      await unit.run(expireCalls, { before });
      await unit.run(expireAttempts, { before });
    });
  }

  async #set(by: Caller, id: string, state: WebhookRow['state'], cause: WebhookRow['cause']): Promise<void> {
    const { store, clock, audit } = this.#parts;
    await store.write(async (unit: Unit) => {
      owned(by, await unit.one(webhookById, { id }));
      await unit.run(setWebhook, { id, state, cause, now: clock.now() });
      await audit.add(unit, { ...by, act: state, kind: 'webhook', subject: id });
    });
  }
}

/** Somebody else's webhook is none. */
function owned({ client }: Caller, row: WebhookRow | undefined): WebhookRow {
  if (!row || row.client !== client || row.state === 'deleted') throw new Fault('webhook.not-found');
  return row;
}

function callOfWebhook(id: string, row: CallRow | undefined): CallRow {
  if (row?.webhook_id !== id) throw new Fault('webhook.no-delivery');
  return row;
}
