import t, { type Test } from 'tap';
import { ClientDirectory } from '../../src/access/clients.ts';
import { buildGateway } from '../../src/gateway.ts';
import type { BuiltPages } from '../../src/pages/built.ts';
import { pageRoutes } from '../../src/pages/routes.ts';
import { testIds, testLogger } from '../helper.ts';

async function gateway(t: Test, sandbox: boolean, built?: BuiltPages) {
  const app = await buildGateway({
    logger: testLogger(),
    ids: testIds,
    clients: new ClientDirectory([]),
    requestsPerMinuteMax: 1_000,
    sandbox,
    version: '1.2.3',
    features: [pageRoutes({ version: '1.2.3', sandbox, built })],
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

t.test('the pages run their own scripts only, and their files keep for good', async (t) => {
  const script = {
    type: 'text/javascript; charset=utf-8',
    read: (gzip: boolean) => Buffer.from(gzip ? 'z' : 'plain'),
  };
  const built = {
    html: '<meta name="style-nonce" content="%NONCE%">',
    assets: new Map([['page-abc.js', script]]),
  };
  const app = await gateway(t, false, built);
  const [one, other] = [await app.inject('/desk'), await app.inject('/desk')];
  const nonce = /content="([\w-]{22})"/.exec(one.body)?.[1];
  const policy = String(one.headers['content-security-policy']);
  t.match(policy, /default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w-]{22}';/);
  t.match(policy, /frame-ancestors 'none'/);
  t.ok(policy.includes(`'nonce-${nonce}'`));
  t.equal(one.headers['cache-control'], 'no-store');
  t.not(other.body, one.body, 'each answer has a nonce of its own');

  const file = await app.inject({ url: '/assets/page-abc.js', headers: { 'accept-encoding': 'gzip, br' } });
  t.equal(file.body, 'z');
  t.match(file.headers, {
    'content-encoding': 'gzip',
    vary: 'accept-encoding',
    'cache-control': /immutable/,
  });
  t.equal((await app.inject('/assets/page-abc.js')).body, 'plain');
  for (const name of ['none.js', '..%2f..%2fpackage.json'])
    t.equal((await app.inject(`/assets/${name}`)).statusCode, 404, name);
});

t.test('where no pages were built, the first page says so', async (t) => {
  const app = await gateway(t, false);
  t.match((await app.inject('/')).body, /not built/);
  t.equal((await app.inject('/desk')).statusCode, 404);
});
