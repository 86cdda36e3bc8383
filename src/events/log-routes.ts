import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Problem } from '../../schemas/common.ts';
import { EventLogPage, EventLogQuery, KEPT_TYPES, type LoggedEvent } from '../../schemas/event.ts';
import { timestampOf } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Store } from '../store/port.ts';
import type { EventLog } from './log.ts';
import type { LogRow } from './queries.ts';

/** `GET /v1/events/log`: what happened, for a HIS that polls or was off. */
export function eventLogRoutes(parts: { log: EventLog; store: Store }): FastifyPluginAsyncTypebox {
  const { log, store } = parts;
  return async (app) => {
    app.get(
      '/v1/events/log',
      {
        config: { scope: 'event:read' },
        schema: {
          summary: '事件日志,按序号查询 / The event log, by cursor',
          description:
            '转诊、投递、结算、住院、备案的变化,与变化同时落盘,不会遗漏,默认保留 14 天。after 取上一次的 next;序号太旧时返回 410,请改为重新读取列表。/ Changes of referrals, deliveries, settlements, stays and filings, written down with the change itself and kept for 14 days by default. `after` is the `next` of last time; 410 says that some were removed: read the lists anew.',
          tags: ['事件 Events'],
          querystring: EventLogQuery,
          response: { 200: EventLogPage, '4xx': Problem },
        },
      },
      async (request) => {
        const { after = '0', types, limit = 100 } = request.query;
        const filter = { after: Number(after), types: typesOf(types), limit };
        const { items, next } = await log.page(store, filter);
        return { items: items.map(loggedOf), next: String(next) };
      },
    );
  };
}

function typesOf(text: string | undefined): string[] | undefined {
  const types = text?.split(',');
  const unknown = types?.find((type) => !(KEPT_TYPES as readonly string[]).includes(type));
  if (unknown === undefined) return types;
  const detail = `one or more of ${KEPT_TYPES.join(', ')}`;
  throw new Fault('request.invalid', { pointer: '/query/types', detail });
}

function loggedOf({ seq, id, at, type, subject, data }: LogRow): LoggedEvent {
  return {
    seq: String(seq),
    id,
    at: timestampOf(at),
    type: type as LoggedEvent['type'],
    subject,
    data: JSON.parse(data) as LoggedEvent['data'],
  };
}
