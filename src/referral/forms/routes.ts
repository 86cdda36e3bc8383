import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../../schemas/common.ts';
import { FormParams, OutgoingForm, ReturnForm } from '../../../schemas/referral-form.ts';
import { RecordParams, ReferralRecord, SichuanParams } from '../../../schemas/referral-record.ts';
import { UploadPage, UploadQuery } from '../../../schemas/upload.ts';
import { callerOf } from '../../access/caller.ts';
import { sendResource } from '../fhir/face.ts';
import { PAGE_POLICY, pageOfSheet } from './page.ts';
import type { FormService } from './service.ts';
import { sheetOf } from './sheet.ts';

const tags = ['转诊 Referral'];
const pdf = { 'application/pdf': { schema: Type.String({ format: 'binary' }) } };

/** Names the characters that a PDF shows by their code points. */
const MISSING = 'x-yikatong-missing-characters';

/** Whether a PDF is what the caller would rather have. */
function wantsPdf({ headers }: { readonly headers: { readonly accept?: string | undefined } }): boolean {
  return /^\s*application\/pdf\s*(;|,|$)/i.test(headers.accept ?? '');
}

/** `/v1/referrals/{id}/forms/{form}`: 转出单 and 回转单 as data, as a page to print. */
export function formRoutes(forms: FormService): FastifyPluginAsyncTypebox {
  const sendPdf = async (
    request: FastifyRequest<{ Params: Static<typeof FormParams> }>,
    reply: FastifyReply,
  ) => {
    const { id, form } = request.params;
    const printed = await forms.print(callerOf(request), id, form);
    reply.type('application/pdf').header('vary', 'accept');
    reply.header('content-disposition', `inline; filename="${form}.pdf"`);
    if (printed.missing.length > 0) reply.header(MISSING, printed.missing.join(', '));
    return reply.send(printed.pdf);
  };

  return async (app) => {
    app.get(
      '/v1/referrals/:id/forms/:form',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '双向转诊单:outgoing 转出单,return 回转单 / The official form as data',
          description: 'Accept: application/pdf 得到 PDF,同 …/{form}.pdf。/ As PDF where that is asked for.',
          tags,
          params: FormParams,
          response: {
            200: {
              content: {
                'application/json': { schema: Type.Union([OutgoingForm, ReturnForm]) },
                ...pdf,
              },
            },
            '4xx': Problem,
          },
        },
      },
      async (request, reply) => {
        if (wantsPdf(request)) return sendPdf(request, reply) as never;
        reply.header('vary', 'accept').type('application/json; charset=utf-8');
        return reply.send(await forms.form(callerOf(request), request.params.id, request.params.form));
      },
    );

    app.get(
      '/v1/referrals/:id/forms/:form.pdf',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '双向转诊单(PDF,A4)/ The official form as PDF',
          description:
            '字体只嵌入用到的字。没有字形的字印为 [U+编码],并列在 x-yikatong-missing-characters 中。/ A character that no font has is printed as its code point in brackets, and named in that header.',
          tags,
          params: FormParams,
          response: { 200: { content: pdf }, '4xx': Problem },
        },
      },
      async (request, reply) => sendPdf(request, reply) as never,
    );

    app.get(
      '/v1/referrals/:id/forms/:form/page',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '可打印的双向转诊单(HTML,无脚本) / The form as a page to print, without a script',
          tags,
          params: FormParams,
          response: {
            200: { content: { 'text/html': { schema: Type.String() } } },
            '4xx': Problem,
          },
        },
      },
      async (request, reply) => {
        const form = await forms.form(callerOf(request), request.params.id, request.params.form);
        reply.header('content-security-policy', PAGE_POLICY).type('text/html; charset=utf-8');
        return reply.send(pageOfSheet(sheetOf(form)));
      },
    );

    app.get(
      '/v1/referrals/:id/forms/record',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '转诊(院)记录数据集 WS 445.16-2014 / The data set of a referral',
          tags,
          params: RecordParams,
          response: { 200: ReferralRecord, '4xx': Problem },
        },
      },
      async (request) => forms.dataSet(callerOf(request), request.params.id),
    );

    app.get(
      '/v1/referrals/:id/forms/sichuan/:activity',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '四川双向转诊-住院的消息(FHIR message)/ The FHIR message of an activity',
          description:
            '同一环节每次得到同一消息,MessageHeader.id 不变。/ The same activity always gives the same message, its id unchanged.',
          tags,
          params: SichuanParams,
          response: {
            200: { content: { 'application/fhir+json': { schema: Type.Object({}) } } },
            '4xx': Problem,
          },
        },
      },
      async (request, reply) => {
        const { id, activity } = request.params;
        return sendResource(reply, await forms.sichuan(callerOf(request), id, activity)) as never;
      },
    );

    app.get(
      '/v1/referrals/uploads',
      {
        config: { scope: 'referral:export' },
        schema: {
          summary: '市级平台转诊记录(上传数据),含患者信息 / The city’s referral records, with patients’ data',
          description:
            '时间段内新建或变更的转诊;撤销的记录以相同的 jgdm 和 zzjlid 重新给出,cxbz 为撤销。format=csv 得到整个文件。/ What was made or changed within a time; a cancelled record comes again under the same key with cxbz set.',
          tags,
          querystring: UploadQuery,
          response: {
            200: {
              content: {
                'application/json': { schema: UploadPage },
                'text/csv': { schema: Type.String() },
              },
            },
            '4xx': Problem,
          },
        },
      },
      async (request, reply) => {
        const { limit = 50, from, to, after, format } = request.query;
        const filter = { from: Date.parse(from), to: Date.parse(to), after };
        if (format !== 'csv')
          return reply
            .type('application/json; charset=utf-8')
            .send(await forms.uploads(callerOf(request), filter, limit));
        const lines = await forms.csv(callerOf(request), filter);
        reply.type('text/csv; charset=utf-8');
        reply.header('content-disposition', 'attachment; filename="treatment_referral.csv"');
        // The type names what the file holds; it is sent as a stream.
        return reply.send(Readable.from(lines) as unknown as string);
      },
    );
  };
}
