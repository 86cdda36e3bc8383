import { Readable } from 'node:stream';
import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import Compile from 'typebox/compile';
import {
  ATTACHMENT_KINDS,
  Attachment,
  AttachmentKind,
  AttachmentList,
  AttachmentName,
  AttachmentParams,
} from '../../../schemas/attachment.ts';
import { Id, Problem, Strict, Text } from '../../../schemas/common.ts';
import { callerOf } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { WrittenFile } from './files.ts';
import type { AttachmentService, Described } from './service.ts';

const tags = ['转诊 Referral'];
const ById = Strict({ id: Id });
const problems = { '4xx': Problem, '5xx': Problem };

const FIELD_BYTES_MAX = 2_000;

const fields = Compile(
  Strict({ kind: AttachmentKind, name: AttachmentName, description: Type.Optional(Text(500)) }),
);

/** `/v1/referrals/{id}/attachments`: files that go with a referral. */
export function attachmentRoutes(attachments: AttachmentService): FastifyPluginAsyncTypebox {
  return async (app) => {
    // The size is bounded where the file is kept.
    await app.register(multipart, {
      limits: {
        files: 1,
        fields: 2,
        parts: 3,
        fieldSize: FIELD_BYTES_MAX,
        headerPairs: 20,
        fileSize: Number.MAX_SAFE_INTEGER,
      },
    });

    app.post(
      '/v1/referrals/:id/attachments',
      {
        config: { scope: 'referral:write' },
        schema: {
          summary: '给转诊附上文件 / Attach a file to a referral',
          description: `multipart/form-data:一个名为 file 的文件,kind(${ATTACHMENT_KINDS.join('、')}),可选 description。类型由文件内容判断。同一文件重复附上得到原来的附件(200)。/ One file called file, and its kind; its content tells its type. The same file again is the attachment it was (200).`,
          tags,
          consumes: ['multipart/form-data'],
          params: ById,
          response: { 200: Attachment, 201: Attachment, ...problems },
        },
      },
      async (request, reply) => {
        const referral = await attachments.check(request.params.id);
        const { written, described } = await formOf(request, attachments);
        const { attachment, created } = await attachments.attach(
          callerOf(request),
          referral,
          described,
          written,
        );
        reply.header('location', `/v1/referrals/${request.params.id}/attachments/${attachment.id}`);
        return reply.code(created ? 201 : 200).send(attachment);
      },
    );

    app.get(
      '/v1/referrals/:id/attachments',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '转诊的附件,双方的都在其中 / The files of a referral, of both ends',
          tags,
          params: ById,
          response: { 200: AttachmentList, ...problems },
        },
      },
      async (request) => ({ items: await attachments.list(callerOf(request), request.params.id) }),
    );

    app.get(
      '/v1/referrals/:id/attachments/:attachment',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '附件的内容 / The content of a file',
          description: '完整的文件,SHA-256 在 x-content-sha256。/ The whole file.',
          tags,
          params: AttachmentParams,
          response: {
            200: { content: { 'application/octet-stream': { schema: Type.Any() } } },
            ...problems,
          },
        },
      },
      async (request, reply) => {
        const { id, attachment } = request.params;
        const found = await attachments.content(callerOf(request), id, attachment);
        reply.headers({
          'content-type': found.mediaType,
          'content-length': found.bytes,
          'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.name)}`,
          'x-content-sha256': found.sha256,
        });
        return reply.send(Readable.from(found.content, { objectMode: false }));
      },
    );
  };
}

/** Reads the form: the file is on disk when its fields have all been seen, in whatever order they come. */
async function formOf(
  request: FastifyRequest,
  attachments: AttachmentService,
): Promise<{ written: WrittenFile; described: Described }> {
  if (!request.isMultipart())
    throw new Fault('request.invalid', { pointer: '/body', detail: 'multipart/form-data' });
  let written: WrittenFile | undefined;
  let file: MultipartFile | undefined;
  const values: Record<string, unknown> = {};
  try {
    for await (const part of partsOf(request)) {
      if (part.type === 'field') values[part.fieldname] = part.value;
      else {
        if (part.fieldname !== 'file' || file) throw new Fault('file.missing');
        file = part;
        written = await attachments.keep(part.file);
      }
    }
    if (!written || !file) throw new Fault('file.missing');
    const said = { ...values, name: file.filename };
    if (!fields.Check(said)) {
      const pointer = `/body${fields.Errors(said)[0]?.instancePath ?? ''}`;
      throw pointer === '/body/name' ? new Fault('file.name') : new Fault('request.invalid', { pointer });
    }
    return { written, described: { ...said, declaredType: file.mimetype } };
  } catch (error) {
    if (written) await attachments.drop(written);
    throw error;
  }
}

/** The parts of the form; what is wrong with the form itself is the caller's to mend. */
async function* partsOf(request: FastifyRequest) {
  const parts = request.parts();
  while (true) {
    const next = await parts.next().catch((error: unknown) => {
      if (error instanceof Fault) throw error;
      throw new Fault('file.missing', {}, error);
    });
    if (next.done) return;
    yield next.value;
  }
}
