import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Problem } from '../../schemas/common.ts';
import { IdentityRequest, OneIdentity } from '../../schemas/one-identity.ts';
import { CodeRequest, Reading } from '../../schemas/reading.ts';
import { callerOf } from '../access/caller.ts';
import { goneAway } from '../http/gone-away.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { CardService } from './service.ts';

const problems = { '4xx': Problem, '5xx': Problem };

/** `POST /v1/readings` for codes and typed numbers, and `POST /v1/identities`. */
export function identityRoutes(parts: {
  readonly cards: CardService;
  readonly idempotency: Idempotency;
}): FastifyPluginAsyncTypebox {
  const { cards, idempotency } = parts;
  return async (app) => {
    app.post(
      '/v1/readings',
      {
        config: { scope: 'reading:write', repeatable: 'may' },
        schema: {
          summary: '扫码或录入 / Take a code or a typed number',
          description:
            '医保电子凭证和电子健康卡由发码方解码;证件号码由本机校验。/ Insurance and health codes are decoded by their issuers, document numbers are checked here.',
          tags: ['读卡 Readers'],
          body: CodeRequest,
          response: { 201: Reading, ...problems },
        },
      },
      async (request, reply) => {
        const cancelled = goneAway(reply);
        const caller = callerOf(request);
        if (request.headers['idempotency-key'] === undefined) {
          return reply.code(201).send(await cards.readCode(request.body, caller, { cancelled }));
        }
        return idempotency.run(request, reply, async ({ resourceId }) => {
          const known = await cards.known(resourceId);
          const body = known ?? (await cards.readCode(request.body, caller, { id: resourceId, cancelled }));
          return { status: 201, body };
        });
      },
    );

    app.post(
      '/v1/identities',
      {
        config: { scope: 'reading:write' },
        schema: {
          summary: '由多次读卡认定一个人 / One person out of several readings',
          description:
            '核对号码、姓名、性别、出生日期;不是同一个人时拒绝,并指出不一致的项。/ Compares number, name, sex and birth date; refuses with the fields that differ where they name different persons.',
          tags: ['读卡 Readers'],
          body: IdentityRequest,
          response: { 200: OneIdentity, ...problems },
        },
      },
      async (request) => cards.oneIdentity(request.body.readingIds, callerOf(request)),
    );
  };
}
