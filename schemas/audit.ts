import Type, { type Static } from 'typebox';
import { AUDIT_KINDS } from './audit-words.ts';
import { OneOf, PageQuery, PRINTABLE, Strict, Timestamp } from './common.ts';

/** One look at or change of personal or money data. */
export const AuditEntry = Type.Object({
  chain: Type.String(),
  seq: Type.Integer(),
  at: Timestamp,
  client: Type.String(),
  act: Type.String(),
  kind: Type.String(),
  subject: Type.String(),
  requestId: Type.String(),
  detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  hash: Type.String({ description: '本行与上一行散列的散列 / hash over this row and the hash before it' }),
});

export const AuditQuery = Strict({
  ...PageQuery,
  kind: Type.Optional(OneOf(AUDIT_KINDS, { description: '对象种类 / what kind of record' })),
  subject: Type.Optional(
    Type.String({ pattern: PRINTABLE, maxLength: 64, description: '对象编号 / id of the record' }),
  ),
});

export const AuditPage = Type.Object({
  items: Type.Array(AuditEntry),
  next: Type.Optional(Type.String({ description: '下一页的游标 / cursor of the next page' })),
});

export const AuditVerification = Type.Object({
  holds: Type.Boolean(),
  broken: Type.Array(Type.Object({ chain: Type.String(), seq: Type.Integer(), at: Timestamp }), {
    description: '每条链上第一处断裂 / the first broken row of each chain',
  }),
});

export type AuditEntry = Static<typeof AuditEntry>;
export type AuditVerification = Static<typeof AuditVerification>;
