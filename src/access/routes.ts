import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { AuditPage, AuditQuery, AuditVerification } from '../../schemas/audit.ts';
import { timestampOf } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Store } from '../store/port.ts';
import type { AuditTrail } from './audit.ts';
import { callerOf } from './caller.ts';
import type { AccessTables } from './tables.ts';

const LIMIT_DEFAULT = 50;

/** The audit trail, for those who may see it; looking at it leaves a row of its own. */
export function accessRoutes(parts: { store: Store; audit: AuditTrail }): FastifyPluginAsyncTypebox {
  const tags = ['审计 Audit'];
  return async (app) => {
    app.get(
      '/v1/audit',
      {
        config: { scope: 'audit:read' },
        schema: {
          tags,
          summary: '审计记录,新的在前 / the audit trail, newest first',
          querystring: AuditQuery,
          response: { 200: AuditPage },
        },
      },
      async (request) => {
        const { limit = LIMIT_DEFAULT, after, kind, subject } = request.query;
        const cursor = after === undefined ? undefined : cursorOf(after);
        const rows = await parts.store.list<AccessTables['audit']>((db) => {
          let rows = db.selectFrom('audit').selectAll();
          if (kind !== undefined) rows = rows.where('kind', '=', kind);
          if (subject !== undefined) rows = rows.where('subject', '=', subject);
          if (cursor !== undefined) {
            rows = rows.where((eb) =>
              eb(eb.refTuple('at', 'chain', 'seq'), '<', eb.tuple(cursor.at, cursor.chain, cursor.seq)),
            );
          }
          return rows
            .orderBy('at', 'desc')
            .orderBy('chain', 'desc')
            .orderBy('seq', 'desc')
            .limit(limit + 1);
        });
        const looked = { act: 'read', kind: 'audit', subject: subject ?? 'list' };
        await parts.audit.look({ ...callerOf(request), ...looked });
        const page = rows.slice(0, limit);
        const last = rows.length > limit ? page.at(-1) : undefined;
        return {
          items: page.map(({ at, request_id, detail, ...row }) => ({
            ...row,
            at: timestampOf(at),
            requestId: request_id,
            detail: JSON.parse(detail) as Record<string, string | number | boolean>,
          })),
          ...(last ? { next: `${last.at}/${last.seq}/${last.chain}` } : {}),
        };
      },
    );
    app.get(
      '/v1/audit/verification',
      {
        config: { scope: 'audit:read' },
        schema: { tags, summary: '核对散列链 / check the hash chains', response: { 200: AuditVerification } },
      },
      async () => {
        const broken = await parts.audit.verify();
        return { holds: broken.length === 0, broken };
      },
    );
  };
}

function cursorOf(text: string): { at: number; seq: number; chain: string } {
  const match = /^(\d{1,15})\/(\d{1,15})\/(.+)$/.exec(text);
  if (!match) throw new Fault('request.invalid', { pointer: '/querystring/after', detail: 'not a cursor' });
  return { at: Number(match[1]), seq: Number(match[2]), chain: match[3]! };
}
