import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import {
  LocalCode,
  Mapping,
  MappingList,
  MappingQuery,
  MappingRequest,
  MappingUpload,
} from '../../../schemas/catalogue.ts';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import { callerOf } from '../../access/caller.ts';
import { assertNoBody } from '../../http/no-body.ts';
import { etagOf, versionOf } from '../../http/version.ts';
import type { MappingRow } from './mapping-queries.ts';
import type { Mappings } from './mappings.ts';
import { mappingView } from './views.ts';

const tags = ['目录 Catalogues'];
const byId = Strict({ id: Id });
const byCode = Strict({ id: Id, code: LocalCode });
const problems = { '4xx': Problem, '5xx': Problem };

/** `/v1/insurers/{id}/mappings`: the institution's own codes matched to national ones. */
export function mappingRoutes(mappings: Mappings): FastifyPluginAsyncTypebox {
  const view = (row: MappingRow) => mappingView(row, mappings.reasonOf(row));
  const show = (reply: FastifyReply, row: MappingRow) => {
    reply.header('etag', etagOf(row.version));
    return view(row);
  };

  return async (app) => {
    app.put(
      '/v1/insurers/:id/mappings/:code',
      {
        config: { scope: 'catalogue:write', versioned: 'may' },
        schema: {
          summary: '登记院内编码的对照 / Match a local code',
          description: '只在本地登记;用 upload 报给医保。/ Written here only; upload tells the insurer.',
          tags,
          params: byCode,
          body: MappingRequest,
          response: { 200: Mapping, ...problems },
        },
      },
      async (request, reply) => {
        const { id, code } = request.params;
        const row = await mappings.put(id, code, request.body, callerOf(request), versionOf(request));
        return show(reply, row);
      },
    );

    app.get(
      '/v1/insurers/:id/mappings/:code',
      {
        config: { scope: 'catalogue:read' },
        schema: {
          summary: '一个院内编码的对照 / How a local code is matched',
          tags,
          params: byCode,
          response: { 200: Mapping, ...problems },
        },
      },
      async (request, reply) => show(reply, await mappings.get(request.params.id, request.params.code)),
    );

    app.get(
      '/v1/insurers/:id/mappings',
      {
        config: { scope: 'catalogue:read' },
        schema: {
          summary: '院内编码的对照列表 / List of matched codes',
          tags,
          params: byId,
          querystring: MappingQuery,
          response: { 200: MappingList, ...problems },
        },
      },
      async (request) => {
        const { rows, next } = await mappings.list(request.params.id, request.query);
        return { items: rows.map(view), ...(next !== undefined && { next }) };
      },
    );

    app.post(
      '/v1/insurers/:id/mappings/upload',
      {
        config: { scope: 'catalogue:write' },
        schema: {
          summary: '把未上传的对照报给医保(3301)/ Tell the insurer of what it does not have yet',
          tags,
          params: byId,
          response: { 200: MappingUpload, ...problems },
        },
      },
      async (request) => {
        assertNoBody(request);
        return mappings.upload(request.params.id, callerOf(request));
      },
    );

    app.delete(
      '/v1/insurers/:id/mappings/:code',
      {
        config: { scope: 'catalogue:write', versioned: 'may' },
        schema: {
          summary: '撤销对照,医保处也撤销(3302)/ Withdraw a match, at the insurer too',
          tags,
          params: byCode,
          response: { 200: Mapping, ...problems },
        },
      },
      async (request, reply) => {
        assertNoBody(request);
        const { id, code } = request.params;
        return show(reply, await mappings.withdraw(id, code, callerOf(request), versionOf(request)));
      },
    );
  };
}
