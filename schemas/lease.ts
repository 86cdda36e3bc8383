import Type, { type Static } from 'typebox';
import { Id, Strict, Timestamp } from './common.ts';

/** A visit at the desk is over in minutes; who needs longer renews. */
export const LEASE_HOLD_MS_DEFAULT = 300_000;

const HoldMs = Type.Integer({
  minimum: 1_000,
  maximum: 1_800_000,
  default: LEASE_HOLD_MS_DEFAULT,
  description: '占用时长,毫秒 / how long it is held, unless it is renewed or given back',
});

export const LeaseRequest = Strict({
  holdMs: Type.Optional(HoldMs),
  waitMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 120_000,
      default: 0,
      description: '读卡器被他人占用时排队等待的时长,毫秒 / how long to queue for it',
    }),
  ),
});

export const LeaseRenewal = Strict({ holdMs: Type.Optional(HoldMs) });

export const Lease = Strict(
  {
    id: Id,
    readerId: Id,
    since: Timestamp,
    until: Timestamp,
  },
  { description: '为一位患者占用的读卡器 / a reader set aside for one patient' },
);

export type Lease = Static<typeof Lease>;
