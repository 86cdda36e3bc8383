import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Problem } from '../../../schemas/common.ts';
import { type Desk, DeskList } from '../../../schemas/desk.ts';
import { timestampOf } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import { DESK_PATH } from './dial.ts';
import type { DeskHost } from './host.ts';
import { SocketLine } from './line.ts';
import type { DeskStatus } from './remote-desk.ts';

const tags = ['读卡 Readers'];

/** `/v1/desks`: where desks join, and which there are. */
export function deskRoutes({ host }: { readonly host: DeskHost }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addHook('preClose', () => host.close());

    app.get(
      '/v1/desks',
      {
        config: { scope: 'reader:read' },
        schema: {
          summary: '远程工位列表 / List desks',
          description:
            '以桌面模式运行、主动连到本网关的程序;它们的读卡器在 GET /v1/readers 中以“工位.读卡器”列出。/ The programs in desk mode that joined this gateway; GET /v1/readers lists their readers as <desk>.<reader>.',
          tags,
          response: { 200: DeskList, '4xx': Problem, '5xx': Problem },
        },
      },
      async () => ({ items: host.desks().map(deskView) }),
    );

    app.route({
      method: 'GET',
      url: DESK_PATH,
      config: { scope: 'desk:connect' },
      schema: {
        summary: '远程工位的 WebSocket / WebSocket of a desk',
        description:
          '供桌面模式的程序连接,不供浏览器使用。/ For the program in desk mode, not for browsers: npm start -- --config desk.toml',
        tags,
      },
      handler: async () => {
        throw new Fault('desk.protocol', { detail: 'a WebSocket is expected here' });
      },
      wsHandler: (socket, request) => host.arrive(request.client.id, new SocketLine(socket)),
    });
  };
}

function deskView({ since, readers, rivalSeenAt, ...status }: DeskStatus): Desk {
  return {
    ...status,
    since: timestampOf(since),
    readers: [...readers],
    ...(rivalSeenAt === undefined ? {} : { rivalSeenAt: timestampOf(rivalSeenAt) }),
  };
}
