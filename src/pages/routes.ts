import type { FastifyPluginAsync } from 'fastify';

/** The first page: what this is, and where to go from here. */
export function pageRoutes(parts: { version: string; sandbox: boolean }): FastifyPluginAsync {
  const mark = parts.sandbox
    ? '<p><strong>沙箱:数据都是虚构的 / sandbox: all data is made up</strong></p>'
    : '';
  const page = `<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>一卡通网关 Yikatong</title></head>
<body>
<h1>一卡通网关 Yikatong</h1>
<p>读卡、医保结算、双向转诊的网关 / The gateway for cards, settlements and referrals. ${parts.version}</p>
${mark}
<ul>
<li><a href="/docs">接口文档 / API documentation</a></li>
<li><a href="/openapi.json">OpenAPI 3.1</a></li>
<li><a href="/health/ready">运行状态 / health</a></li>
</ul>
</body>
</html>
`;
  return async (app) => {
    app.get('/', { config: { scope: 'public' }, schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(page),
    );
  };
}
