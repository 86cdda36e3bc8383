import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import {
  PurseBalance,
  PurseCardRequest,
  PurseMoneyRequest,
  PurseResolveRequest,
  PurseReviewRequest,
  PurseTransaction,
  PurseTransactionList,
  PurseTransactionQuery,
} from '../../../schemas/purse.ts';
import { callerOf } from '../../access/caller.ts';
import { goneAway } from '../../http/gone-away.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { PurseService } from './service.ts';

const tags = ['电子钱包 Purse'];
const params = Strict({ id: Id });
const problems = { '4xx': Problem, '5xx': Problem };
const config = { scope: 'purse:write' } as const;
const byState =
  '201 只说明交易已登记:看 state。torn 时放回同一张卡并调用 resolve,勿重新扣款。/ 201 says that it is on record: look at state. When torn, lay the same card down and resolve it.';

/** `/v1/readers/{id}/purse` and `/v1/purse-transactions`: the electronic purse of the card on a reader. */
export function purseRoutes(parts: {
  readonly purse: PurseService;
  readonly idempotency: Idempotency;
}): FastifyPluginAsyncTypebox {
  const { purse, idempotency } = parts;
  return async (app) => {
    app.post(
      '/v1/readers/:id/purse/balance',
      {
        config,
        schema: {
          summary: '电子钱包余额和明细 / Balance and log of a purse',
          tags,
          params,
          body: PurseCardRequest,
          response: { 200: PurseBalance, ...problems },
        },
      },
      async (request, reply) =>
        purse.balance(request.params.id, request.body, callerOf(request), goneAway(reply)),
    );

    app.post(
      '/v1/readers/:id/purse/purchases',
      {
        config: { ...config, repeatable: 'must' },
        schema: {
          summary: '电子钱包消费 / Pay from a purse',
          description: byState,
          tags,
          params,
          body: PurseMoneyRequest,
          response: { 201: PurseTransaction, ...problems },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const gone = goneAway(reply);
        return idempotency.run(request, reply, async ({ resourceId }) => ({
          status: 201,
          body: await purse.purchase(resourceId, id, request.body, callerOf(request), gone),
        }));
      },
    );

    app.post(
      '/v1/readers/:id/purse/loads',
      {
        config: { ...config, repeatable: 'must' },
        schema: {
          summary: '电子钱包圈存 / Load a purse',
          description: byState,
          tags,
          params,
          body: PurseMoneyRequest,
          response: { 201: PurseTransaction, ...problems },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const gone = goneAway(reply);
        return idempotency.run(request, reply, async ({ resourceId }) => ({
          status: 201,
          body: await purse.load(resourceId, id, request.body, callerOf(request), gone),
        }));
      },
    );

    app.post(
      '/v1/readers/:id/purse/resolve',
      {
        config,
        schema: {
          summary: '按卡上的记录判定中断的交易 / Ask the card what became of a torn transaction',
          tags,
          params,
          body: PurseResolveRequest,
          response: { 200: PurseTransaction, ...problems },
        },
      },
      async (request, reply) =>
        purse.resolve(request.params.id, request.body, callerOf(request), goneAway(reply)),
    );

    app.get(
      '/v1/purse-transactions',
      {
        config,
        schema: {
          summary: '电子钱包交易,新的在前 / Purse transactions, newest first',
          tags,
          querystring: PurseTransactionQuery,
          response: { 200: PurseTransactionList, ...problems },
        },
      },
      async (request) => purse.list(request.query, callerOf(request)),
    );

    app.get(
      '/v1/purse-transactions/:id',
      {
        config,
        schema: {
          summary: '一笔电子钱包交易 / One purse transaction',
          tags,
          params,
          response: { 200: PurseTransaction, ...problems },
        },
      },
      async (request) => purse.get(request.params.id, callerOf(request)),
    );

    app.post(
      '/v1/purse-transactions/:id/review',
      {
        config,
        schema: {
          summary: '登记人工核对的结论 / Record what a person found',
          tags,
          params,
          body: PurseReviewRequest,
          response: { 200: PurseTransaction, ...problems },
        },
      },
      async (request) => purse.review(request.params.id, request.body, callerOf(request)),
    );
  };
}
