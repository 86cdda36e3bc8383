import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  CatalogueDownload,
  CatalogueEntry,
  CatalogueItemList,
  CatalogueKindName,
  CatalogueList,
  CatalogueQuery,
  ChargeCheck,
  ChargeCheckRequest,
  Code,
  DownloadRequest,
} from '../../../schemas/catalogue.ts';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import { callerOf } from '../../access/caller.ts';
import { type Clock, chinaDate } from '../../clock.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import { assertNoBody } from '../../http/no-body.ts';
import { CHARGES_BYTES_MAX, chargeOf } from '../desk.ts';
import type { CatalogueArchive } from './archive.ts';
import type { DownloadRow } from './download-queries.ts';
import type { Downloads } from './service.ts';
import { downloadView, entryView, itemView, kindView } from './views.ts';

const tags = ['目录 Catalogues'];
const byId = Strict({ id: Id });
const byKind = Strict({ id: Id, kind: CatalogueKindName });
const problems = { '4xx': Problem, '5xx': Problem };

const PAGE_DEFAULT = 50;

/** Catalogues: downloaded from an insurer, and searched. */
export function catalogueRoutes(parts: {
  downloads: Downloads;
  archive: CatalogueArchive;
  idempotency: Idempotency;
  clock: Clock;
}): FastifyPluginAsyncTypebox {
  const { downloads, archive, idempotency, clock } = parts;
  const show = (row: DownloadRow) => downloadView(row, downloads.reasonOf(row));

  return async (app) => {
    app.get(
      '/v1/insurers/:id/catalogues',
      {
        config: { scope: 'catalogue:read' },
        schema: {
          summary: '有哪些目录,本地是哪个版本 / Catalogues, and the version on file of each',
          tags,
          params: byId,
          response: { 200: CatalogueList, ...problems },
        },
      },
      async (request) => ({ items: (await archive.kinds(request.params.id)).map(kindView) }),
    );

    app.post(
      '/v1/insurers/:id/catalogues/:kind/downloads',
      {
        config: { scope: 'catalogue:write', repeatable: 'must' },
        schema: {
          summary: '下载目录的变化或全部 / Download what has changed, or all of it',
          description:
            '在后台进行,用返回的 id 查询进度;完成之前原目录照常可用。/ Goes on in the background: ask for it by its id; until it is done the old version stands.',
          tags,
          params: byKind,
          body: DownloadRequest,
          response: { 202: CatalogueDownload, ...problems },
        },
      },
      async (request, reply) =>
        idempotency.run(request, reply, async ({ resourceId }) => {
          const { id: insurer, kind } = request.params;
          const order = { insurer, kind, whole: request.body.whole ?? false };
          return { status: 202, body: show(await downloads.start(resourceId, order, callerOf(request))) };
        }),
    );

    app.get(
      '/v1/catalogue-downloads/:id',
      {
        config: { scope: 'catalogue:read' },
        schema: {
          summary: '一次目录下载的进度 / How a download stands',
          tags,
          params: byId,
          response: { 200: CatalogueDownload, ...problems },
        },
      },
      async (request) => show(await downloads.get(request.params.id)),
    );

    app.delete(
      '/v1/catalogue-downloads/:id',
      {
        config: { scope: 'catalogue:write' },
        schema: {
          summary: '取消目录下载 / Cancel a download',
          tags,
          params: byId,
          response: { 200: CatalogueDownload, ...problems },
        },
      },
      async (request) => {
        assertNoBody(request);
        return show(await downloads.cancel(request.params.id, callerOf(request)));
      },
    );

    app.post(
      '/v1/insurers/:id/catalogues/check',
      {
        bodyLimit: CHARGES_BYTES_MAX,
        config: { scope: 'catalogue:read' },
        schema: {
          summary:
            '送医保之前核对费用的编码和限价 / Check the codes and prices of charges before they are sent',
          tags,
          params: byId,
          body: ChargeCheckRequest,
          response: { 200: ChargeCheck, ...problems },
        },
      },
      async (request) => {
        const { charges, day = chinaDate(clock.now()) } = request.body;
        const read = charges.map((charge, index) => chargeOf(charge, index));
        return { notes: [...(await archive.notesOn(request.params.id, read, day))] };
      },
    );

    app.get(
      '/v1/insurers/:id/catalogues/:kind/items',
      {
        config: { scope: 'catalogue:read' },
        schema: {
          summary: '按编码、名称或拼音首字母查找 / Search by code, name or initials',
          tags,
          params: byKind,
          querystring: CatalogueQuery,
          response: { 200: CatalogueItemList, ...problems },
        },
      },
      async (request) => {
        const { id, kind } = request.params;
        const { limit = PAGE_DEFAULT, ...query } = request.query;
        const { rows, next } = await archive.search(id, kind, { ...query, limit });
        return { items: rows.map(itemView), ...(next !== undefined && { next }) };
      },
    );

    app.get(
      '/v1/insurers/:id/catalogues/:kind/items/:code',
      {
        config: { scope: 'catalogue:read' },
        schema: {
          summary: '一个编码的全部内容、限价和先自付比例 / Everything of one code, its limits and shares',
          tags,
          params: Strict({ id: Id, kind: CatalogueKindName, code: Code }),
          response: { 200: CatalogueEntry, ...problems },
        },
      },
      async (request) => {
        const { id, kind, code } = request.params;
        return entryView(await archive.item(id, kind, code));
      },
    );
  };
}
