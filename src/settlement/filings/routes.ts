import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import {
  Filing,
  FilingList,
  FilingQuery,
  FilingRequest,
  FilingReview,
  FilingWithdrawal,
  OnFileList,
  OnFileRequest,
} from '../../../schemas/filing.ts';
import { callerOf } from '../../access/caller.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import { assertNoBody } from '../../http/no-body.ts';
import { etagOf, versionOf } from '../../http/version.ts';
import type { Desk } from '../desk.ts';
import type { Inquiries } from '../inquiries.ts';
import type { FilingArchive } from './archive.ts';
import { isUnsettled } from './machine.ts';
import type { FilingSeals } from './model.ts';
import type { FilingRow } from './queries.ts';
import { filingOf } from './rules.ts';
import type { Act, FilingService } from './service.ts';
import { filingView, knownView, summaryView } from './views.ts';

export interface FilingRouteParts {
  readonly service: FilingService;
  readonly archive: FilingArchive;
  readonly seals: FilingSeals;
  readonly inquiries: Inquiries;
  readonly desk: Desk;
  readonly idempotency: Idempotency;
  readonly clock: Clock;
}

const tags = ['备案 Filings'];
const byId = Strict({ id: Id });
const problems = { '4xx': Problem, '5xx': Problem };
const acted = { 200: Filing, 202: Filing, ...problems };
const unfinished =
  '200:已有结果;202:尚无结果,网关会查询,不要重复办理。/ 202: no outcome yet; the gateway looks for it, do not file again.';

/** Days before today from which filings are asked for, where the caller says nothing: a year. */
const SINCE_MS = 366 * 86_400_000;

/** `/v1/filings`: transfers, chronic diseases and designated institutions that an insurer must know of (备案). */
export function filingRoutes(parts: FilingRouteParts): FastifyPluginAsyncTypebox {
  const { service, archive, seals, inquiries, desk, idempotency, clock } = parts;

  const show = async (reply: FastifyReply, row: FilingRow) => {
    reply.header('etag', etagOf(row.version));
    return filingView(row, await archive.history(row.id), seals);
  };

  /** Runs an act once under its Idempotency-Key. */
  const once = (
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
    run: (act: Act) => Promise<FilingRow>,
  ) =>
    idempotency.run(request, reply, async ({ resourceId: act }) => {
      const { id } = request.params;
      const row = await run({ id, act, caller: callerOf(request), version: versionOf(request) });
      return { status: isUnsettled(row.state) ? 202 : 200, body: await show(reply, row) };
    });

  return async (app) => {
    app.post(
      '/v1/filings',
      {
        config: { scope: 'settlement:write', repeatable: 'must' },
        schema: {
          summary: '备案:转院、慢特病、定点 / File a transfer, a chronic disease, a designated institution',
          description:
            '总是 201:看 state 和 cause;结果不明时为 in-doubt,不要重复办理。/ Always 201: look at state and cause; in doubt, do not file again.',
          tags,
          body: FilingRequest,
          response: { 201: Filing, ...problems },
        },
      },
      async (request, reply) =>
        idempotency.run(request, reply, async ({ resourceId }) => {
          const caller = callerOf(request);
          const { body } = request;
          const row = await service.file(resourceId, caller, async () => {
            const filing = filingOf(resourceId, body, await desk.identityOf(body, caller));
            if (filing.ok)
              return { insurer: body.insurer, referralId: body.referralId, filing: filing.value };
            const { pointer, detail } = filing.error;
            throw new Fault('request.invalid', { pointer: `/body${pointer}`, detail });
          });
          return { status: 201, body: await show(reply, row) };
        }),
    );

    app.get(
      '/v1/filings',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '备案列表,新的在前 / List filings, newest first',
          tags,
          querystring: FilingQuery,
          response: { 200: FilingList, ...problems },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const { readingId, ...filter } = request.query;
        const identity = readingId === undefined ? undefined : await desk.identityOf({ readingId }, caller);
        const person = identity && seals.person(identity);
        const { items, next } = await archive.list({ ...filter, person }, caller);
        return {
          items: items.map((row) => summaryView(row, seals)),
          ...(next === undefined ? {} : { next }),
        };
      },
    );

    app.get(
      '/v1/filings/:id',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '一份备案及其历史 / One filing with its history',
          tags,
          params: byId,
          response: { 200: Filing, ...problems },
        },
      },
      async (request, reply) => show(reply, await archive.read(request.params.id, callerOf(request))),
    );

    app.post(
      '/v1/filings/:id/withdraw',
      {
        config: { scope: 'settlement:write', repeatable: 'must', versioned: 'may' },
        schema: {
          summary: '撤销备案 / Withdraw a filing',
          description: unfinished,
          tags,
          params: byId,
          body: FilingWithdrawal,
          response: acted,
        },
      },
      async (request, reply) => once(request, reply, (act) => service.withdraw(act, request.body)),
    );

    app.post(
      '/v1/filings/:id/check',
      {
        config: { scope: 'settlement:write', repeatable: 'must' },
        schema: {
          summary: '立即查询没有应答的备案 / Look now for what got no answer',
          description: unfinished,
          tags,
          params: byId,
          response: acted,
        },
      },
      async (request, reply) => {
        assertNoBody(request);
        return once(request, reply, ({ id }) => service.check(id));
      },
    );

    app.post(
      '/v1/filings/:id/review',
      {
        config: { scope: 'settlement:write', repeatable: 'must', versioned: 'may' },
        schema: {
          summary: '登记人工核对的结论 / Record what a person found',
          tags,
          params: byId,
          body: FilingReview,
          response: acted,
        },
      },
      async (request, reply) => once(request, reply, (act) => service.review(act, request.body)),
    );

    app.post(
      '/v1/filings/on-file',
      {
        config: { scope: 'eligibility:write' },
        schema: {
          summary: '查询医保已有的备案 / What the insurer has on file of a person',
          tags,
          body: OnFileRequest,
          response: { 200: OnFileList, ...problems },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const { insurer, kind, insutype, operator, business, since } = request.body;
        if ((kind === 'designated') !== (business !== undefined)) {
          const detail = 'with kind designated, and only with it';
          throw new Fault('request.invalid', { pointer: '/body/business', detail });
        }
        const question = {
          ...{ kind, identity: await desk.identityOf(request.body, caller) },
          since: since === undefined ? clock.now() - SINCE_MS : Date.parse(`${since}T00:00:00+08:00`),
          ...(insutype === undefined ? {} : { insutype }),
          ...(operator && { operator }),
          ...(business === undefined ? {} : { business }),
        };
        const { items, exchangeId } = await inquiries.filings(insurer, question, caller);
        return { items: items.map(knownView), exchangeId };
      },
    );
  };
}
