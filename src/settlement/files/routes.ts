import { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import { FileAnswer, FileRequest } from '../../../schemas/file.ts';
import { callerOf } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { FileService } from './service.ts';

const tags = ['医保 Insurers'];
const byId = Strict({ id: Id });
const problems = { '4xx': Problem, '5xx': Problem };

/** `/v1/insurers/{id}/files`: files that go to an insurer and come from it. */
export function fileRoutes(files: FileService): FastifyPluginAsyncTypebox {
  return async (app) => {
    // The size is bounded where the file is kept: its bound is the insurer's.
    await app.register(multipart, {
      limits: { files: 1, fields: 0, parts: 1, headerPairs: 20, fileSize: Number.MAX_SAFE_INTEGER },
    });

    app.post(
      '/v1/insurers/:id/files',
      {
        config: { scope: 'transaction:write' },
        schema: {
          summary: '上传文件 / Upload a file',
          description:
            'multipart/form-data,一个名为 file 的文件,默认不超过 64 MB。结果为文件查询号。/ One file called file; the answer has its number.',
          tags,
          consumes: ['multipart/form-data'],
          params: byId,
          response: { 200: FileAnswer, ...problems },
        },
      },
      async (request) => {
        const part = await partOf(request);
        return files.upload(request.params.id, part.filename, part.file, callerOf(request));
      },
    );

    app.post(
      '/v1/insurers/:id/files/download',
      {
        config: { scope: 'transaction:write' },
        schema: {
          summary: '下载文件 / Download a file',
          description:
            '完整的文件,SHA-256 在 x-content-sha256。/ The whole file; x-content-sha256 holds its SHA-256.',
          tags,
          params: byId,
          body: FileRequest,
          response: {
            200: {
              content: {
                'application/octet-stream': { schema: Type.Any({ description: '文件 / the file' }) },
              },
            },
            ...problems,
          },
        },
      },
      async (request, reply) => {
        const { body, params } = request;
        const { file, exchangeId } = await files.download(params.id, body, callerOf(request));
        const content = Readable.from(file.read(), { objectMode: false });
        // However it ends: read to the end, or its reader gone.
        content.once('close', () => void file.discard());
        reply.headers({
          'content-type': 'application/octet-stream',
          'content-length': file.bytes,
          'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(body.filename)}`,
          'x-content-sha256': file.sha256,
          'x-exchange-id': exchangeId,
        });
        return reply.send(content);
      },
    );
  };
}

async function partOf(request: FastifyRequest) {
  if (!request.isMultipart()) {
    throw new Fault('request.invalid', { pointer: '/body', detail: 'multipart/form-data' });
  }
  const part = await request.file().catch((error: unknown) => {
    throw new Fault('file.missing', {}, error);
  });
  if (part?.fieldname !== 'file') throw new Fault('file.missing');
  return part;
}
