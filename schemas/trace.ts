import Type, { type Static } from 'typebox';
import { OneOf, Strict, Timestamp } from './common.ts';

/** A recording that goes on for longer is cut: a reading takes some thirty exchanges. */
export const TRACE_EXCHANGES_MAX = 10_000;

const Hex = Type.String({ pattern: '^([0-9A-F]{2})*$', maxLength: 16_384 });

/** Where on the reader it happened. */
const Place = Type.String({ pattern: '^(contact|contactless|sam-[1-8]|resident-id)$' });

/** One thing asked of the card or the reader, and what came back: bytes, nothing, or a fault. */
export const TraceExchange = Strict({
  place: Place,
  act: OneOf(['power-on', 'transmit', 'power-off', 'find', 'read', 'read-new-address']),
  command: Type.Optional(Hex),
  /** ATR, answer with its status, text block; absent where there was no card. */
  answer: Type.Optional(Hex),
  /** Of a resident ID card. */
  photo: Type.Optional(Hex),
  found: Type.Optional(Type.Boolean()),
  fault: Type.Optional(Type.String({ maxLength: 60 })),
  /** How long it took. */
  tookMs: Type.Integer({ minimum: 0 }),
});

export const Trace = Strict(
  {
    format: Type.Literal('yikatong-trace-1'),
    recordedAt: Timestamp,
    driver: Type.String({ maxLength: 300 }),
    exchanges: Type.Array(TraceExchange, { maxItems: TRACE_EXCHANGES_MAX }),
  },
  {
    description:
      '与卡的往来记录,个人信息已用标准样例替换 / what passed between reader and card, personal values replaced by the standard sample',
  },
);

/** One use of a reader: what passed, and what it failed with. */
export const ReaderTrace = Strict({
  ...Trace.properties,
  fault: Type.Optional(Type.String({ maxLength: 60, description: '失败的错误码 / the code it failed with' })),
});

export const ReaderTraceList = Strict({ items: Type.Array(ReaderTrace) });

export type ReaderTrace = Static<typeof ReaderTrace>;
export type TraceExchange = Static<typeof TraceExchange>;
export type Trace = Static<typeof Trace>;
