import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import {
  MendRequest,
  Statement,
  StatementList,
  StatementQuery,
  StatementRequest,
} from '../../../schemas/statement.ts';
import { type Caller, callerOf } from '../../access/caller.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import { assertNoBody } from '../../http/no-body.ts';
import type { StatementArchive } from './archive.ts';
import type { Mender } from './mender.ts';
import type { StatementSeals } from './model.ts';
import type { StatementService } from './service.ts';
import { statementView, summaryView } from './views.ts';

export interface StatementRouteParts {
  readonly service: StatementService;
  readonly mender: Mender;
  readonly archive: StatementArchive;
  readonly seals: StatementSeals;
  readonly clock: Clock;
  readonly idempotency: Idempotency;
  /** A statement that takes longer is answered as running. */
  readonly waitMs?: number | undefined;
}

const WAIT_MS = 5_000;

const tags = ['对账 Statements'];
const problems = { '4xx': Problem, '5xx': Problem };
const answers = { 200: Statement, 202: Statement, ...problems };
const byId = Strict({ id: Id });

/** `/v1/statements`: our ledger compared with an insurer's, and what differs mended. */
export function statementRoutes(parts: StatementRouteParts): FastifyPluginAsyncTypebox {
  const { service, mender, archive, seals, clock, idempotency, waitMs = WAIT_MS } = parts;

  const show = async (id: string, caller: Caller) =>
    statementView(await archive.read(id, caller), seals, clock.now());

  return async (app) => {
    app.post(
      '/v1/statements',
      {
        config: { scope: 'settlement:write', repeatable: 'must' },
        schema: {
          summary: '对账:某日或某月 / Compare a day or a month',
          description:
            '202:仍在进行,用 GET 查看 progress,或用 cancel 取消;请求头 Prefer: respond-async 时不等待。重新对账会替换未处理的差异,不会重复处理已处理的。/ 202: still running: progress tells how far, cancel ends it; with the header Prefer: respond-async it is not waited for. A further run replaces the differences that are not mended.',
          tags,
          body: StatementRequest,
          response: answers,
        },
      },
      async (request, reply) =>
        idempotency.run(request, reply, async () => {
          const { insurer, date, month } = request.body;
          if ((date === undefined) === (month === undefined)) {
            throw new Fault('request.invalid', { pointer: '/body/date', detail: 'either date or month' });
          }
          const caller = callerOf(request);
          const { id, finished } = await service.run(insurer, date ?? month ?? '', caller);
          await Promise.race([finished, later(isAsync(request.headers.prefer) ? 0 : waitMs)]);
          const body = await show(id, caller);
          return { status: body.state === 'running' ? 202 : 200, body };
        }),
    );

    app.get(
      '/v1/statements',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '各日、各月的对账结果 / Days and months, balanced or not',
          tags,
          querystring: StatementQuery,
          response: { 200: StatementList, ...problems },
        },
      },
      async (request) => {
        const rows = await archive.list(request.query, callerOf(request));
        return { items: rows.map((row) => summaryView(row, seals, clock.now())) };
      },
    );

    app.get(
      '/v1/statements/:id',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '一份对账单:分组合计和差异 / One statement: totals by group, and what differs',
          tags,
          params: byId,
          response: { 200: Statement, ...problems },
        },
      },
      async (request) => show(request.params.id, callerOf(request)),
    );

    app.post(
      '/v1/statements/:id/cancel',
      {
        config: { scope: 'settlement:write', repeatable: 'must' },
        schema: {
          summary: '取消进行中的对账 / Cancel a comparison under way',
          description:
            '标为 incomplete,以前发现的差异保留 / it becomes incomplete; what an earlier run found stays',
          tags,
          params: byId,
          response: answers,
        },
      },
      async (request, reply) => {
        assertNoBody(request);
        return idempotency.run(request, reply, async () => {
          await service.cancel(request.params.id, callerOf(request));
          return { status: 200, body: await show(request.params.id, callerOf(request)) };
        });
      },
    );

    app.post(
      '/v1/statements/:id/close',
      {
        config: { scope: 'settlement:write', repeatable: 'must' },
        schema: {
          summary: '月结 / Close a month',
          description: 'open 列出尚未处理的差异 / open lists what is not mended',
          tags,
          params: byId,
          response: answers,
        },
      },
      async (request, reply) => {
        assertNoBody(request);
        return idempotency.run(request, reply, async () => {
          await service.close(request.params.id, callerOf(request));
          return { status: 200, body: await show(request.params.id, callerOf(request)) };
        });
      },
    );

    app.post(
      '/v1/statements/:id/differences/:n/mend',
      {
        config: { scope: 'settlement:write', repeatable: 'must' },
        schema: {
          summary: '处理一项差异 / Mend a difference',
          description:
            '做什么见该差异的 mends;同时有两个请求时只做一次。/ See mends of the difference; done once.',
          tags,
          params: Strict({ id: Id, n: Type.String({ pattern: '^[1-9][0-9]{0,5}$' }) }),
          body: MendRequest,
          response: answers,
        },
      },
      async (request, reply) =>
        idempotency.run(request, reply, async ({ resourceId }) => {
          const { id, n } = request.params;
          const { confirm = false, ...word } = request.body;
          const caller = callerOf(request);
          await mender.mend({ ...word, statement: id, n: Number(n), act: resourceId, confirm }, caller);
          return { status: 200, body: await show(id, caller) };
        }),
    );
  };
}

/** RFC 7240: the caller would rather look again than wait. */
function isAsync(prefer: string | string[] | undefined): boolean {
  return /\brespond-async\b/.test([prefer].flat().join());
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
