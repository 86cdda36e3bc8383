import type { FastifyPluginAsync } from 'fastify';
import plugin from 'fastify-plugin';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Events } from '../events/events.ts';

/** The gateway's figures for Prometheus: answers by route, events by type, and the process's own. */
export function metricsRoutes(events: Events): FastifyPluginAsync {
  // Not encapsulated, so that its hook sees the answers of every route.
  return plugin(async (app) => {
    const register = new Registry();
    collectDefaultMetrics({ register, prefix: 'yikatong_' });
    const answers = new Histogram({
      name: 'yikatong_answer_seconds',
      help: 'Time to answer, by route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
      registers: [register],
    });
    const observers = new Map<string, (seconds: number) => void>();
    // Finding the labels costs more than counting, so what they lead to is kept; routes and statuses are few.
    const observerOf = (method: string, route: string, status: number) => {
      const key = `${method} ${status} ${route}`;
      const known = observers.get(key);
      if (known) return known;
      const labelled = answers.labels({ method, route, status });
      const observer = (seconds: number) => labelled.observe(seconds);
      observers.set(key, observer);
      return observer;
    };
    const happened = new Counter({
      name: 'yikatong_events_total',
      help: 'What happened, by type and the state it led to',
      labelNames: ['type', 'state'],
      registers: [register],
    });
    const quiet = events.listen((event) => {
      happened.inc({ type: event.type, state: String(event.data.state ?? '') });
    });
    app.addHook('onClose', async () => quiet());
    app.addHook('onResponse', (request, reply, done) => {
      observerOf(
        request.method,
        request.routeOptions.url ?? 'unknown',
        reply.statusCode,
      )(reply.elapsedTime / 1000);
      done();
    });
    app.get(
      '/metrics',
      {
        config: { scope: 'metrics:read' },
        schema: { tags: ['运行 Operations'], summary: 'Prometheus 指标 / metrics', produces: ['text/plain'] },
      },
      async (_request, reply) => reply.type(register.contentType).send(await register.metrics()),
    );
  });
}
