import { fastifySSE } from '@fastify/sse';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { timestampOf } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Events, GatewayEvent } from './events.ts';
import { Listener } from './listener.ts';

/** Listeners at the same time; each holds a connection and a queue. */
const LISTENERS_MAX = 200;

/** Proxies drop a silent connection after 30 or 60 seconds. */
const HEARTBEAT_MS = 15_000;

/** How soon a listener that was cut off should come back. */
const RECONNECT_MS = 2_000;

export interface EventRouteParts {
  readonly events: Events;
  readonly heartbeatMs?: number;
}

/** `GET /v1/events`: what happens, as it happens, as server-sent events. */
export function eventRoutes({
  events,
  heartbeatMs = HEARTBEAT_MS,
}: EventRouteParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(fastifySSE, { heartbeatInterval: heartbeatMs });
    const listeners = new Set<Listener>();
    // An open stream would hold up the gateway's stop for ever.
    app.addHook('preClose', async () => {
      for (const listener of listeners) listener.close();
    });

    app.get(
      '/v1/events',
      {
        config: { scope: 'event:read' },
        sse: 'manual',
        schema: {
          summary: '事件流(SSE) / Stream of events (SSE)',
          description:
            '读卡器、读卡、结算、转诊、投递的变化,不含个人信息。断线后带 Last-Event-ID 重连,可补收最近的事件。/ Changes of readers, readings, settlements, referrals and deliveries, without personal data. Come back with Last-Event-ID to get what was missed.',
          tags: ['事件 Events'],
          headers: Type.Object({
            'last-event-id': Type.Optional(Type.String({ pattern: '^[0-9]{1,16}$' })),
          }),
          produces: ['text/event-stream'],
        },
      },
      async (request, reply) => {
        if (listeners.size >= LISTENERS_MAX) throw new Fault('gateway.busy', { retryAfterS: 5 });
        const after = request.headers['last-event-id'];
        reply.header('x-request-id', request.id);
        if (app.sandbox) reply.header('x-yikatong-sandbox', 'true');
        reply.sse.keepAlive();
        reply.sse.sendHeaders();
        reply.raw.write(`retry: ${RECONNECT_MS}\n\n`);
        const missed = after === undefined ? [] : events.since(Number(after));
        const listener = new Listener(reply, viewOf, missed);
        listeners.add(listener);
        const stop = events.listen((event) => listener.hear(event));
        reply.sse.onClose(() => {
          stop();
          listeners.delete(listener);
        });
      },
    );
  };
}

function viewOf(event: GatewayEvent): { id: string; event: string; data: object } {
  const { id, at, type, subject, data } = event;
  return { id: String(id), event: type, data: { id: String(id), at: timestampOf(at), type, subject, data } };
}
