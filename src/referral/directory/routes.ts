import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { PageQuery, Problem, Strict } from '../../../schemas/common.ts';
import {
  Agreement,
  AgreementPage,
  AgreementView,
  DirectoryFile,
  OrganisationPage,
  OrganisationQuery,
  OrganisationRecord,
  OrganisationView,
  RouteAnswer,
  RouteRequest,
} from '../../../schemas/directory.ts';
import { OrganisationCode } from '../../../schemas/organisation.ts';
import { callerOf } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import { etagOf, versionOf, versionRead } from '../../http/version.ts';
import type { DirectoryService } from './service.ts';

const tags = ['机构目录 Directory'];
const ByCode = Strict({ code: OrganisationCode });
const ByAgreement = Strict({ code: Agreement.properties.code });
/** For editors of the file: what TypeBox made is JSON schema already. */
const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...(JSON.parse(JSON.stringify(DirectoryFile)) as object),
};
const written = '新建时不带 If-Match;修改时带读取时得到的 ETag。整条替换。/ replaces the whole record';

/** Who there is, and which way a referral would go. */
export function directoryRoutes(directory: DirectoryService): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/referrals/route',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '试算转诊路径,不发送 / The way a referral would take, and why; nothing is sent',
          tags,
          body: RouteRequest,
          response: { 200: RouteAnswer, '4xx': Problem },
        },
      },
      async (request) => directory.route(request.body),
    );

    app.get(
      '/v1/organisations',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '机构目录,按编码排序 / The directory, by code',
          tags,
          querystring: OrganisationQuery,
          response: { 200: OrganisationPage, '4xx': Problem },
        },
      },
      async (request) => {
        const { limit = 50, ...query } = request.query;
        return pageByCode(directory.list({ ...query, limit }), limit);
      },
    );

    app.get(
      '/v1/organisations/:code',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '一家机构 / One organisation',
          tags,
          params: ByCode,
          response: { 200: OrganisationView, '4xx': Problem },
        },
      },
      async (request, reply) => {
        const organisation = await directory.get(request.params.code);
        reply.header('etag', etagOf(organisation.version));
        return organisation;
      },
    );

    app.put(
      '/v1/organisations/:code',
      {
        config: { scope: 'organisation:write', versioned: 'may' },
        schema: {
          summary: '登记或修改一家机构,立即生效 / Set an organisation; in force at once',
          description: written,
          tags,
          params: ByCode,
          body: OrganisationRecord,
          response: { 200: OrganisationView, '4xx': Problem },
        },
      },
      async (request, reply) => {
        agree(request.params.code, request.body.code);
        const organisation = await directory.put(callerOf(request), request.body, versionOf(request));
        reply.header('etag', etagOf(organisation.version));
        return organisation;
      },
    );

    app.delete(
      '/v1/organisations/:code',
      {
        config: { scope: 'organisation:write', versioned: 'must' },
        schema: {
          summary: '撤销一家机构:今天起不再转往,未结的转诊照常 / Withdraw an organisation',
          description:
            '需要 If-Match。机构仍在目录中,通道保留,已开始的转诊可以走完;再次登记(PUT)即恢复。/ It stays in the directory with its link, so that what was begun with it can end; setting it again takes it back.',
          tags,
          params: ByCode,
          response: { 200: OrganisationView, '4xx': Problem },
        },
      },
      async (request, reply) => {
        const { code } = request.params;
        const organisation = await directory.withdraw(callerOf(request), code, versionRead(request));
        reply.header('etag', etagOf(organisation.version));
        return organisation;
      },
    );

    app.get(
      '/v1/agreements',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '医联体 / Agreements between organisations',
          tags,
          querystring: Strict(PageQuery),
          response: { 200: AgreementPage, '4xx': Problem },
        },
      },
      async (request) => {
        const { limit = 50, after } = request.query;
        return pageByCode(directory.agreements(after, limit), limit);
      },
    );

    app.get(
      '/v1/agreements/:code',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '一个医联体 / One agreement',
          tags,
          params: ByAgreement,
          response: { 200: AgreementView, '4xx': Problem },
        },
      },
      async (request, reply) => {
        const agreement = await directory.agreement(request.params.code);
        reply.header('etag', etagOf(agreement.version));
        return agreement;
      },
    );

    app.put(
      '/v1/agreements/:code',
      {
        config: { scope: 'organisation:write', versioned: 'may' },
        schema: {
          summary: '登记或修改一个医联体 / Set an agreement',
          description: written,
          tags,
          params: ByAgreement,
          body: Agreement,
          response: { 200: AgreementView, '4xx': Problem },
        },
      },
      async (request, reply) => {
        agree(request.params.code, request.body.code);
        const agreement = await directory.putAgreement(callerOf(request), request.body, versionOf(request));
        reply.header('etag', etagOf(agreement.version));
        return agreement;
      },
    );

    app.get(
      '/v1/directory/schema',
      {
        config: { scope: 'referral:read' },
        schema: {
          summary: '目录文件的 JSON Schema / JSON schema of the directory’s file',
          tags,
          response: { 200: Type.Object({}, { additionalProperties: true }) },
        },
      },
      async () => schema,
    );
  };
}

function agree(inPath: string, inBody: string): void {
  if (inPath !== inBody) throw new Fault('request.invalid', { pointer: '/body/code' });
}

function pageByCode<T extends { readonly code: string }>(rows: readonly T[], limit: number) {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, ...(last ? { next: last.code } : {}) };
}
