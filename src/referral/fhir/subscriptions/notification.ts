import { timestampOf } from '../../../clock.ts';
import type { Bundle, Entry, Resource } from '../resource.ts';
import { type PayloadContent, STATUS_PROFILE } from './model.ts';
import type { NotificationRow, SubscriptionRow } from './queries.ts';

export type NotificationType =
  | 'handshake'
  | 'heartbeat'
  | 'event-notification'
  | 'query-status'
  | 'query-event';

/** An event of a subscription, with its resource where the payload holds it. */
export interface Told {
  readonly row: NotificationRow;
  readonly resource?: Resource | undefined;
}

interface About {
  readonly subscription: SubscriptionRow;
  readonly type: 'Task' | 'ServiceRequest';
  readonly content: PayloadContent;
  /** Where this server stands: https://host/fhir. */
  readonly base: string;
  readonly ids: { next(): string };
}

/** SubscriptionStatus as R4 has it: Parameters (R4 backport, 1.1.0). */
export function statusParameters(about: About, kind: NotificationType, told: readonly Told[] = []): Resource {
  const { subscription, type, content, base } = about;
  return {
    resourceType: 'Parameters',
    id: about.ids.next(),
    meta: { profile: [STATUS_PROFILE] },
    parameter: [
      { name: 'subscription', valueReference: { reference: `${base}/Subscription/${subscription.id}` } },
      { name: 'topic', valueCanonical: subscription.topic },
      { name: 'status', valueCode: subscription.status },
      { name: 'type', valueCode: kind },
      { name: 'events-since-subscription-start', valueString: String(subscription.events) },
      ...told.map(({ row }) => ({
        name: 'notification-event',
        part: [
          { name: 'event-number', valueString: String(row.number) },
          { name: 'timestamp', valueInstant: timestampOf(row.at) },
          ...(content === 'empty'
            ? []
            : [{ name: 'focus', valueReference: { reference: `${base}/${type}/${row.referral_id}` } }]),
        ],
      })),
      ...(subscription.error === null
        ? []
        : [{ name: 'error', valueCodeableConcept: { text: subscription.error } }]),
    ],
  };
}

/** What a subscriber is sent: the status first, then what the events are about, as far as it asked for that. */
export function notificationBundle(
  about: About,
  kind: NotificationType,
  told: readonly Told[],
  now: number,
): Bundle {
  const { subscription, type, content, base } = about;
  const status = statusParameters(about, kind, told);
  const newest = new Map(told.map((each) => [each.row.referral_id, each]));
  const focuses: Entry[] =
    content === 'empty'
      ? []
      : [...newest].map(([id, { resource }]) => ({
          fullUrl: `${base}/${type}/${id}`,
          ...(content === 'full-resource' && resource ? { resource } : {}),
          request: { method: 'PUT', url: `${type}/${id}` },
          response: { status: '200' },
        }));
  return {
    resourceType: 'Bundle',
    id: about.ids.next(),
    type: 'history',
    timestamp: timestampOf(now),
    entry: [
      {
        fullUrl: `urn:uuid:${status.id}`,
        resource: status,
        request: { method: 'GET', url: `${base}/Subscription/${subscription.id}/$status` },
        response: { status: '200' },
      },
      ...focuses,
    ],
  };
}
