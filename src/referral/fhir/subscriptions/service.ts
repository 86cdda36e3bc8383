import type { AuditTrail } from '../../../access/audit.ts';
import type { Caller } from '../../../access/caller.ts';
import type { Vault } from '../../../access/vault.ts';
import type { Clock, Ids } from '../../../clock.ts';
import { timestampOf } from '../../../clock.ts';
import { Fault } from '../../../errors.ts';
import type { Store } from '../../../store/port.ts';
import type { Bundle, Resource } from '../resource.ts';
import type { FhirReads } from '../service.ts';
import { type Subscribed, subscribedOf } from './model.ts';
import { type NotificationType, notificationBundle, statusParameters, type Told } from './notification.ts';
import type { RestHooks } from './port.ts';
import {
  allSubscriptions,
  deleteSubscription,
  expireNotifications,
  insertSubscription,
  type NotificationRow,
  notificationsBetween,
  renewSubscription,
  type SubscriptionRow,
  subscriptionById,
} from './queries.ts';

export interface SubscriptionParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditTrail;
  readonly reads: FhirReads;
  readonly hooks: RestHooks;
}

/** Each change of a referral looks through all of them. */
export const SUBSCRIPTIONS_MAX = 100;
const EVENTS_ASKED_MAX = 200;
/** How long an event can be asked for again. */
const EVENTS_KEPT_MS = 14 * 86_400_000;

interface Content {
  readonly posted: Resource;
  /** Where this server stood when the subscriber spoke to it. */
  readonly base: string;
}

/** Subscriptions of the R4 backport. Only who made one sees it, and only they start it again after an error. */
export class FhirSubscriptions {
  readonly #parts: SubscriptionParts;
  #wake: () => void = () => undefined;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  onDue(wake: () => void): void {
    this.#wake = wake;
  }

  async create(by: Caller, posted: Resource, base: string): Promise<Resource> {
    const { store, clock, ids, audit } = this.#parts;
    const { topic } = this.#judged(posted);
    const id = ids.next();
    const now = clock.now();
    const row: SubscriptionRow = {
      ...{
        id,
        client: by.client,
        topic,
        status: 'requested',
        events: 0,
        delivered: 0,
        attempts: 0,
        due_at: now,
      },
      ...{ error: null, version: 1, created_at: now, updated_at: now },
      content: this.#sealed(id, { posted, base }),
    };
    await store.write(async (unit) => {
      if ((await unit.all(allSubscriptions, {})).length >= SUBSCRIPTIONS_MAX) {
        throw new Fault('fhir.subscription', { detail: `more than ${SUBSCRIPTIONS_MAX} subscriptions` });
      }
      await unit.run(insertSubscription, row);
      await audit.add(unit, { ...by, act: 'create', kind: 'subscription', subject: id });
    });
    this.#wake();
    return this.resourceOf(row);
  }

  /** What the subscriber says anew; `off` stops it. Its events keep their numbers. */
  async update(by: Caller, id: string, version: number, posted: Resource, base: string): Promise<Resource> {
    const { store, clock, audit } = this.#parts;
    await this.#row(by, id);
    const { topic } = this.#judged(posted);
    const now = clock.now();
    const off = posted.status === 'off';
    await store.write(async (unit) => {
      const changed = await unit.run(renewSubscription, {
        ...{ id, client: by.client, version, topic, now, status: off ? 'off' : 'requested' },
        due_at: off ? null : now,
        content: this.#sealed(id, { posted, base }),
      });
      if (changed !== 1) throw new Fault('request.version');
      await audit.add(unit, { ...by, act: 'update', kind: 'subscription', subject: id });
    });
    this.#wake();
    return this.resourceOf(await this.#row(by, id));
  }

  async remove(by: Caller, id: string): Promise<void> {
    const { store, audit } = this.#parts;
    await this.#row(by, id);
    await store.write(async (unit) => {
      await unit.run(deleteSubscription, { id, client: by.client });
      await audit.add(unit, { ...by, act: 'delete', kind: 'subscription', subject: id });
    });
  }

  async read(by: Caller, id: string): Promise<Resource> {
    return this.resourceOf(await this.#row(by, id));
  }

  async status(by: Caller, id: string): Promise<Bundle> {
    const row = await this.#row(by, id);
    const parameters = statusParameters(this.#about(row), 'query-status');
    const entry = [
      { fullUrl: `urn:uuid:${parameters.id}`, resource: parameters, search: { mode: 'match' as const } },
    ];
    return { resourceType: 'Bundle', type: 'searchset', total: 1, entry };
  }

  /** Events by number, for a subscriber that found a gap; from `since` to `until`, both included. */
  async events(by: Caller, id: string, since: number, until: number): Promise<Bundle> {
    const row = await this.#row(by, id);
    const rows = await this.#parts.store.all(notificationsBetween, {
      subscription_id: id,
      after: since - 1,
      until,
      limit: EVENTS_ASKED_MAX,
    });
    return this.notification(row, 'query-event', rows);
  }

  /** The Bundle for a subscriber; what it holds of a patient is looked at in the subscriber's name. */
  async notification(
    row: SubscriptionRow,
    kind: NotificationType,
    rows: readonly NotificationRow[],
  ): Promise<Bundle> {
    const about = this.#about(row);
    const told: Told[] = [];
    for (const event of rows) {
      const by = { client: row.client, requestId: `subscription ${row.id}` };
      const resource =
        about.content === 'full-resource'
          ? await this.#parts.reads.read(by, about.type, event.referral_id)
          : undefined;
      told.push({ row: event, resource });
    }
    return notificationBundle(about, kind, told, this.#parts.clock.now());
  }

  subscribed(row: SubscriptionRow): Subscribed {
    return openContent(this.#parts.vault, row).subscribed;
  }

  resourceOf(row: SubscriptionRow): Resource {
    const { posted } = openContent(this.#parts.vault, row);
    return {
      ...posted,
      id: row.id,
      meta: { ...posted.meta, versionId: String(row.version), lastUpdated: timestampOf(row.updated_at) },
      status: row.status,
      ...(row.error === null ? { error: undefined } : { error: row.error }),
    };
  }

  async expire(): Promise<void> {
    const before = this.#parts.clock.now() - EVENTS_KEPT_MS;
    await this.#parts.store.write((unit) => unit.run(expireNotifications, { before }));
  }

  #about(row: SubscriptionRow) {
    const { subscribed, base } = openContent(this.#parts.vault, row);
    return {
      subscription: row,
      type: subscribed.type,
      content: subscribed.content,
      base,
      ids: this.#parts.ids,
    };
  }

  #judged(posted: Resource): Subscribed {
    const subscribed = subscribedOf(posted);
    const judged = this.#parts.hooks.judge(subscribed.endpoint);
    if (!judged.ok)
      throw new Fault('fhir.subscription', { pointer: '/body/channel/endpoint', detail: judged.error });
    return subscribed;
  }

  async #row(by: Caller, id: string): Promise<SubscriptionRow> {
    const row = await this.#parts.store.one(subscriptionById, { id });
    if (row?.client !== by.client) throw new Fault('fhir.not-found');
    return row;
  }

  #sealed(id: string, content: Content): Buffer {
    return this.#parts.vault.sealJson(purposeOf(id), content);
  }
}

export function openContent(
  vault: Vault,
  row: SubscriptionRow,
): Content & { readonly subscribed: Subscribed } {
  const content = vault.openJson<Content>(purposeOf(row.id), row.content);
  return { ...content, subscribed: subscribedOf(content.posted) };
}

function purposeOf(id: string): string {
  return `fhir-subscription ${id}`;
}
