import Type, { type Static } from 'typebox';
import { Id, OneOf, PageQuery, Strict, Timestamp } from './common.ts';
import { DELIVERY_STATES } from './delivery-words.ts';
import { Identity } from './identity.ts';
import { OrganisationCode } from './organisation.ts';
import { PRIORITIES } from './referral.ts';

/** A page of a list that is scrolled through: a hundred thousand are read in a hundred pages. */
const DELIVERIES_MAX = 1_000;

/** Village, township, county, city, province and down again: nobody is further away. */
export const HOPS_MAX = 8;

/** Why a message did not arrive, for its sender: what happened, where, and what to do. */
export const NonDeliveryReport = Strict(
  {
    code: Type.String({ description: '见 docs/errors.md / see docs/errors.md' }),
    title: Type.String(),
    next: Type.String({ description: '下一步怎么办 / what to do next' }),
    hop: OneOf(['SEND_', 'PROXY_', 'REC_'], {
      description: '在发送方、中转方还是接收方 / at the sender, on the way, or at the receiver',
    }),
    at: Timestamp,
  },
  { description: '未送达报告 / report of non-delivery' },
);

/** One message on its way to another organisation. Its content is never shown here. */
export const Delivery = Strict(
  {
    id: Id,
    organisation: OrganisationCode,
    messageId: Id,
    correlationId: Id,
    type: Type.String({ maxLength: 60, description: '消息类型 / message type' }),
    priority: OneOf(PRIORITIES),
    state: OneOf(DELIVERY_STATES, {
      description:
        'queued 待送达,delivered 对方已落盘,dead 已放弃,可重新投递 / dead: given up, may be replayed',
    }),
    attempts: Type.Integer({ minimum: 0 }),
    nextAttemptAt: Type.Optional(Timestamp),
    lastError: Type.Optional(Type.String()),
    report: Type.Optional(NonDeliveryReport),
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
    replayedAs: Type.Optional(Id),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { description: '投递 / one message on its way to another organisation' },
);

export const DeliveryPage = Strict({ items: Type.Array(Delivery), next: Type.Optional(Type.String()) });

/** By what deliveries are found; all that is given must hold. */
const Found = {
  organisation: Type.Optional(OrganisationCode),
  about: Type.Optional(
    Type.String({
      ...Id,
      description: '投递、消息或转诊案例的编号 / the id of the delivery, its message or its case',
    }),
  ),
  messageId: Type.Optional(Id),
  correlationId: Type.Optional(Id),
  type: Type.Optional(Type.String({ pattern: '^[a-z]+([.-][a-z]+)*$', maxLength: 60 })),
  reason: Type.Optional(
    Type.String({
      pattern: '^[a-z]+([.-][a-z]+)*$',
      maxLength: 60,
      description: '失败原因,如 delivery.expired / why it is dead',
    }),
  ),
  since: Type.Optional(Timestamp),
  until: Type.Optional(Timestamp),
};

const Looked = {
  ...PageQuery,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: DELIVERIES_MAX, default: 50 })),
  ...Found,
  state: Type.Optional(OneOf(DELIVERY_STATES)),
};

export const DeliveryQuery = Strict(Looked);

/** The same for the deliveries of one person, who is named in no address. */
export const DeliverySearch = Strict({
  ...Looked,
  patient: Strict({
    documentType: Identity.properties.documentType,
    documentNumber: Identity.properties.documentNumber,
  }),
});

/** Sends many dead messages again. */
export const ReplayRequest = Strict({
  filter: Strict(Found, { description: '失败的投递中符合条件的 / which of the dead ones' }),
  dryRun: Type.Optional(Type.Boolean({ description: '只计数,不投递 / count only', default: false })),
  max: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 1_000 })),
});

export const ReplayAnswer = Strict({
  matched: Type.Integer({ description: '符合条件、尚未重新投递的 / dead, matching, not replayed before' }),
  replayed: Type.Integer(),
  remaining: Type.Integer({ description: '留待下一次请求 / left for the next request' }),
  dryRun: Type.Boolean(),
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
  /** When the message was made; the same on every repeat. */
  at: Type.Optional(Timestamp),
  /** How long it is tried; routine where absent. */
  priority: Type.Optional(OneOf(PRIORITIES)),
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

/** What became of one message: taken, or why not. */
export const LinkOutcome = Type.Union([
  Strict({ receipt: LinkReceipt }),
  Strict({
    refusal: Strict({
      status: Type.Integer({ minimum: 400, maximum: 599 }),
      code: Type.String({ pattern: '^[a-z.-]{1,60}$' }),
      retryAfterS: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
  }),
]);

/** The answer to several messages at once, in their order. */
export const LinkBatchAnswer = Strict({ results: Type.Array(LinkOutcome) });

export type NonDeliveryReport = Static<typeof NonDeliveryReport>;
export type Delivery = Static<typeof Delivery>;
export type DeliveryReport = Static<typeof DeliveryReport>;
export type Envelope = Static<typeof Envelope>;
export type LinkReceipt = Static<typeof LinkReceipt>;
export type LinkOutcome = Static<typeof LinkOutcome>;
