import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Id, Problem, Strict } from '../../schemas/common.ts';
import { Delivery, DeliveryPage, DeliveryQuery } from '../../schemas/delivery.ts';
import { callerOf } from '../access/caller.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { assertNoBody } from '../http/no-body.ts';
import { pageOf } from '../http/page.ts';
import { type LinkRouteParts, linkRoutes } from './link-routes.ts';
import { deliveryOf } from './model.ts';
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
        const { limit = 50, ...filter } = request.query;
        const rows = await deliveries.list({ ...filter, limit });
        const { items, ...more } = pageOf(rows, limit);
        return { items: items.map(deliveryOf), ...more };
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
      async (request) => deliveryOf(await deliveries.get(request.params.id)),
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
          return { status: 201, body: deliveryOf(row) };
        });
        return reply;
      },
    );
  };
}
