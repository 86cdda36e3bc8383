import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PinChanged, PinRequest, PinVerified } from '../../../schemas/card.ts';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import { callerOf } from '../../access/caller.ts';
import { goneAway } from '../../http/gone-away.ts';
import type { PinService } from './service.ts';

const tags = ['读卡 Readers'];
const params = Strict({ id: Id });
const problems = { '4xx': Problem, '5xx': Problem };

/** `/v1/readers/{id}/pin`: the PIN of the card that lies on a reader, typed on the reader's own keys. */
export function pinRoutes({ pins }: { readonly pins: PinService }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/readers/:id/pin/verify',
      {
        config: { scope: 'card:write' },
        schema: {
          summary: '校验社保卡密码 / Verify the PIN',
          description:
            '持卡人在读卡器的密码键盘上输入;密码不经过网关的接口、日志和数据库。/ The holder types on the reader’s own pad; the PIN passes through no request, answer, log or store.',
          tags,
          params,
          body: PinRequest,
          response: { 200: PinVerified, ...problems },
        },
      },
      async (request, reply) => {
        const { params, body } = request;
        return {
          verified: true,
          ...(await pins.verify(params.id, body, callerOf(request), goneAway(reply))),
        };
      },
    );

    app.post(
      '/v1/readers/:id/pin/change',
      {
        config: { scope: 'card:write' },
        schema: {
          summary: '修改社保卡密码 / Change the PIN',
          description:
            '持卡人在密码键盘上输入旧密码和新密码。/ The holder types the old and the new PIN on the reader’s own pad.',
          tags,
          params,
          body: PinRequest,
          response: { 200: PinChanged, ...problems },
        },
      },
      async (request, reply) => {
        const { params, body } = request;
        return { changed: true, ...(await pins.change(params.id, body, callerOf(request), goneAway(reply))) };
      },
    );
  };
}
