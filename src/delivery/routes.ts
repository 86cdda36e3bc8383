import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { Id, Problem, Strict } from '../../schemas/common.ts';
import {
  Delivery,
  DeliveryPage,
  DeliveryQuery,
  DeliverySearch,
  ReplayAnswer,
  ReplayRequest,
} from '../../schemas/delivery.ts';
import { callerOf } from '../access/caller.ts';
import { Fault } from '../errors.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { assertNoBody } from '../http/no-body.ts';
import { pageOf } from '../http/page.ts';
import { wantsEnglish } from '../http/problem.ts';
import { type LinkRouteParts, linkRoutes } from './link-routes.ts';
import { deliveryOf } from './model.ts';
import type { DeliveryFilter } from './search.ts';
import type { DeliveryService } from './service.ts';

export interface DeliveryRouteParts extends LinkRouteParts {
  readonly deliveries: DeliveryService;
  readonly idempotency: Idempotency;
}

const tags = ['投递 Delivery'];
const ById = Strict({ id: Id });

/** Deliveries for those who run the gateway, and the door for other organisations' gateways. */
export function deliveryRoutes(parts: DeliveryRouteParts): FastifyPluginAsyncTypebox {
  const { deliveries, idempotency } = parts;
  return async (app) => {
    await app.register(linkRoutes(parts));

    app.get(
      '/v1/deliveries',
      {
        config: { scope: 'delivery:read' },
        schema: {
          summary: '投递列表,最新的在前 / Deliveries, newest first',
          tags,
          querystring: DeliveryQuery,
          response: { 200: DeliveryPage, '4xx': Problem },
        },
      },
      async (request) => {
        const { limit = 50, after, ...filter } = request.query;
        const rows = await deliveries.list({ ...foundBy(filter), limit, after });
        const { items, ...more } = pageOf(rows, limit);
        return { items: items.map((row) => deliveryOf(row, english(request))), ...more };
      },
    );

    app.post(
      '/v1/deliveries/search',
      {
        config: { scope: 'delivery:read' },
        schema: {
          summary: '一位患者的投递 / The deliveries that concern one person',
          description:
            '还需要 referral:read 权限;每次查询进审计。证件号码只在请求体中,不进地址。/ Needs the scope referral:read as well; each search is audited. The number goes in the body, never in an address.',
          tags,
          body: DeliverySearch,
          response: { 200: DeliveryPage, '4xx': Problem },
        },
      },
      async (request) => {
        const scope = 'referral:read';
        if (!request.client.scopes.has(scope)) throw new Fault('access.forbidden', { facts: { scope } });
        const { limit = 50, after, patient, ...filter } = request.body;
        const rows = await deliveries.search(callerOf(request), patient, {
          ...foundBy(filter),
          limit,
          after,
        });
        const { items, ...more } = pageOf(rows, limit);
        return { items: items.map((row) => deliveryOf(row, english(request))), ...more };
      },
    );

    app.get(
      '/v1/deliveries/:id',
      {
        config: { scope: 'delivery:read' },
        schema: {
          summary: '一条投递 / One delivery',
          tags,
          params: ById,
          response: { 200: Delivery, '4xx': Problem },
        },
      },
      async (request) => deliveryOf(await deliveries.get(request.params.id), english(request)),
    );

    app.post(
      '/v1/deliveries/replay',
      {
        config: { scope: 'delivery:write', repeatable: 'must' },
        schema: {
          summary: '重新投递符合条件的失败消息,可先计数 / Send many dead messages again, or count them first',
          description:
            '需要 Idempotency-Key。一次最多 1000 条,最早的在前;remaining 不为 0 时再次请求。消息编号不变,对方不会重复处理。',
          tags,
          body: ReplayRequest,
          response: { 200: ReplayAnswer, '4xx': Problem },
        },
      },
      async (request, reply) => {
        const { filter, dryRun = false, max = 1_000 } = request.body;
        await idempotency.run(request, reply, async ({ resourceId: batchId }) => {
          const by = foundBy(filter);
          const result = dryRun
            ? await deliveries.replayable(by)
            : await deliveries.replayMany(callerOf(request), { batchId, filter: by, max });
          return { status: 200, body: { ...result, dryRun } };
        });
        return reply;
      },
    );

    app.post(
      '/v1/deliveries/:id/replay',
      {
        config: { scope: 'delivery:write', repeatable: 'must' },
        schema: {
          summary: '重新投递一条失败的消息 / Send a dead message again',
          description: '需要 Idempotency-Key。消息编号不变,对方不会重复处理。',
          tags,
          params: ById,
          response: { 201: Delivery, '4xx': Problem },
        },
      },
      async (request, reply) => {
        assertNoBody(request);
        await idempotency.run(request, reply, async ({ resourceId }) => {
          const row = await deliveries.replay(callerOf(request), request.params.id, resourceId);
          return { status: 201, body: deliveryOf(row, english(request)) };
        });
        return reply;
      },
    );
  };
}

function english(request: FastifyRequest): boolean {
  return wantsEnglish(request.headers['accept-language']);
}

/** The filter of a request, its times as numbers. */
function foundBy({ since, until, ...rest }: Static<typeof DeliveryQuery>): DeliveryFilter {
  return {
    ...rest,
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  };
}
