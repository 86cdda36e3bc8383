import Type, { type Static } from 'typebox';
import { OneOf, Strict, Timestamp } from './common.ts';
import { OrganisationCode } from './organisation.ts';

/** How the way to one organisation is doing. */
export const LinkState = Strict(
  {
    organisation: OrganisationCode,
    state: OneOf(['up', 'down', 'unknown', 'none'], {
      description:
        'up 通,down 不通,unknown 尚无往来,none 有消息在等但没有配置通道 / none: messages wait, but there is no link',
    }),
    since: Type.Optional(Timestamp),
    collected: Type.Boolean({ description: '对方来取 / the other side comes for its messages' }),
    queued: Type.Integer({ description: '等待送达的消息 / messages that wait' }),
    oldestAt: Type.Optional(Timestamp),
    lastHeardAt: Type.Optional(Timestamp),
    lastReceiptAt: Type.Optional(Timestamp),
    lastError: Type.Optional(Type.String()),
    lastErrorAt: Type.Optional(Timestamp),
  },
  { description: '通道 / the way to another organisation' },
);

export const LinkList = Strict({ items: Type.Array(LinkState) });

export type LinkState = Static<typeof LinkState>;
