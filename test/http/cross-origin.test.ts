import t from 'tap';
import { chip, compatWorld, PAGE, STRANGER } from '../card/compat/world.ts';

const preflight = (origin: string, more: object = {}) => ({
  origin,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type',
  ...more,
});

t.test('a preflight of a listed origin is answered without a key, also by a private network', async (t) => {
  const { app } = await compatWorld(t);
  const paths = ['/v1/compat/iReadCardBas', '/v1/readers/desk-1/readings', '/v1/readings/x', '/v1/events'];
  for (const url of paths) {
    const headers = preflight(PAGE, { 'access-control-request-private-network': 'true' });
    const answer = await app.inject({ method: 'OPTIONS', url, headers });
    t.equal(answer.statusCode, 204, url);
    t.match(answer.headers, {
      'access-control-allow-origin': PAGE,
      'access-control-allow-methods': /POST/,
      'access-control-allow-headers': /authorization/,
      'access-control-allow-private-network': 'true',
      'access-control-max-age': '600',
      vary: /Origin/,
    });
    t.notOk('access-control-allow-credentials' in answer.headers);
  }
  const old = await app.inject({ method: 'OPTIONS', url: paths[0]!, headers: preflight(PAGE) });
  t.notOk('access-control-allow-private-network' in old.headers, 'only where it is asked for');
});

t.test('no other origin and no other path is shared', async (t) => {
  const { app } = await compatWorld(t);
  const refused: [url: string, origin: string][] = [
    ['/v1/compat/iReadCardBas', STRANGER],
    ['/v1/compat/iReadCardBas', 'null'],
    ['/v1/compat/iReadCardBas', `${PAGE}/`],
    ['/v1/compat/iReadCardBas', 'https://10.0.0.8:8080'],
    ['/v1/settlements', PAGE],
    ['/v1/compatible', PAGE],
    ['/openapi.json', PAGE],
    ['/', PAGE],
  ];
  for (const [url, origin] of refused) {
    const headers = preflight(origin, { 'access-control-request-private-network': 'true' });
    const answer = await app.inject({ method: 'OPTIONS', url, headers });
    t.ok(answer.statusCode >= 400, `${origin} ${url}`);
    t.strictSame(
      Object.keys(answer.headers).filter((name) => name.startsWith('access-control-')),
      [],
    );
  }
});

t.test('a page reads answers and refusals alike; nothing forbids it to', async (t) => {
  const { app, driver, bearer, post } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v1'));
  const { status, headers, body } = await post(
    'iReadCardBas',
    { iType: 1 },
    { ...bearer('desk'), origin: PAGE },
  );
  t.equal(status, 200);
  t.equal(body.ret, 0);
  t.match(headers, {
    'access-control-allow-origin': PAGE,
    'access-control-expose-headers': /x-request-id/,
    vary: /Origin/,
  });
  t.notOk('cross-origin-resource-policy' in headers);
  const refused = await app.inject({ url: '/v1/readers', headers: { origin: PAGE } });
  t.equal(refused.statusCode, 401);
  t.equal(refused.headers['access-control-allow-origin'], PAGE);
});

t.test('no origin, no card: a page that is not listed touches none, whatever its key', async (t) => {
  const { driver, bearer, post } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v1'));
  const refusal = { status: 403, body: { code: 'compat.origin' } };
  t.match(await post('iReadCardBas', { iType: 1 }, { ...bearer('desk'), origin: STRANGER }), refusal);
  t.match(await post('iReadCardBas', { iType: 1 }, { origin: STRANGER }), refusal);
  t.match(await post('iNoSuch', {}, { ...bearer('desk'), origin: 'null' }), refusal);
  t.strictSame(driver.slot.commands, []);
});

t.test(
  'a listed page without a key acts as the client for such pages, at the old interface only',
  async (t) => {
    const { app, driver, post, audited } = await compatWorld(t);
    driver.slot.insert(chip('social-security-v1'));
    t.match(await post('iReadCardBas', { iType: 1 }, { origin: PAGE }), { status: 200, body: { ret: 0 } });
    t.match(await audited(), [{ client: 'reading', kind: 'reading' }]);
    t.match(await post('iVerifyPIN', { iType: 1 }, { origin: PAGE }), { status: 403 });
    t.match(await post('iReadCardBas', { iType: 1 }, { origin: PAGE, authorization: 'Bearer wrong' }), {
      status: 401,
    });
    t.match(await post('iReadCardBas', { iType: 1 }, { origin: PAGE, authorization: 'nonsense' }), {
      status: 401,
    });
    t.equal((await app.inject({ url: '/v1/readers', headers: { origin: PAGE } })).statusCode, 401);
  },
);

t.test('where no client is named for them, pages without a key get nothing', async (t) => {
  const { post } = await compatWorld(t, { keyless: false });
  t.match(await post('iReadCardBas', { iType: 1 }, { origin: PAGE }), { status: 401 });
});

t.test('wrong methods and wrong paths are told as ever', async (t) => {
  const { app } = await compatWorld(t);
  t.match((await app.inject({ url: '/v1/nothing' })).json(), { code: 'request.unknown-route' });
  t.match((await app.inject({ method: 'DELETE', url: '/v1/readers' })).json(), { code: 'request.method' });
  const options = await app.inject({ method: 'OPTIONS', url: '/v1/readers' });
  t.match(options.json(), { code: 'request.method' });
  t.equal(options.headers.allow, 'GET, HEAD');
});
