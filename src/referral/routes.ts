import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Id, Problem, Strict } from '../../schemas/common.ts';
import {
  CreateReferral,
  History,
  Referral,
  ReferralAct,
  ReferralPage,
  ReferralQuery,
} from '../../schemas/referral.ts';
import { ClaimRequest, ReasonTable, ReleaseRequest } from '../../schemas/referral-claim.ts';
import { callerOf } from '../access/caller.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { pageOf } from '../http/page.ts';
import { etagOf, versionRead } from '../http/version.ts';
import { REASONS } from './reasons.ts';
import type { ReferralService } from './service.ts';

export interface ReferralRouteParts {
  readonly referrals: ReferralService;
  readonly idempotency: Idempotency;
}

const tags = ['转诊 Referral'];
const ById = Strict({ id: Id });

const HistoryQuery = Strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  after: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
});

/** Referrals for the HIS of either side. */
export function referralRoutes({ referrals, idempotency }: ReferralRouteParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/referrals',
      {
        config: { scope: 'referral:write', repeatable: 'must' },
        schema: {
          summary: '转诊一位患者(转出单) / Refer a patient',
          description:
            '需要 Idempotency-Key。返回 201 时转诊已落盘,由网关负责送达。patient 中提供 identity 或 readingId。',
          tags,
          body: CreateReferral,
          response: { 201: Referral, '4xx': Problem },
        },
      },
      async (request, reply) => {
        await idempotency.together(request, reply, async () => {
          const creation = await referrals.creation(callerOf(request), request.body);
          return async (unit, id) => {
            const { answer, after } = await creation(unit, id);
            const referral = await answer();
            const headers = { etag: etagOf(referral.version), location: `/v1/referrals/${referral.id}` };
            return { answer: { status: 201, body: referral, headers }, after };
          };
        });
        return reply;
      },
    );

    app.get(
      '/v1/referrals',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '转诊列表,最新的在前,患者信息脱敏 / Referrals, newest first, persons masked',
          tags,
          querystring: ReferralQuery,
          response: { 200: ReferralPage, '4xx': Problem },
        },
      },
      async (request) => {
        const { limit = 50, ...filter } = request.query;
        const rows = await referrals.list(callerOf(request), { ...filter, limit });
        return pageOf(rows, limit);
      },
    );

    app.get(
      '/v1/referrals/reasons',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '拒绝和撤销的原因代码 / Coded reasons for declining and cancelling',
          tags,
          response: { 200: ReasonTable, '4xx': Problem },
        },
      },
      async () => ({ items: [...REASONS] }),
    );

    app.get(
      '/v1/referrals/:id',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '一份转诊,actions 为本机构现在可以做的动作 / One referral, with what this side may do now',
          tags,
          params: ById,
          response: { 200: Referral, '4xx': Problem },
        },
      },
      async (request, reply) => {
        const referral = await referrals.get(callerOf(request), request.params.id);
        reply.header('etag', etagOf(referral.version));
        return referral;
      },
    );

    app.post(
      '/v1/referrals/:id/events',
      {
        config: { scope: 'referral:write', repeatable: 'must', versioned: 'must' },
        schema: {
          summary: '对转诊执行一个动作 / One act on a referral',
          description:
            '需要 Idempotency-Key 和 If-Match(读取转诊时得到的 ETag)。可用的动作见转诊的 actions。',
          tags,
          params: ById,
          body: ReferralAct,
          response: { 200: Referral, '4xx': Problem },
        },
      },
      async (request, reply) => {
        await idempotency.run(request, reply, async ({ resourceId }) => {
          const { params, body } = request;
          const version = versionRead(request);
          const referral = await referrals.act(callerOf(request), resourceId, params.id, version, body);
          reply.header('etag', etagOf(referral.version));
          return { status: 200, body: referral };
        });
        return reply;
      },
    );

    app.post(
      '/v1/referrals/:id/claim',
      {
        config: { scope: 'referral:write', repeatable: 'must', versioned: 'must' },
        schema: {
          summary: '接收方医生领取转诊;已被他人领取时返回 409 / A doctor of the receiver takes it on',
          tags,
          params: ById,
          body: ClaimRequest,
          response: { 200: Referral, '4xx': Problem },
        },
      },
      async (request, reply) => {
        await idempotency.run(request, reply, async () => {
          const version = versionRead(request);
          const by = callerOf(request);
          const referral = await referrals.claim(by, request.params.id, version, request.body);
          reply.header('etag', etagOf(referral.version));
          return { status: 200, body: referral };
        });
        return reply;
      },
    );

    app.post(
      '/v1/referrals/:id/release',
      {
        config: { scope: 'referral:write', repeatable: 'must', versioned: 'must' },
        schema: {
          summary: '释放领取;释放他人的领取需要 reason / Gives it back; another doctor’s with a reason',
          tags,
          params: ById,
          body: ReleaseRequest,
          response: { 200: Referral, '4xx': Problem },
        },
      },
      async (request, reply) => {
        await idempotency.run(request, reply, async () => {
          const version = versionRead(request);
          const by = callerOf(request);
          const referral = await referrals.release(by, request.params.id, version, request.body);
          reply.header('etag', etagOf(referral.version));
          return { status: 200, body: referral };
        });
        return reply;
      },
    );

    app.get(
      '/v1/referrals/:id/history',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '转诊的经过,双方的动作都在其中 / What happened to a referral, at both ends',
          tags,
          params: ById,
          querystring: HistoryQuery,
          response: { 200: History, '4xx': Problem },
        },
      },
      async (request) => {
        const { limit = 50, after = '0' } = request.query;
        const { entries, next } = await referrals.history(
          callerOf(request),
          request.params.id,
          Number(after),
          limit,
        );
        return { items: entries, ...(next === undefined ? {} : { next: String(next) }) };
      },
    );
  };
}
