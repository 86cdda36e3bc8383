import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Problem } from '../../../schemas/common.ts';
import { UploadedResult, UploadResult, UploadResultParams } from '../../../schemas/result-upload.ts';
import { callerOf } from '../../access/caller.ts';
import type { ResultUploads } from './upload-service.ts';

/** `/v1/referrals/{id}/results/{number}/insurers/{insurer}`: a result of ours goes to an insurer (4501, 4502). */
export function resultUploadRoutes(uploads: ResultUploads): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/referrals/:id/results/:number/insurers/:insurer',
      {
        config: { scope: 'transaction:write' },
        schema: {
          summary: '向医保上传本机构提供的结果(检查 4501,检验 4502)/ Upload a result of ours to the insurer',
          description:
            '先查医保已有的报告(5401),已有的不再上传,因此可以重复请求。/ The insurer is asked first: a repeat sends nothing twice.',
          tags: ['转诊 Referral'],
          params: UploadResultParams,
          body: UploadResult,
          response: { 200: UploadedResult, '4xx': Problem, '5xx': Problem },
        },
      },
      async (request) => uploads.upload(callerOf(request), request.params, request.body),
    );
  };
}
