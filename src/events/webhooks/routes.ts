import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import {
  CreatedWebhook,
  CreateWebhook,
  Replayed,
  ReplayRange,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookDeliveryQuery,
  WebhookDeliveryWithAttempts,
  WebhookList,
} from '../../../schemas/webhook.ts';
import { callerOf } from '../../access/caller.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import { assertNoBody } from '../../http/no-body.ts';
import { pageOf } from '../../http/page.ts';
import { attemptView, callView, webhookView } from './model.ts';
import type { WebhookService } from './service.ts';

const tags = ['事件 Events'];
const ById = Strict({ id: Id });
const ByCall = Strict({ id: Id, deliveryId: Id });

/** `/v1/webhooks`: a HIS that wants to be called when something happens. */
export function webhookRoutes(parts: {
  readonly webhooks: WebhookService;
  readonly idempotency: Idempotency;
}): FastifyPluginAsyncTypebox {
  const { webhooks, idempotency } = parts;
  return async (app) => {
    app.post(
      '/v1/webhooks',
      {
        config: { scope: 'event:write', repeatable: 'must' },
        schema: {
          summary: '登记事件推送地址 / Register a webhook',
          description:
            '需要 Idempotency-Key。推送按 Standard Webhooks 签名,内容只有编号和状态。secret 只在这里给出。/ Calls are signed as Standard Webhooks and hold ids and states only. The secret is given here and nowhere else.',
          tags,
          body: CreateWebhook,
          response: { 201: CreatedWebhook, '4xx': Problem },
        },
      },
      async (request, reply) =>
        idempotency.run(request, reply, async ({ resourceId }) => {
          const { row, secret } = await webhooks.create(callerOf(request), resourceId, request.body);
          reply.header('location', `/v1/webhooks/${row.id}`);
          return { status: 201, body: { ...webhookView(row), secret } };
        }),
    );

    app.get(
      '/v1/webhooks',
      {
        config: { scope: 'event:read' },
        schema: {
          summary: '本客户登记的推送地址 / The webhooks of this client',
          tags,
          response: { 200: WebhookList, '4xx': Problem },
        },
      },
      async (request) => ({ items: (await webhooks.list(callerOf(request))).map(webhookView) }),
    );

    app.get(
      '/v1/webhooks/:id',
      {
        config: { scope: 'event:read' },
        schema: {
          summary: '一个推送地址 / One webhook',
          tags,
          params: ById,
          response: { 200: Webhook, '4xx': Problem },
        },
      },
      async (request) => webhookView(await webhooks.get(callerOf(request), request.params.id)),
    );

    app.delete(
      '/v1/webhooks/:id',
      {
        config: { scope: 'event:write' },
        schema: {
          summary: '注销推送地址 / Remove a webhook',
          tags,
          params: ById,
          response: { 204: Type.Null(), '4xx': Problem },
        },
      },
      async (request, reply) => {
        await webhooks.remove(callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );

    for (const [act, enabled, summary] of [
      ['enable', true, '重新启用推送地址 / Call a webhook again'],
      ['disable', false, '暂停推送地址 / Call a webhook no more for now'],
    ] as const) {
      app.post(
        `/v1/webhooks/:id/${act}`,
        {
          config: { scope: 'event:write' },
          schema: { summary, tags, params: ById, response: { 200: Webhook, '4xx': Problem } },
        },
        async (request) => {
          assertNoBody(request);
          return webhookView(await webhooks.enable(callerOf(request), request.params.id, enabled));
        },
      );
    }

    app.post(
      '/v1/webhooks/:id/replay',
      {
        config: { scope: 'event:write', repeatable: 'must' },
        schema: {
          summary: '重新推送一段时间内的事件 / Send the events of a time again',
          description:
            '需要 Idempotency-Key。webhook-id 不变,接收方据此识别重复。/ webhook-id stays the same.',
          tags,
          params: ById,
          body: ReplayRange,
          response: { 202: Replayed, '4xx': Problem },
        },
      },
      async (request, reply) =>
        idempotency.run(request, reply, async ({ resourceId }) => {
          const { params, body } = request;
          const events = await webhooks.replayRange(callerOf(request), params.id, resourceId, body);
          return { status: 202, body: { events } };
        }),
    );

    app.get(
      '/v1/webhooks/:id/deliveries',
      {
        config: { scope: 'event:read' },
        schema: {
          summary: '推送记录,最新的在前 / What was sent to a webhook, newest first',
          tags,
          params: ById,
          querystring: WebhookDeliveryQuery,
          response: { 200: WebhookDeliveryPage, '4xx': Problem },
        },
      },
      async (request) => {
        const { limit = 50, ...filter } = request.query;
        const rows = await webhooks.calls(callerOf(request), request.params.id, { ...filter, limit });
        const { items, ...more } = pageOf(rows, limit);
        return { items: items.map(callView), ...more };
      },
    );

    app.get(
      '/v1/webhooks/:id/deliveries/:deliveryId',
      {
        config: { scope: 'event:read' },
        schema: {
          summary: '一次推送及其每次尝试 / One delivery with each of its attempts',
          tags,
          params: ByCall,
          response: { 200: WebhookDeliveryWithAttempts, '4xx': Problem },
        },
      },
      async (request) => {
        const { id, deliveryId } = request.params;
        const { row, log } = await webhooks.call(callerOf(request), id, deliveryId);
        return { ...callView(row), log: log.map(attemptView) };
      },
    );

    app.post(
      '/v1/webhooks/:id/deliveries/:deliveryId/replay',
      {
        config: { scope: 'event:write', repeatable: 'must' },
        schema: {
          summary: '重新推送一个事件 / Send one event again',
          description: '需要 Idempotency-Key。/ With an Idempotency-Key.',
          tags,
          params: ByCall,
          response: { 201: WebhookDelivery, '4xx': Problem },
        },
      },
      async (request, reply) => {
        assertNoBody(request);
        return idempotency.run(request, reply, async ({ resourceId }) => {
          const { id, deliveryId } = request.params;
          const row = await webhooks.replay(callerOf(request), id, deliveryId, resourceId);
          return { status: 201, body: callView(row) };
        });
      },
    );
  };
}
