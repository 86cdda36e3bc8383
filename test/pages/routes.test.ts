import t, { type Test } from 'tap';
import { ClientDirectory } from '../../src/access/clients.ts';
import { buildGateway } from '../../src/gateway.ts';
import { pageRoutes } from '../../src/pages/routes.ts';
import { testIds, testLogger } from '../helper.ts';

async function gateway(t: Test, sandbox: boolean) {
  const app = await buildGateway({
    logger: testLogger(),
    ids: testIds,
    clients: new ClientDirectory([]),
    requestsPerMinuteMax: 1_000,
    sandbox,
    version: '1.2.3',
    features: [pageRoutes({ version: '1.2.3', sandbox })],
  });
  t.teardown(() => app.close());
  return app;
}

t.test('the first page is for everybody and leads on; the browser is told to run nothing', async (t) => {
  const app = await gateway(t, false);
  const page = await app.inject('/');
  t.equal(page.statusCode, 200);
  t.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  t.match(page.headers['content-security-policy'], /script-src 'self'/);
  t.equal(page.headers['x-content-type-options'], 'nosniff');
  t.match(page.body, /<html lang="zh-CN">/);
  t.match(page.body, /1\.2\.3/);
  t.notMatch(page.body, /<script/);
  const own = [...page.body.matchAll(/href="([^"]+)"/g)]
    .map(([, href]) => href!)
    .filter((href) => !href.includes('health'));
  t.ok(own.length >= 2);
  for (const href of own) t.equal((await app.inject(href)).statusCode, 200, href);
});

t.test('only the sandbox says that its data is made up', async (t) => {
  t.match((await (await gateway(t, true)).inject('/')).body, /made up/);
  t.notMatch((await (await gateway(t, false)).inject('/')).body, /sandbox|made up/);
});
