import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import { Referral } from '../../../schemas/referral.ts';
import { ReviewDecision, ReviewSubmission } from '../../../schemas/referral-review.ts';
import { callerOf } from '../../access/caller.ts';
import { etagOf, versionRead } from '../../http/version.ts';
import type { ReferralRouteParts } from '../routes.ts';

const tags = ['转诊 Referral'];
const ById = Strict({ id: Id });

/** The internal review of what is to be sent: 转出审核 of referrals, 转入审核 of answers. */
export function reviewRoutes({ referrals, idempotency }: ReferralRouteParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/referrals/:id/review',
      {
        config: { scope: 'referral:review', repeatable: 'must', versioned: 'must' },
        schema: {
          summary: '审核人通过、拒绝或退回待审核的转诊或答复 / A reviewer decides on what waits',
          description:
            '需要 Idempotency-Key 和 If-Match。通过的同时发出;refuse 和 send-back 需要 reason。待审核的:GET /v1/referrals?review=waiting。',
          tags,
          params: ById,
          body: ReviewDecision,
          response: { 200: Referral, '4xx': Problem },
        },
      },
      async (request, reply) => {
        await idempotency.run(request, reply, async ({ resourceId }) => {
          const { params, body } = request;
          const version = versionRead(request);
          const referral = await referrals.decide(callerOf(request), resourceId, params.id, version, body);
          reply.header('etag', etagOf(referral.version));
          return { status: 200, body: referral };
        });
        return reply;
      },
    );

    app.post(
      '/v1/referrals/:id/submission',
      {
        config: { scope: 'referral:write', repeatable: 'must', versioned: 'must' },
        schema: {
          summary:
            '医生改正后重新提交审核,或撤回 / The doctor submits anew what is under review, or takes it back',
          tags,
          params: ById,
          body: ReviewSubmission,
          response: { 200: Referral, '4xx': Problem },
        },
      },
      async (request, reply) => {
        await idempotency.run(request, reply, async ({ resourceId }) => {
          const { params, body } = request;
          const version = versionRead(request);
          const referral = await referrals.submit(callerOf(request), resourceId, params.id, version, body);
          reply.header('etag', etagOf(referral.version));
          return { status: 200, body: referral };
        });
        return reply;
      },
    );
  };
}
