import type { Clock, Ids } from '../../clock.ts';
import type { Unit } from '../../store/port.ts';
import type { LogRow } from '../queries.ts';
import {
  type CallRow,
  insertCall,
  setWebhook,
  type WebhookRow,
  waitingCalls,
  webhooksIn,
} from './queries.ts';
import { wants } from './rules.ts';

/** What may wait for one webhook; past it the webhook is disabled, and its HIS catches up by the log. */
export const WAITING_MAX = 50_000;

/** Writes the calls that events cause, in the unit that numbers them. */
export class FanOut {
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(parts: { clock: Clock; ids: Ids }) {
    this.#clock = parts.clock;
    this.#ids = parts.ids;
  }

  async write(unit: Unit, events: readonly LogRow[]): Promise<void> {
    for (const webhook of await unit.all(webhooksIn, { state: 'active' })) {
      const wanted = events.filter(({ type }) => wants(typesOf(webhook), type));
      if (wanted.length === 0) continue;
      const now = this.#clock.now();
      const waiting = await unit.one(waitingCalls, { webhook_id: webhook.id, limit: WAITING_MAX });
      if (Number(waiting?.count ?? 0) >= WAITING_MAX) {
        await unit.run(setWebhook, { id: webhook.id, state: 'disabled', cause: 'backlog', now });
        continue;
      }
      for (const event of wanted) {
        await unit.run(insertCall, callOf(webhook.id, event, { id: this.#ids.next(), now }));
      }
    }
  }
}

export function typesOf(webhook: WebhookRow): string[] {
  return JSON.parse(webhook.types) as string[];
}

/** A call that is to be made. The event's content goes along: it may be called for longer than the log is kept. */
export function callOf(
  webhookId: string,
  {
    id: eventId,
    seq,
    at,
    type,
    subject,
    data,
  }: Pick<LogRow, 'id' | 'seq' | 'at' | 'type' | 'subject' | 'data'>,
  { id, now, replayed = 0 }: { id: string; now: number; replayed?: 0 | 1 },
): CallRow {
  return {
    id,
    webhook_id: webhookId,
    event_id: eventId,
    ...{ seq, at, type, subject, data, replayed },
    state: 'queued',
    attempts: 0,
    next_at: now,
    lease: null,
    lease_until: 0,
    created_at: now,
    updated_at: now,
  };
}
