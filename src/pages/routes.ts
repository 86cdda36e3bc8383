import { randomBytes } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import { Fault } from '../errors.ts';
import type { BuiltPages } from './built.ts';

/** The paths of the pages; each is the same program, which looks at the path. `app/shell/pages.ts` lists them for people. */
export const PAGES = ['/desk', '/referrals', '/review', '/statements', '/console', '/measures'] as const;

/** A page runs its own scripts, makes its own styles and talks to its own gateway, and to nobody else. */
const headersOf = (nonce: string) => ({
  'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
});

const NONCE_BYTES = 16;

const hidden = { config: { scope: 'public', ownHeaders: true }, schema: { hide: true } } as const;

/** The first page, which says what this is and where to go from here, and the pages for people. */
export function pageRoutes(parts: {
  readonly version: string;
  readonly sandbox: boolean;
  readonly built: BuiltPages | undefined;
}): FastifyPluginAsync {
  const { built } = parts;
  const first = firstPage(parts);
  return async (app) => {
    app.get('/', { config: { scope: 'public' }, schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(first),
    );
    if (!built) return;
    for (const path of PAGES) {
      app.get(path, hidden, async (_request, reply) => {
        const nonce = randomBytes(NONCE_BYTES).toString('base64url');
        return reply
          .headers(headersOf(nonce))
          .type('text/html; charset=utf-8')
          .send(built.html.replace('%NONCE%', nonce));
      });
    }
    app.get<{ Params: { name: string } }>('/assets/:name', hidden, async (request, reply) => {
      const asset = built.assets.get(request.params.name);
      if (!asset) throw new Fault('request.unknown-route');
      const gzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
      return reply
        .headers({
          'cache-control': 'public, max-age=31536000, immutable',
          'x-content-type-options': 'nosniff',
          vary: 'accept-encoding',
          ...(gzip ? { 'content-encoding': 'gzip' } : {}),
        })
        .type(asset.type)
        .send(asset.read(gzip));
    });
  };
}

function firstPage({
  version,
  sandbox,
  built,
}: {
  readonly version: string;
  readonly sandbox: boolean;
  readonly built: BuiltPages | undefined;
}): string {
  const mark = sandbox ? '<p><strong>沙箱:数据都是虚构的 / sandbox: all data is made up</strong></p>' : '';
  const pages = built
    ? '<li><a href="/desk">挂号收费 / The desk</a></li>'
    : '<li>页面没有构建,请运行 npm ci / the pages are not built: run npm ci</li>';
  return `<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>一卡通网关 Yikatong</title></head>
<body>
<h1>一卡通网关 Yikatong</h1>
<p>读卡、医保结算、双向转诊的网关 / The gateway for cards, settlements and referrals. ${version}</p>
${mark}
<ul>
${pages}
<li><a href="/docs">接口文档 / API documentation</a></li>
<li><a href="/openapi.json">OpenAPI 3.1</a></li>
<li><a href="/health/ready">运行状态 / health</a></li>
</ul>
</body>
</html>
`;
}
