import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FilesAnswer, FilesRequest, FilesWriting, FilesWritten } from '../../../schemas/card.ts';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import { callerOf } from '../../access/caller.ts';
import { goneAway } from '../../http/gone-away.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { FileService } from './service.ts';

const tags = ['读卡 Readers'];
const params = Strict({ id: Id });
const problems = { '4xx': Problem, '5xx': Problem };

/** `/v1/readers/{id}/files`: the files of the card that lies on a reader, by LD/T 33's file addresses. */
export function fileRoutes(parts: {
  readonly files: FileService;
  readonly idempotency: Idempotency;
}): FastifyPluginAsyncTypebox {
  const { files, idempotency } = parts;
  return async (app) => {
    app.post(
      '/v1/readers/:id/files',
      {
        config: { scope: 'reading:write' },
        schema: {
          summary: '按文件地址读卡 / Read files of a card',
          description:
            '等待放卡,读出地址所列的文件和数据项。需要密钥的文件在未认证时拒绝。/ Waits for a card and reads the files and items that the address names.',
          tags,
          params,
          body: FilesRequest,
          response: { 200: FilesAnswer, ...problems },
        },
      },
      async (request, reply) =>
        files.read(request.params.id, request.body, callerOf(request), goneAway(reply)),
    );

    app.put(
      '/v1/readers/:id/files',
      {
        config: { scope: 'card:write', repeatable: 'must' },
        schema: {
          summary: '按文件地址写卡 / Write files of a card',
          description:
            '只写 cardId 所指的那张卡;每项先读后写,写后读回核对。中断后可重发,已写好的不再重写。/ Writes the card that cardId names and no other; every item is read back. A repeat leaves alone what is written already.',
          tags,
          params,
          body: FilesWriting,
          response: { 200: FilesWritten, ...problems },
        },
      },
      async (request, reply) =>
        idempotency.run(request, reply, async () => ({
          status: 200,
          body: await files.write(request.params.id, request.body, callerOf(request), goneAway(reply)),
        })),
    );
  };
}
