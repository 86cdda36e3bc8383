import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict, Timestamp } from './common.ts';
import { DOCUMENT_KINDS } from './reading.ts';

/** What becomes of a reader: the machine that the reader pool runs. */
export const READER_STATES = ['absent', 'opening', 'ready', 'busy', 'lost'] as const;

export const Reader = Strict({
  id: Id,
  name: Type.Optional(Type.String()),
  driver: Type.String({ description: '方言与线路 / dialect and line' }),
  state: OneOf(READER_STATES, {
    description: '未连接、正在连接、就绪、正在读卡、断开后等待重连 / absent, opening, ready, busy, lost',
  }),
  since: Timestamp,
  reads: Type.Array(OneOf(DOCUMENT_KINDS), {
    description: '能读的证件;第一次连接之前为空 / what it can read; empty until it was first opened',
  }),
  lastReadingAt: Type.Optional(Timestamp),
  lastError: Type.Optional(Type.String({ description: '最近一次失败的错误码 / code of the last failure' })),
  counters: Strict({
    readings: Type.Integer({ description: '成功的读卡 / readings made' }),
    failures: Type.Integer({ description: '失败的读卡和连接 / readings and openings that failed' }),
    reopenings: Type.Integer({ description: '断开后重新连接 / times it was found again' }),
  }),
});

export const ReaderList = Strict({ items: Type.Array(Reader) });

export type ReaderState = (typeof READER_STATES)[number];
export type Reader = Static<typeof Reader>;
