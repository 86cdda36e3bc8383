import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import { OfferResults, Recognition, ResultList, ResultParams } from '../../../schemas/recognition.ts';
import { callerOf } from '../../access/caller.ts';
import type { RecognitionService } from './service.ts';

const tags = ['转诊 Referral'];
const ById = Strict({ id: Id });
const response = { 200: ResultList, '4xx': Problem };

/** `/v1/referrals/{id}/results`: results offered for recognition, and what became of them. */
export function recognitionRoutes(results: RecognitionService): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/referrals/:id/results',
      {
        config: { scope: 'referral:write' },
        schema: {
          summary: '向对方提供检查检验结果,供互认 / Offer results to the other end',
          description: '内容相同的结果只提供一次。/ The same result is offered once.',
          tags,
          params: ById,
          body: OfferResults,
          response,
        },
      },
      async (request) => ({
        items: await results.offer(callerOf(request), request.params.id, request.body.items),
      }),
    );

    app.get(
      '/v1/referrals/:id/results',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '双方提供的检查检验结果及其采用情况 / The results of both ends',
          tags,
          params: ById,
          response,
        },
      },
      async (request) => ({ items: await results.list(callerOf(request), request.params.id) }),
    );

    app.post(
      '/v1/referrals/:id/results/:number/recognition',
      {
        config: { scope: 'referral:write' },
        schema: {
          summary: '采用或不采用对方的一项结果 / Use or refuse a result of the other end',
          description: '只能说一次,告知对方;不采用须有原因。/ Said once and told to the other end.',
          tags,
          params: ResultParams,
          body: Recognition,
          response,
        },
      },
      async (request) => {
        const { id, number } = request.params;
        return { items: await results.recognise(callerOf(request), id, number, request.body) };
      },
    );
  };
}
