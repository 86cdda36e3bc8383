import Type, { type TEnum, type TProperties } from 'typebox';

/** An object that takes no other keys than these. */
export function Strict<T extends TProperties>(
  properties: T,
  options: { description?: string; $id?: string } = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** One of a few words. */
export function OneOf<const T extends readonly string[]>(
  values: T,
  options: { description?: string } = {},
): TEnum<[...T]> {
  return Type.Enum<[...T]>([...values], { type: 'string', ...options });
}

/** An amount in yuan as text, exact to the fen: "12.30". */
export const Amount = Type.String({
  pattern: '^-?(0|[1-9][0-9]{0,13})\\.[0-9]{2}$',
  maxLength: 18,
  description: '金额,元,两位小数 / yuan with two decimals: "12.30"',
});

/**
 * RFC 3339 with offset. The pattern refuses what the format lets pass and `Date` can't read: a leap second, and an
 * offset without minutes.
 */
export const Timestamp = Type.String({
  format: 'date-time',
  pattern: ':[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$',
  maxLength: 35,
  description: '时间 / RFC 3339 with offset',
});

/** A day: yyyy-MM-dd. */
export const Day = Type.String({ format: 'date', maxLength: 10, description: '日期 / yyyy-MM-dd' });

export const Id = Type.String({ pattern: '^[A-Za-z0-9._:-]{1,64}$', description: '编号 / id' });

/** Text a person wrote, bounded. */
export function Text(maxLength: number, description?: string) {
  return Type.String({ minLength: 1, maxLength, ...(description ? { description } : {}) });
}

/** Every answer that is not 2xx (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: '稳定的错误码,见 docs/errors.md / stable code' }),
    detail: Type.Optional(Type.String()),
    next: Type.String({ description: '下一步怎么办 / what to do next' }),
    place: Type.String({ description: '问题出在哪里 / where it arose' }),
    hop: Type.Optional(
      Type.String({
        description: '机构间消息:SEND_ 发送方,PROXY_ 中转方,REC_ 接收方 / where on the way of a message',
      }),
    ),
    again: Type.String({ description: '能否原样重发 / whether the same request may be sent again' }),
    pointer: Type.Optional(Type.String({ description: 'JSON pointer' })),
    facts: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
    ),
    requestId: Type.String(),
    sandbox: Type.Optional(Type.Boolean()),
  },
  { $id: 'Problem', description: 'RFC 9457' },
);

/** Printable ASCII: what our ids and cursors are made of. PostgreSQL takes no NUL in a text. */
export const PRINTABLE = '^[\\x21-\\x7e]+$';

/** Lists page by cursor: ask again with `after` set to `next` until it is absent. */
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  after: Type.Optional(Type.String({ pattern: PRINTABLE, maxLength: 200 })),
};
