import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Problem } from '../../../schemas/common.ts';
import {
  HeldReport,
  HeldReportParams,
  HeldReportQuery,
  HeldReports,
  HeldReportsParams,
} from '../../../schemas/held-result.ts';
import { callerOf } from '../../access/caller.ts';
import type { HeldResults } from './held-service.ts';

const tags = ['转诊 Referral'];
const problems = { '4xx': Problem, '5xx': Problem };

/** `/v1/referrals/{id}/results/insurers/{insurer}`: what an insurer holds of the patient (5401, 5402). */
export function heldRoutes(held: HeldResults): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/referrals/:id/results/insurers/:insurer',
      {
        // It asks an insurer about a person, which reading referrals alone does not allow.
        config: { scope: 'transaction:write' },
        schema: {
          summary: '医保平台上患者的检查检验报告(5401)/ The reports an insurer holds of the patient',
          tags,
          params: HeldReportsParams,
          response: { 200: HeldReports, ...problems },
        },
      },
      async (request) => held.list(callerOf(request), request.params.id, request.params.insurer),
    );

    app.get(
      '/v1/referrals/:id/results/insurers/:insurer/reports/:report',
      {
        config: { scope: 'transaction:write' },
        schema: {
          summary: '其中一份报告的明细(5402)/ One of them with its values',
          tags,
          params: HeldReportParams,
          querystring: HeldReportQuery,
          response: { 200: HeldReport, ...problems },
        },
      },
      async (request) => {
        const { id, insurer, report } = request.params;
        const { institution } = request.query;
        return held.report(callerOf(request), id, insurer, { report, institution });
      },
    );
  };
}
