import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import { Contact, ContactRole, SeenRequest } from '../../../schemas/referral-contact.ts';
import { callerOf } from '../../access/caller.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { ContactService } from './service.ts';

const tags = ['转诊 Referral'];
const ById = Strict({ id: Id, role: ContactRole });

/** Those who were told of an emergency say that they have seen it. */
export function contactRoutes(parts: {
  readonly contacts: ContactService;
  readonly idempotency: Idempotency;
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/referrals/:id/contacts/:role/seen',
      {
        config: { scope: 'referral:write', repeatable: 'must' },
        schema: {
          summary: '绿色通道:被告知的一方确认已看到 / One who was told of an emergency has seen it',
          description: '需要 Idempotency-Key。以第一个确认的人为准,转出方会收到。',
          tags,
          params: ById,
          body: SeenRequest,
          response: { 200: Strict({ items: Type.Array(Contact) }), '4xx': Problem },
        },
      },
      async (request, reply) => {
        await parts.idempotency.run(request, reply, async () => {
          const { id, role } = request.params;
          const items = await parts.contacts.seen(callerOf(request), id, role, request.body.by);
          return { status: 200, body: { items } };
        });
        return reply;
      },
    );
  };
}
