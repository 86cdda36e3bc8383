import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Id, Problem, Strict } from '../../schemas/common.ts';
import { Eligibility, EligibilityRequest } from '../../schemas/eligibility.ts';
import { InsurerList, TransactionAnswer, TransactionRequest } from '../../schemas/transaction.ts';
import { callerOf } from '../access/caller.ts';
import { type Clock, timestampOf } from '../clock.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { Desk } from './desk.ts';
import type { Insurers } from './flows.ts';
import type { Inquiries } from './inquiries.ts';
import type { Insurer } from './port.ts';
import { eligibilityView } from './views.ts';
import { referralView } from './visit-referral.ts';

export interface InsurerRouteParts {
  readonly insurers: Insurers;
  readonly inquiries: Inquiries;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly idempotency: Idempotency;
}

const tags = ['医保 Insurers'];
const problems = { '4xx': Problem, '5xx': Problem };
const Transaction = Type.String({
  pattern: '^[0-9A-Za-z_]{2,30}$',
  description: '交易编号,如 2207、S27、MrdzMx / infno',
});

/** `/v1/insurers`, `/v1/eligibility`, and any transaction that moves no money. */
export function insurerRoutes(parts: InsurerRouteParts): FastifyPluginAsyncTypebox {
  const { insurers, inquiries, desk, clock, idempotency } = parts;

  /** These move no money, so an Idempotency-Key is theirs to give: without one, each request asks anew. */
  const answer = async (request: FastifyRequest, reply: FastifyReply, work: () => Promise<object>) => {
    if (request.headers['idempotency-key'] === undefined) return reply.send(await work());
    return idempotency.run(request, reply, async () => ({ status: 200, body: await work() }));
  };

  return async (app) => {
    app.get(
      '/v1/insurers',
      {
        config: { scope: 'settlement:read' },
        schema: { summary: '支付方及其能力 / Insurers', tags, response: { 200: InsurerList, ...problems } },
      },
      async () => ({ items: [...insurers.values()].map(insurerView) }),
    );

    app.post(
      '/v1/eligibility',
      {
        config: { scope: 'eligibility:write', repeatable: 'may' },
        schema: {
          summary: '查询参保和待遇 / What an insurer knows of a person',
          description:
            '并给出今天就诊会自动使用的转诊 / and the referral on file that a visit today would follow',
          tags,
          body: EligibilityRequest,
          response: { 200: Eligibility, ...problems },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        const { insurer, operator } = request.body;
        return answer(request, reply, async () => {
          const identity = await desk.identityOf(request.body, caller);
          const [{ value, exchangeId }, referral] = await Promise.all([
            inquiries.eligibility(insurer, identity, operator, caller),
            desk.referralOf({}, identity, timestampOf(clock.now())),
          ]);
          return { ...eligibilityView(insurer, value, exchangeId), ...referralView(referral) };
        });
      },
    );

    app.post(
      '/v1/insurers/:id/transactions/:infno',
      {
        config: { scope: 'transaction:write', repeatable: 'may' },
        schema: {
          summary: '调用任一不涉及资金的交易 / Any transaction that moves no money',
          tags,
          params: Strict({ id: Id, infno: Transaction }),
          body: TransactionRequest,
          response: { 200: TransactionAnswer, ...problems },
        },
      },
      async (request, reply) => {
        const { id, infno } = request.params;
        const { body } = request;
        return answer(request, reply, () => inquiries.transact(id, infno, body, callerOf(request)));
      },
    );
  };
}

function insurerView({ id, name, capabilities, waysOut, statements }: Insurer) {
  const { place, verifiesBy, settings, reserved } = capabilities;
  return {
    id,
    name,
    capabilities: {
      place,
      verifiesBy: [...verifiesBy],
      settings: [...settings],
      waysOutOfDoubt: waysOut.map(({ way, decides }) => ({ way, decides: [...decides] })),
      statements: statements !== undefined,
      reserved: [...reserved],
    },
  };
}
