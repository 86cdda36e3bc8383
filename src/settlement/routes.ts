import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Id, Problem, Strict } from '../../schemas/common.ts';
import { ExchangeList } from '../../schemas/exchange.ts';
import {
  ReverseRequest,
  ReviewRequest,
  Settlement as SettlementAnswer,
  SettlementList,
  SettlementQuery,
  SettlementRequest,
  SettlementSearch,
} from '../../schemas/settlement.ts';
import { callerOf } from '../access/caller.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { assertNoBody } from '../http/no-body.ts';
import { etagOf, versionOf } from '../http/version.ts';
import type { Archive } from './archive.ts';
import { CHARGES_BYTES_MAX, type Desk, newSettlementOf } from './desk.ts';
import type { Ledger } from './ledger.ts';
import type { Settlement } from './model.ts';
import type { Act, SettlementService } from './service.ts';
import { exchangeView, settlementView, summaryView } from './views.ts';

export interface SettlementRouteParts {
  readonly service: SettlementService;
  readonly archive: Archive;
  readonly ledger: Ledger;
  readonly desk: Desk;
  readonly idempotency: Idempotency;
}

const tags = ['结算 Settlement'];
const byId = Strict({ id: Id });
const problems = { '4xx': Problem, '5xx': Problem };
const settled = { 200: SettlementAnswer, 202: SettlementAnswer, ...problems };
const unfinished =
  '200:已有结果;202:尚无结果(in-doubt),网关自动查清。/ 202: in doubt, the gateway finds out by itself.';

/** `/v1/settlements`: a bill quoted, settled, reversed, and looked at. */
export function settlementRoutes(parts: SettlementRouteParts): FastifyPluginAsyncTypebox {
  const { service, archive, desk, idempotency } = parts;
  const { seals } = parts.ledger;

  const show = async (reply: FastifyReply, settlement: Settlement) => {
    reply.header('etag', etagOf(settlement.row.version));
    return settlementView(settlement, await archive.history(settlement.row.id), seals);
  };

  /** Runs an act once under its Idempotency-Key. */
  const once = (
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
    act: (act: Act) => Promise<Settlement>,
  ) =>
    idempotency.run(request, reply, async ({ resourceId }) => {
      const version = versionOf(request);
      const caller = callerOf(request);
      const asked = {
        id: request.params.id,
        act: resourceId,
        caller,
        ...(version === undefined ? {} : { version }),
      };
      const settlement = await act(asked);
      return {
        status: settlement.row.next_check_at === null ? 200 : 202,
        body: await show(reply, settlement),
      };
    });

  return async (app) => {
    app.post(
      '/v1/settlements',
      {
        bodyLimit: CHARGES_BYTES_MAX,
        config: { scope: 'settlement:write', repeatable: 'must' },
        schema: {
          summary: '试算,confirm 为 true 时直接结算 / Quote a bill, and settle it with confirm',
          description:
            '总是 201:看 state 和 cause;结果不明时为 in-doubt,网关自动查清。/ Always 201: look at state and cause.',
          tags,
          body: SettlementRequest,
          response: { 201: SettlementAnswer, ...problems },
        },
      },
      async (request, reply) =>
        idempotency.run(request, reply, async ({ resourceId }) => {
          const caller = callerOf(request);
          const { body } = request;
          const settlement = await service.create(resourceId, body.confirm ?? false, caller, async () => {
            const identity = await desk.identityOf(body, caller);
            return newSettlementOf(body, identity, await desk.visitReferralOf(body, identity));
          });
          return { status: 201, body: await show(reply, settlement) };
        }),
    );

    app.get(
      '/v1/settlements',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '结算列表,新的在前 / List settlements, newest first',
          tags,
          querystring: SettlementQuery,
          response: { 200: SettlementList, ...problems },
        },
      },
      async (request) => {
        const { items, next } = await archive.list(request.query, callerOf(request));
        return {
          items: items.map(({ row, insurers }) => summaryView(row, insurers)),
          ...(next === undefined ? {} : { next }),
        };
      },
    );

    app.post(
      '/v1/settlements/search',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '一个人的结算,新的在前 / A person’s settlements, newest first',
          tags,
          body: SettlementSearch,
          response: { 200: SettlementList, ...problems },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const identity = await desk.identityOf(request.body, caller);
        const { items, next } = await archive.ofPerson(identity, request.body, caller);
        return {
          items: items.map(({ row, insurers }) => summaryView(row, insurers)),
          ...(next === undefined ? {} : { next }),
        };
      },
    );

    app.get(
      '/v1/settlements/:id',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '一笔结算及其历史 / One settlement with its history',
          tags,
          params: byId,
          response: { 200: SettlementAnswer, ...problems },
        },
      },
      async (request, reply) => show(reply, await archive.read(request.params.id, callerOf(request))),
    );

    app.get(
      '/v1/settlements/:id/exchanges',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '与医保的往来,不含报文 / Its exchanges with the insurer, without bodies',
          tags,
          params: byId,
          response: { 200: ExchangeList, ...problems },
        },
      },
      async (request) => {
        const { row } = await archive.read(request.params.id, callerOf(request));
        const { name } = seals.bill(row).identity;
        return {
          items: (await archive.exchanges(row.id)).map((exchange) => exchangeView(exchange, seals, name)),
        };
      },
    );

    const acts = {
      quote: { summary: '重新试算 / Quote again', run: (act: Act) => service.quote(act) },
      confirm: { summary: '结算 / Settle', run: (act: Act) => service.confirm(act) },
      abandon: {
        summary: '放弃,未动资金时 / Give up before money moved',
        run: (act: Act) => service.abandon(act),
      },
    };
    for (const [name, { summary, run }] of Object.entries(acts)) {
      app.post(
        `/v1/settlements/:id/${name}`,
        {
          config: { scope: 'settlement:write', repeatable: 'must', versioned: 'may' },
          schema: { summary, description: unfinished, tags, params: byId, response: settled },
        },
        async (request, reply) => {
          assertNoBody(request);
          return once(request as FastifyRequest<{ Params: { id: string } }>, reply, run);
        },
      );
    }

    app.post(
      '/v1/settlements/:id/reverse',
      {
        config: { scope: 'settlement:write', repeatable: 'must', versioned: 'may' },
        schema: {
          summary: '撤销结算 / Reverse',
          description: unfinished,
          tags,
          params: byId,
          body: ReverseRequest,
          response: settled,
        },
      },
      async (request, reply) => once(request, reply, (act) => service.reverse(act, request.body?.reason)),
    );

    app.post(
      '/v1/settlements/:id/review',
      {
        config: { scope: 'settlement:write', repeatable: 'must', versioned: 'may' },
        schema: {
          summary: '登记人工核对的结论 / Record what a person found',
          tags,
          params: byId,
          body: ReviewRequest,
          response: settled,
        },
      },
      async (request, reply) => once(request, reply, (act) => service.review(act, request.body)),
    );
  };
}
