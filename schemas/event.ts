import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict, Timestamp } from './common.ts';

/** The number of an event in the log. */
const Cursor = Type.String({ pattern: '^[0-9]{1,15}$', description: '事件序号 / number of an event' });

/** What is written down in the unit that makes it happen; all other events are only shown as they happen. */
export const KEPT_TYPES = [
  'referral.state',
  'referral.overdue',
  'referral.contact',
  'delivery.state',
  'settlement.state',
  'stay.state',
  'filing.state',
] as const;

export const LoggedEvent = Strict(
  {
    seq: Cursor,
    id: Type.String({ description: '与 webhook-id 相同 / the same as webhook-id' }),
    at: Timestamp,
    type: OneOf(KEPT_TYPES),
    subject: Id,
    data: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
      description: '编号和状态,不含个人信息 / ids and states, no personal data',
    }),
  },
  { description: '事件 / something that happened' },
);

export const EventLogQuery = Strict({
  after: Type.Optional(Cursor),
  types: Type.Optional(
    Type.String({
      pattern: '^[a-z]+\\.[a-z]+(,[a-z]+\\.[a-z]+){0,9}$',
      description: '只要这些类型,逗号分隔 / only these types, separated by commas',
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
});

export const EventLogPage = Strict({
  items: Type.Array(LoggedEvent),
  next: Type.String({
    description:
      '下次查询的 after,没有新事件时也给出 / the `after` of the next question, also when nothing came',
  }),
});

export type LoggedEvent = Static<typeof LoggedEvent>;
