import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Problem } from '../../../schemas/common.ts';
import { Estimate, EstimateRequest } from '../../../schemas/estimate.ts';
import type { Estimates } from './service.ts';

/** `/v1/estimates`: what a visit would cost. Nobody is named, nothing is kept, no insurer is asked. */
export function estimateRoutes({ estimates }: { estimates: Estimates }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/estimates',
      {
        config: { scope: 'eligibility:write' },
        schema: {
          summary: '费用估算:本机构与上一级,转诊与未转诊 / What this would cost here and one level up',
          description:
            '仅为估算,以医保结算为准;依据配置的待遇表。/ An estimate from the configured benefit table; what the insurer settles counts.',
          tags: ['医保 Insurers'],
          body: EstimateRequest,
          response: { 200: Estimate, '4xx': Problem, '5xx': Problem },
        },
      },
      (request) => estimates.estimate(request.body),
    );
  };
}
