import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Problem } from '../../../schemas/common.ts';
import { SettlementMeasureQuery, SettlementMeasures } from '../../../schemas/measure.ts';
import { sendTable } from '../../http/table.ts';
import { csvOf } from './csv.ts';
import type { SettlementMeasureService } from './service.ts';

const tags = ['指标 Measures'];

/** `/v1/measures/settlements`: who paid how much, as JSON and as a table. */
export function settlementMeasureRoutes({
  measures,
}: {
  readonly measures: SettlementMeasureService;
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/measures/settlements',
      {
        config: { scope: 'measure:read' },
        schema: {
          summary: '结算指标 / Measures of settlements',
          description:
            '有效结算的笔数和金额,分基金,按医保、月份或就诊类别分组。不含个人信息。/ How many settlements stand and who paid how much, by fund, and by insurer, month or kind of visit. Nothing personal.',
          tags,
          querystring: SettlementMeasureQuery,
          response: { 200: SettlementMeasures, '4xx': Problem },
        },
      },
      async (request) => measures.settlements(request.query),
    );

    app.get(
      '/v1/measures/settlements.csv',
      {
        config: { scope: 'measure:read' },
        schema: {
          summary: '结算指标,表格(CSV) / Measures of settlements as a table (CSV)',
          tags,
          querystring: SettlementMeasureQuery,
          produces: ['text/csv'],
          response: { 200: Type.String(), '4xx': Problem },
        },
      },
      async (request, reply) => {
        const { from, to } = request.query;
        return sendTable(
          reply,
          `settlements-${from}-${to}`,
          csvOf(await measures.settlements(request.query)),
        );
      },
    );
  };
}
