import type * as Wire from '../../../schemas/webhook.ts';
import { timestampOf } from '../../clock.ts';
import { typesOf } from './fan-out.ts';
import type { AttemptRow, CallRow, WebhookRow } from './queries.ts';

export function secretPurpose(webhookId: string): string {
  return `webhook ${webhookId}`;
}

/** A webhook as it is shown; its secret never is. */
export function webhookView(row: WebhookRow): Wire.Webhook {
  return {
    id: row.id,
    url: row.url,
    types: typesOf(row) as Wire.Webhook['types'],
    state: row.state === 'active' ? 'active' : 'disabled',
    ...(row.cause === null ? {} : { cause: row.cause }),
    createdAt: timestampOf(row.created_at),
    updatedAt: timestampOf(row.updated_at),
  };
}

export function callView(row: CallRow): Wire.WebhookDelivery {
  return {
    id: row.id,
    eventId: row.event_id,
    seq: String(row.seq),
    at: timestampOf(row.at),
    type: row.type,
    subject: row.subject,
    state: row.state,
    attempts: row.attempts,
    ...(row.state === 'queued' ? { nextAttemptAt: timestampOf(row.next_at) } : {}),
    replayed: row.replayed === 1,
    createdAt: timestampOf(row.created_at),
    updatedAt: timestampOf(row.updated_at),
  };
}

export function attemptView({ number, at, status, error, duration_ms }: AttemptRow): Wire.WebhookAttempt {
  return {
    number,
    at: timestampOf(at),
    ...(status === null ? {} : { status }),
    ...(error === null ? {} : { error }),
    durationMs: duration_ms,
  };
}
