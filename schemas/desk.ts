import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict, Timestamp } from './common.ts';

/** What becomes of a desk's session: the machine that both of its ends run. */
export const SESSION_STATES = ['connecting', 'joined', 'suspended', 'gone'] as const;

/** Why a session, or the connection under it, came to its end. */
export const SESSION_ENDS = [
  'stopping',
  'goodbye',
  'protocol',
  'version',
  'replaced',
  'taken',
  'slow',
  'flood',
  'away',
] as const;

export const Desk = Strict({
  id: Id,
  state: OneOf(SESSION_STATES, {
    description:
      '正在连接、已连接、连接中断(可续接)、已离开 / connecting, joined, line lost and may be resumed, gone',
  }),
  since: Timestamp,
  readers: Type.Array(Id, {
    description: '它的读卡器在本网关的编号 / its readers as this gateway calls them',
  }),
  lastEnd: Type.Optional(
    OneOf(SESSION_ENDS, {
      description:
        '上一次会话如何结束:replaced 被同一密钥的另一台电脑取代,slow 来不及接收,away 中断过久 / how the last session ended',
    }),
  ),
  rivalSeenAt: Type.Optional({
    ...Timestamp,
    description:
      '最近一次有另一个程序用同一密钥连接;反复出现说明两台电脑用了同一个密钥 / when another program last came with the same key: seen again and again, two PCs share one',
  }),
});

export const DeskList = Strict({ items: Type.Array(Desk) });

export type SessionState = (typeof SESSION_STATES)[number];
export type SessionEnd = (typeof SESSION_ENDS)[number];
export type Desk = Static<typeof Desk>;
