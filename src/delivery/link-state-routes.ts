import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Problem } from '../../schemas/common.ts';
import { LinkList, type LinkState } from '../../schemas/link.ts';
import { timestampOf } from '../clock.ts';
import type { Store } from '../store/port.ts';
import { allLinks, type LinkRow, queueLengths } from './link-queries.ts';
import type { Link } from './port.ts';

/** `GET /v1/links`: how the way to each organisation is doing, and what waits for it. */
export function linkStateRoutes(parts: {
  readonly store: Store;
  readonly links: ReadonlyMap<string, Link>;
}): FastifyPluginAsyncTypebox {
  const { store, links } = parts;
  return async (app) => {
    app.get(
      '/v1/links',
      {
        config: { scope: 'delivery:read' },
        schema: {
          summary: '通道状态和排队的消息 / The links: their state and what waits',
          description:
            '时间戳每几秒记录一次。/ Signs of life are written down every few seconds, so they may be that much behind.',
          tags: ['投递 Delivery'],
          response: { 200: LinkList, '4xx': Problem },
        },
      },
      async () => {
        const rows = new Map((await store.all(allLinks, {})).map((row) => [row.organisation, row]));
        const queues = new Map((await store.all(queueLengths, {})).map((row) => [row.organisation, row]));
        const codes = [...new Set([...links.keys(), ...queues.keys()])].sort();
        const items = codes.map((code) => stateOf(code, links.get(code), rows.get(code), queues.get(code)));
        return { items };
      },
    );
  };
}

function stateOf(
  organisation: string,
  link: Link | undefined,
  row: LinkRow | undefined,
  queue: { readonly count: number | string; readonly oldest: number | string } | undefined,
): LinkState {
  return {
    organisation,
    state: link === undefined ? 'none' : (row?.state ?? 'unknown'),
    collected: link?.collected ?? false,
    queued: Number(queue?.count ?? 0),
    ...(queue === undefined ? {} : { oldestAt: timestampOf(Number(queue.oldest)) }),
    ...(row === undefined ? {} : seenOf(row)),
  };
}

function seenOf(row: LinkRow): Partial<LinkState> {
  return {
    since: timestampOf(row.since),
    ...(row.last_heard_at === null ? {} : { lastHeardAt: timestampOf(row.last_heard_at) }),
    ...(row.last_receipt_at === null ? {} : { lastReceiptAt: timestampOf(row.last_receipt_at) }),
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
    ...(row.last_error_at === null ? {} : { lastErrorAt: timestampOf(row.last_error_at) }),
  };
}
