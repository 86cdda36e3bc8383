import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Problem } from '../../../schemas/common.ts';
import { ReaderMeasureQuery, ReaderMeasures } from '../../../schemas/measure.ts';
import { sendTable } from '../../http/table.ts';
import { csvOf } from './csv.ts';
import type { ReaderMeasureService } from './service.ts';

const tags = ['指标 Measures'];

/** `/v1/measures/readers`: how readers work and fail, as JSON and as a table. */
export function readerMeasureRoutes({
  measures,
}: {
  readonly measures: ReaderMeasureService;
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/measures/readers',
      {
        config: { scope: 'measure:read' },
        schema: {
          summary: '读卡器指标 / Measures of readers',
          description:
            '读卡成功、失败和读卡器断开的次数及原因,按读卡器或月份分组。不含个人信息。/ How often readers worked, failed and were lost, and why, by reader or month. Nothing personal.',
          tags,
          querystring: ReaderMeasureQuery,
          response: { 200: ReaderMeasures, '4xx': Problem },
        },
      },
      async (request) => measures.readers(request.query),
    );

    app.get(
      '/v1/measures/readers.csv',
      {
        config: { scope: 'measure:read' },
        schema: {
          summary: '读卡器指标,表格(CSV) / Measures of readers as a table (CSV)',
          tags,
          querystring: ReaderMeasureQuery,
          produces: ['text/csv'],
          response: { 200: Type.String(), '4xx': Problem },
        },
      },
      async (request, reply) => {
        const { from, to } = request.query;
        return sendTable(reply, `readers-${from}-${to}`, csvOf(await measures.readers(request.query)));
      },
    );
  };
}
