import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Id, Problem, Strict } from '../../schemas/common.ts';
import { Reader, ReaderList } from '../../schemas/reader.ts';
import { Reading, ReadingRequest } from '../../schemas/reading.ts';
import { ReaderTraceList } from '../../schemas/trace.ts';
import { callerOf } from '../access/caller.ts';
import { goneAway } from '../http/gone-away.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { ReaderPool } from './pool.ts';
import type { CardService } from './service.ts';
import { readerView } from './views.ts';

export interface CardRouteParts {
  readonly pool: ReaderPool;
  readonly cards: CardService;
  readonly idempotency: Idempotency;
}

const tags = ['读卡 Readers'];
const byId = Strict({ id: Id });
const problems = { '4xx': Problem, '5xx': Problem };

/** `/v1/readers` and `/v1/readings`. */
export function cardRoutes(parts: CardRouteParts): FastifyPluginAsyncTypebox {
  const { pool, cards, idempotency } = parts;
  return async (app) => {
    app.get(
      '/v1/readers',
      {
        config: { scope: 'reader:read' },
        schema: { summary: '读卡器列表 / List readers', tags, response: { 200: ReaderList, ...problems } },
      },
      async () => ({ items: pool.list().map(readerView) }),
    );

    app.get(
      '/v1/readers/:id',
      {
        config: { scope: 'reader:read' },
        schema: {
          summary: '读卡器状态 / One reader',
          tags,
          params: byId,
          response: { 200: Reader, ...problems },
        },
      },
      async (request) => readerView(pool.status(request.params.id)),
    );

    app.get(
      '/v1/readers/:id/traces',
      {
        config: { scope: 'operation:read' },
        schema: {
          summary:
            '最近几次使用中与卡的往来,个人信息已遮盖 / What passed with the card in the last uses, masked',
          description:
            '最近三次,新的在前,只在内存中;扫码、厂家动态库和远程工位整张读取,没有逐条往来。/ The last three, the latest first, in memory only; none for scanners, vendors’ libraries and desks, which read as a whole.',
          tags,
          params: byId,
          response: { 200: ReaderTraceList, ...problems },
        },
      },
      async (request) => ({ items: [...pool.traces(request.params.id)] }),
    );

    app.post(
      '/v1/readers/:id/readings',
      {
        config: { scope: 'reading:write', repeatable: 'may' },
        schema: {
          summary: '读卡 / Read a card',
          description:
            '等待放卡并读出持卡人。带 Idempotency-Key 时,重发得到第一次的结果。/ Waits for a card and reads it. With an Idempotency-Key, a repeat gets the first answer.',
          tags,
          params: byId,
          body: ReadingRequest,
          response: { 201: Reading, ...problems },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const cancelled = goneAway(reply);
        const caller = callerOf(request);
        if (request.headers['idempotency-key'] === undefined) {
          const { reading } = await cards.read(id, request.body, caller, { cancelled });
          return reply.code(201).send(reading);
        }
        return idempotency.run(request, reply, async ({ resourceId }) => {
          const known = await cards.known(resourceId);
          const body =
            known ?? (await cards.read(id, request.body, caller, { id: resourceId, cancelled })).reading;
          return { status: 201, body };
        });
      },
    );

    app.get(
      '/v1/readings/:id',
      {
        config: { scope: 'reading:write' },
        schema: {
          summary: '读卡结果(12 小时内有效) / One reading, for 12 hours',
          tags,
          params: byId,
          response: { 200: Reading, ...problems },
        },
      },
      async (request) => cards.get(request.params.id, callerOf(request)),
    );
  };
}
