import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Id, Problem, Strict } from '../../schemas/common.ts';
import { ShownExchange } from '../../schemas/exchange.ts';
import { callerOf } from '../access/caller.ts';
import type { ExchangeArchive } from './exchange-archive.ts';
import type { SettlementSeals } from './model.ts';
import { exchangeView } from './views.ts';

/** `/v1/exchanges`: one exchange with what went over the wire. */
export function exchangeRoutes(parts: {
  exchanges: ExchangeArchive;
  seals: SettlementSeals;
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/exchanges/:id',
      {
        config: { scope: 'settlement:read' },
        schema: {
          summary: '一次往来的报文,个人信息已遮盖 / One exchange with its bodies, masked',
          tags: ['医保 Insurers'],
          params: Strict({ id: Id }),
          response: { 200: ShownExchange, '4xx': Problem, '5xx': Problem },
        },
      },
      async (request) => {
        const { row, name, answer, ...shown } = await parts.exchanges.read(
          request.params.id,
          callerOf(request),
        );
        return {
          ...exchangeView(row, parts.seals, name),
          request: shown.request,
          ...(answer === undefined ? {} : { answer }),
          intact: shown.intact,
        };
      },
    );
  };
}
