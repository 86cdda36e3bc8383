import Type, { type Static } from 'typebox';
import { Id, OneOf, PageQuery, Strict, Timestamp } from './common.ts';
import { OrganisationCode } from './organisation.ts';

/** Village, township, county, city, province and down again: nobody is further away. */
export const HOPS_MAX = 8;

export const DELIVERY_STATES = ['queued', 'delivered', 'dead'] as const;

/** One message on its way to another organisation. Its content is never shown here. */
export const Delivery = Strict(
  {
    id: Id,
    organisation: OrganisationCode,
    messageId: Id,
    correlationId: Id,
    type: Type.String({ maxLength: 60, description: '消息类型 / message type' }),
    state: OneOf(DELIVERY_STATES, {
      description:
        'queued 待送达,delivered 对方已落盘,dead 已放弃,可重新投递 / dead: given up, may be replayed',
    }),
    attempts: Type.Integer({ minimum: 0 }),
    nextAttemptAt: Type.Optional(Timestamp),
    lastError: Type.Optional(Type.String()),
    expiresAt: Timestamp,
    receiptAt: Type.Optional(Timestamp),
    /** Where it does not go straight from us to its receiver. */
    sender: Type.Optional(OrganisationCode),
    receiver: Type.Optional(OrganisationCode),
    reachedAt: Type.Optional(
      Type.String({
        ...Timestamp,
        description: '经中转时,最终接收机构落盘的时间 / when its receiver had it, past the next on the way',
      }),
    ),
    replayOf: Type.Optional(Id),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { description: '投递 / one message on its way to another organisation' },
);

export const DeliveryPage = Strict({ items: Type.Array(Delivery), next: Type.Optional(Type.String()) });

export const DeliveryQuery = Strict({
  ...PageQuery,
  state: Type.Optional(OneOf(DELIVERY_STATES)),
  organisation: Type.Optional(OrganisationCode),
});

/**
 * What travels over a link: the whole of it is signed, and a repeat is the same to the byte. The two codes also stand
 * in headers, for whoever routes; they must agree.
 */
export const Envelope = Strict({
  id: Id,
  correlationId: Id,
  from: OrganisationCode,
  to: OrganisationCode,
  via: Type.Optional(Type.Array(OrganisationCode, { minItems: 1, maxItems: HOPS_MAX })),
  type: Type.String({ pattern: '^[a-z]+([.-][a-z]+)*$', maxLength: 60 }),
  body: Type.Record(Type.String(), Type.Unknown()),
});

/** The body of a delivery.report message: what became of a message past the next hop. */
export const DeliveryReport = Strict({
  version: Type.Literal(1),
  messageId: Id,
  /** Who tells. */
  by: OrganisationCode,
  outcome: OneOf(['reached', 'lost']),
  at: Timestamp,
  reason: Type.Optional(Type.String({ maxLength: 200 })),
});

export const LinkReceipt = Strict({ messageId: Id, receivedAt: Timestamp, duplicate: Type.Boolean() });

export type Delivery = Static<typeof Delivery>;
export type DeliveryReport = Static<typeof DeliveryReport>;
export type Envelope = Static<typeof Envelope>;
export type LinkReceipt = Static<typeof LinkReceipt>;
