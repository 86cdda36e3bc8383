import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Problem } from '../../../schemas/common.ts';
import { MeasureQuery, ReferralMeasures } from '../../../schemas/measure.ts';
import { sendTable } from '../../http/table.ts';
import { csvOf } from './csv.ts';
import type { MeasureService } from './service.ts';

const tags = ['指标 Measures'];

/** `/v1/measures/referrals`: how well the loop closes, as JSON and as a table. */
export function measureRoutes({
  measures,
}: {
  readonly measures: MeasureService;
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/measures/referrals',
      {
        config: { scope: 'measure:read' },
        schema: {
          summary: '转诊指标 / Measures of referrals',
          description:
            '送达、应答、结果回传、闭环,按优先级、机构、方向、每一程或月份分组;每个数字附定义、分子和分母。不含个人信息。/ Delivered, answered, returned and closed in time, by priority, organisation, direction, hop or month; each number with its definition, numerator and denominator. Nothing personal.',
          tags,
          querystring: MeasureQuery,
          response: { 200: ReferralMeasures, '4xx': Problem },
        },
      },
      async (request) => measures.referrals(request.query),
    );

    app.get(
      '/v1/measures/referrals.csv',
      {
        config: { scope: 'measure:read' },
        schema: {
          summary: '转诊指标,表格(CSV) / Measures of referrals as a table (CSV)',
          tags,
          querystring: MeasureQuery,
          produces: ['text/csv'],
          response: { 200: Type.String(), '4xx': Problem },
        },
      },
      async (request, reply) => {
        const { from, to } = request.query;
        const csv = csvOf(await measures.referrals(request.query));
        return sendTable(reply, `referrals-${from}-${to}`, csv);
      },
    );
  };
}
