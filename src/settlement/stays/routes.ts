import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import { ExchangeList } from '../../../schemas/exchange.ts';
import {
  Stay as StayAnswer,
  StayChangeRequest,
  StayChargesRequest,
  StayDischargeRequest,
  StayList,
  StayQuery,
  StayRequest,
  StayReviewRequest,
  StayWithdrawRequest,
} from '../../../schemas/stay.ts';
import { callerOf } from '../../access/caller.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import { assertNoBody } from '../../http/no-body.ts';
import { etagOf, versionOf } from '../../http/version.ts';
import { CHARGES_BYTES_MAX, type Desk } from '../desk.ts';
import type { SettlementSeals } from '../model.ts';
import { exchangeView } from '../views.ts';
import type { StayArchive } from './archive.ts';
import { chargesOf, dischargeOf, newStayOf, patchOf } from './desk.ts';
import type { StayLedger } from './ledger.ts';
import type { StayLines } from './lines.ts';
import type { StayRecord } from './model.ts';
import type { StayRequest as Act, StayService } from './service.ts';
import { staySummary, stayView } from './views.ts';

export interface StayRouteParts {
  readonly service: StayService;
  readonly archive: StayArchive;
  readonly ledger: StayLedger;
  readonly lines: StayLines;
  readonly desk: Desk;
  readonly idempotency: Idempotency;
  /** For the words of exchanges. */
  readonly seals: SettlementSeals;
}

const tags = ['住院 Stays'];
const byId = Strict({ id: Id });
const problems = { '4xx': Problem, '5xx': Problem };
const answers = { 200: StayAnswer, 202: StayAnswer, ...problems };
const description =
  '看 state 和 cause:有 cause 即未办成。202:尚无结果(in-doubt),网关自动查清。/ Look at state and cause: with a cause it was not done. 202: in doubt, the gateway finds out by itself.';

/** `/v1/stays`: a patient in a ward, from admission to discharge, and the charges of the stay. */
export function stayRoutes(parts: StayRouteParts): FastifyPluginAsyncTypebox {
  const { service, archive, ledger, lines, desk, idempotency } = parts;

  const show = async (reply: FastifyReply, stay: StayRecord) => {
    reply.header('etag', etagOf(stay.row.version));
    const { id } = stay.row;
    return stayView(stay, await lines.sums(id), await archive.history(id), ledger.seals);
  };

  /** Runs an act once under its Idempotency-Key. */
  const once = (
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
    act: (act: Act) => Promise<StayRecord>,
  ) =>
    idempotency.run(request, reply, async ({ resourceId }) => {
      const version = versionOf(request);
      const stay = await act({
        ...{ id: request.params.id, request: resourceId, caller: callerOf(request) },
        ...(version === undefined ? {} : { version }),
      });
      return { status: stay.row.next_check_at === null ? 200 : 202, body: await show(reply, stay) };
    });

  const config = { scope: 'settlement:write', repeatable: 'must', versioned: 'may' } as const;

  return async (app) => {
    app.post(
      '/v1/stays',
      {
        config: { scope: 'settlement:write', repeatable: 'must' },
        schema: {
          summary: '办理入院 / Admit a patient',
          description: `总是 201。/ Always 201. ${description}`,
          tags,
          body: StayRequest,
          response: { 201: StayAnswer, ...problems },
        },
      },
      async (request, reply) =>
        idempotency.run(request, reply, async ({ resourceId }) => {
          const caller = callerOf(request);
          const { body } = request;
          const stay = await service.create(resourceId, caller, async () => {
            const identity = await desk.identityOf(body, caller);
            return newStayOf(body, identity, await desk.referralOf(body, identity, body.admittedAt));
          });
          return { status: 201, body: await show(reply, stay) };
        }),
    );

    app.get(
      '/v1/stays',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '住院列表,新的在前 / List stays, newest first',
          tags,
          querystring: StayQuery,
          response: { 200: StayList, ...problems },
        },
      },
      async (request) => {
        const { items, next } = await archive.list(request.query, callerOf(request));
        return { items: items.map(staySummary), ...(next === undefined ? {} : { next }) };
      },
    );

    app.get(
      '/v1/stays/:id',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '一次住院、费用汇总及其历史 / One stay with its charges and its history',
          tags,
          params: byId,
          response: { 200: StayAnswer, ...problems },
        },
      },
      async (request, reply) => show(reply, await archive.read(request.params.id, callerOf(request))),
    );

    app.get(
      '/v1/stays/:id/exchanges',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '与医保的往来,新的在前 / Its exchanges with the insurer, newest first',
          tags,
          params: byId,
          response: { 200: ExchangeList, ...problems },
        },
      },
      async (request) => {
        const stay = await archive.read(request.params.id, callerOf(request));
        const { name } = ledger.seals.content(stay.row).stay.identity;
        const exchanges = await archive.exchanges(stay.row.id);
        return { items: exchanges.map((exchange) => exchangeView(exchange, parts.seals, name)) };
      },
    );

    const bare = {
      admit: { summary: '重新办理入院 / Admit again', run: (act: Act) => service.admit(act) },
      abandon: { summary: '放弃入院登记 / Give the admission up', run: (act: Act) => service.abandon(act) },
      resume: { summary: '撤销出院 / The stay goes on', run: (act: Act) => service.resume(act) },
      cancel: { summary: '撤销入院 / Cancel the admission', run: (act: Act) => service.cancel(act) },
    };
    for (const [name, { summary, run }] of Object.entries(bare)) {
      app.post(
        `/v1/stays/:id/${name}`,
        { config, schema: { summary, description, tags, params: byId, response: answers } },
        async (request, reply) => {
          assertNoBody(request);
          return once(request as FastifyRequest<{ Params: { id: string } }>, reply, run);
        },
      );
    }

    app.post(
      '/v1/stays/:id/change',
      {
        config,
        schema: {
          ...{ summary: '变更住院信息 / Change what was told at the admission', description, tags },
          ...{ params: byId, body: StayChangeRequest, response: answers },
        },
      },
      async (request, reply) => once(request, reply, (act) => service.change(act, patchOf(request.body))),
    );

    app.post(
      '/v1/stays/:id/charges',
      {
        config,
        bodyLimit: CHARGES_BYTES_MAX,
        schema: {
          summary: '上传费用 / Upload charges',
          description: `已上传且相同的明细不再发送。/ Charges that are there and the same are not sent again. ${description}`,
          ...{ tags, params: byId, body: StayChargesRequest, response: answers },
        },
      },
      async (request, reply) => once(request, reply, (act) => service.charge(act, chargesOf(request.body))),
    );

    app.post(
      '/v1/stays/:id/charges/withdraw',
      {
        config,
        schema: {
          ...{ summary: '撤回未结算的费用 / Take back charges that are not settled', description, tags },
          ...{ params: byId, body: StayWithdrawRequest, response: answers },
        },
      },
      async (request, reply) => once(request, reply, (act) => service.withdraw(act, request.body.lines)),
    );

    app.post(
      '/v1/stays/:id/discharge',
      {
        config,
        schema: {
          ...{ summary: '办理出院 / Discharge', description, tags },
          ...{ params: byId, body: StayDischargeRequest, response: answers },
        },
      },
      async (request, reply) =>
        once(request, reply, (act) => service.discharge(act, dischargeOf(request.body))),
    );

    app.post(
      '/v1/stays/:id/review',
      {
        config,
        schema: {
          ...{ summary: '登记人工核对的结论 / Record what a person found', tags },
          ...{ params: byId, body: StayReviewRequest, response: answers },
        },
      },
      async (request, reply) => once(request, reply, (act) => service.review(act, request.body)),
    );
  };
}
