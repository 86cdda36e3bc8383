import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Id, Strict } from '../../schemas/common.ts';
import {
  Behave,
  InsurerLedger,
  LayCard,
  Misbehave,
  Misbehaving,
  SandboxOverview,
} from '../../schemas/sandbox.ts';
import { yuanOf } from '../money.ts';
import { VIRTUAL_CODES } from './codes/tray.ts';
import type { VirtualDesk } from './desk.ts';
import type { VirtualInsurer } from './insurer/port.ts';

/** What a trainer does at the sandbox: lay cards down, take them away, make the insurer misbehave. */
export function sandboxRoutes(parts: {
  desk: VirtualDesk;
  insurer: VirtualInsurer;
  hospitalUrl: string;
}): FastifyPluginAsyncTypebox {
  const { desk, insurer, hospitalUrl } = parts;
  const codes = VIRTUAL_CODES.map(({ id, kind, title, code }) => ({ id, kind, title, code }));
  const overview = () => ({ hospitalUrl, ...desk.overview(), codes });
  const tags = ['沙箱 Sandbox'];
  const config = { scope: 'sandbox:write' } as const;
  const params = Strict({ id: Id });
  return async (app) => {
    app.get(
      '/v1/sandbox',
      {
        config,
        schema: {
          tags,
          summary: '虚拟读卡器和卡 / virtual readers and cards',
          response: { 200: SandboxOverview },
        },
      },
      async () => overview(),
    );
    app.put(
      '/v1/sandbox/readers/:id/card',
      {
        config,
        schema: {
          tags,
          summary: '放卡 / lay a card down',
          params,
          body: LayCard,
          response: { 200: SandboxOverview },
        },
      },
      async (request) => {
        desk.lay(request.params.id, request.body.card);
        return overview();
      },
    );
    app.delete(
      '/v1/sandbox/readers/:id/card',
      {
        config,
        schema: { tags, summary: '取走卡 / take the card away', params, response: { 200: SandboxOverview } },
      },
      async (request) => {
        desk.remove(request.params.id);
        return overview();
      },
    );
    app.post(
      '/v1/sandbox/insurer/misbehaviour',
      {
        config,
        schema: {
          tags,
          summary: '让虚拟医保出错 / make the virtual insurer misbehave',
          body: Misbehave,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { transaction, kind, times = 1, delayMs } = request.body;
        insurer.misbehave({ infno: transaction, kind, times, ...(delayMs === undefined ? {} : { delayMs }) });
        return reply.code(204).send(null);
      },
    );
    app.get(
      '/v1/sandbox/insurer/misbehaviour',
      {
        config,
        schema: {
          tags,
          summary: '虚拟医保还会出哪些错 / what is still to go wrong at the virtual insurer',
          response: { 200: Misbehaving },
        },
      },
      async () => ({
        items: insurer.misbehaving().map(({ infno, kind, times = 1 }) => ({
          ...(infno === undefined ? {} : { transaction: infno }),
          ...{ kind, times },
        })),
      }),
    );
    app.delete(
      '/v1/sandbox/insurer/misbehaviour',
      {
        config,
        schema: {
          tags,
          summary: '让虚拟医保恢复正常 / make the virtual insurer behave',
          description:
            '可只取消某一交易的某一种错误。/ May name what it shall stop doing, and at which transaction.',
          querystring: Behave,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { transaction, kind } = request.query;
        insurer.behave({
          ...(transaction === undefined ? {} : { infno: transaction }),
          ...(kind === undefined ? {} : { kind }),
        });
        return reply.code(204).send(null);
      },
    );
    app.get(
      '/v1/sandbox/insurer/ledger',
      {
        config,
        schema: {
          tags,
          summary: '虚拟医保的账本 / the virtual insurer’s own ledger',
          response: { 200: InsurerLedger },
        },
      },
      async () => ({
        items: insurer.ledger().map((row) => ({
          number: row.setlId,
          messageId: row.msgid,
          total: yuanOf(row.medfeeFen),
          fund: yuanOf(row.fundFen),
          state: row.state,
          billNumber: row.billNumber,
          transaction: row.transaction,
        })),
      }),
    );
  };
}
