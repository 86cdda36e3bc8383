import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Problem } from '../../../schemas/common.ts';
import { FormParams, OutgoingForm, ReturnForm } from '../../../schemas/referral-form.ts';
import { callerOf } from '../../access/caller.ts';
import { PAGE_POLICY, pageOfSheet } from './page.ts';
import type { FormService } from './service.ts';
import { sheetOf } from './sheet.ts';

const tags = ['转诊 Referral'];

/** `/v1/referrals/{id}/forms/{form}`: 转出单 and 回转单 as data, as a page to print. */
export function formRoutes(forms: FormService): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/referrals/:id/forms/:form',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '双向转诊单:outgoing 转出单,return 回转单 / The official form as data',
          tags,
          params: FormParams,
          response: { 200: Type.Union([OutgoingForm, ReturnForm]), '4xx': Problem },
        },
      },
      async (request) => forms.form(callerOf(request), request.params.id, request.params.form),
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
  };
}
