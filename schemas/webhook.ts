import Type, { type Static } from 'typebox';
import { Id, OneOf, PageQuery, Strict, Timestamp } from './common.ts';
import { KEPT_TYPES } from './event.ts';

const Types = Type.Array(OneOf(KEPT_TYPES), {
  uniqueItems: true,
  maxItems: KEPT_TYPES.length,
  description: '事件类型,空为全部 / types of events; all where empty',
});

export const CreateWebhook = Strict({
  url: Type.String({
    minLength: 1,
    maxLength: 500,
    pattern: '^https?://[\\x21-\\x7e]+$',
    description: 'https 的公网地址,或配置中列出的主机 / https and public, or a host of events.webhookHosts',
  }),
  types: Type.Optional(Types),
});

const Shown = {
  id: Id,
  url: Type.String(),
  types: Types,
  state: OneOf(['active', 'disabled']),
  cause: Type.Optional(
    OneOf(['gone', 'backlog', 'client'], {
      description:
        'gone 对方答 410;backlog 积压太多;client 由客户停用 / it answered 410; too much waits; a client disabled it',
    }),
  ),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

export const Webhook = Strict(Shown, { description: '事件推送地址 / where events are sent' });

export const CreatedWebhook = Strict({
  ...Shown,
  secret: Type.String({
    description: '验签密钥,只给出这一次 / the secret of the signatures, given only this once: whsec_…',
  }),
});

export const WebhookList = Strict({ items: Type.Array(Webhook) });

export const WebhookDelivery = Strict({
  id: Id,
  eventId: Type.String({ description: 'webhook-id' }),
  seq: Type.String(),
  at: Timestamp,
  type: Type.String(),
  subject: Type.String(),
  state: OneOf(['queued', 'delivered', 'dead']),
  attempts: Type.Integer(),
  nextAttemptAt: Type.Optional(Timestamp),
  replayed: Type.Boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export const WebhookAttempt = Strict({
  number: Type.Integer(),
  at: Timestamp,
  status: Type.Optional(Type.Integer()),
  error: Type.Optional(Type.String()),
  durationMs: Type.Integer(),
});

export const WebhookDeliveryWithAttempts = Strict({
  ...WebhookDelivery.properties,
  log: Type.Array(WebhookAttempt, { description: '每次尝试 / each attempt, oldest first' }),
});

export const WebhookDeliveryPage = Strict({
  items: Type.Array(WebhookDelivery),
  next: Type.Optional(Id),
});

export const WebhookDeliveryQuery = Strict({
  state: Type.Optional(OneOf(['queued', 'delivered', 'dead'])),
  limit: PageQuery.limit,
  after: Type.Optional(Id),
});

export const ReplayRange = Strict({ since: Timestamp, until: Type.Optional(Timestamp) });

export const Replayed = Strict({
  events: Type.Integer({ description: '重新推送的事件数 / events sent again' }),
});

export type CreateWebhook = Static<typeof CreateWebhook>;
export type Webhook = Static<typeof Webhook>;
export type WebhookDelivery = Static<typeof WebhookDelivery>;
export type WebhookAttempt = Static<typeof WebhookAttempt>;
export type ReplayRange = Static<typeof ReplayRange>;
