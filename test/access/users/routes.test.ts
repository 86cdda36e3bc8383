import t, { type Test } from 'tap';
import { ClientDirectory, newKey, SCOPES, type Scope } from '../../../src/access/clients.ts';
import { accessRoutes } from '../../../src/access/routes.ts';
import { Passwords } from '../../../src/access/users/passwords.ts';
import { userRoutes } from '../../../src/access/users/routes.ts';
import { IDLE_MS, SESSION_MS, UserService } from '../../../src/access/users/service.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import { testParts } from '../../helper.ts';

const PASSWORD = 'made-up-secret-1';
const OWN = 'another-made-up-2';

async function gatewayFor(t: Test, everybodyMay: readonly Scope[] = []) {
  const parts = await testParts(t);
  const { store, audit } = parts;
  const users = new UserService({
    ...parts,
    everybodyMay,
    passwords: new Passwords({ N: 16, r: 8, p: 1 }),
  });
  const idempotency = new Idempotency({ ...parts, gatewayId: 'test' });
  const { key, hash } = newKey('his');
  const app = await buildGateway({
    ...{ logger: parts.logger, ids: parts.ids, version: '0', sandbox: false, requestsPerMinuteMax: 10_000 },
    clients: new ClientDirectory([{ id: 'his', keyHash: hash, scopes: new Set(SCOPES) }]),
    sessions: users,
    features: [userRoutes({ users, idempotency, https: false }), accessRoutes({ store, audit })],
  });
  t.teardown(() => app.close());
  const call = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    { body, headers = {} }: { body?: object; headers?: Record<string, string> } = {},
  ) => {
    const own = { 'sec-fetch-site': 'same-origin', ...headers };
    const answer = await app.inject({ method, url, headers: own, ...(body && { payload: body }) });
    const json = answer.body === '' || answer.body === 'null' ? undefined : answer.json();
    return { status: answer.statusCode, body: json, headers: answer.headers };
  };
  const byKey = (more: Record<string, string> = {}) => ({ authorization: `Bearer ${key}`, ...more });
  let count = 0;
  const create = (name: string, roles: string[], password = PASSWORD) =>
    call('POST', '/v1/users', {
      body: { name, displayName: '收费窗口', roles, password },
      headers: byKey({ 'idempotency-key': `create-${++count}` }),
    });
  const signIn = async (name: string, password: string) => {
    const answer = await call('POST', '/v1/session', { body: { name, password } });
    const cookie = String(answer.headers['set-cookie'] ?? '').split(';')[0] ?? '';
    return { ...answer, cookie: { cookie } };
  };
  /** A user whose first password is changed already. */
  const arrive = async (name: string, roles: string[]) => {
    await create(name, roles);
    const first = await signIn(name, PASSWORD);
    const body = { oldPassword: PASSWORD, newPassword: OWN };
    await call('PUT', '/v1/session/password', { body, headers: first.cookie });
    return first.cookie;
  };
  return { ...parts, app, call, byKey, create, signIn, arrive };
}

t.test('a person signs in, and may do what the roles may', async (t) => {
  const { call, arrive, signIn } = await gatewayFor(t);
  await arrive('wang', ['operator']);
  const { status, headers, body, cookie } = await signIn('wang', OWN);
  t.equal(status, 201);
  t.match(
    headers['set-cookie'],
    /^yikatong_session_80=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
  );
  t.match(body, { name: 'wang', displayName: '收费窗口', roles: ['operator'], mustChangePassword: false });
  t.match(await call('GET', '/v1/session', { headers: cookie }), { status: 200, body: { name: 'wang' } });
  t.match(await call('GET', '/v1/users', { headers: cookie }), {
    status: 200,
    body: { items: [{ name: 'wang' }] },
  });
  const audit = await call('GET', '/v1/audit', { headers: cookie });
  t.match(audit, { status: 403, body: { code: 'access.forbidden', facts: { scope: 'audit:read' } } });
});

t.test('the first password has to be changed before anything else', async (t) => {
  const { call, create, signIn } = await gatewayFor(t);
  t.match(await create('li', ['operator']), { status: 201, body: { mustChangePassword: true, version: 1 } });
  const { cookie } = await signIn('li', PASSWORD);
  t.match(await call('GET', '/v1/users', { headers: cookie }), {
    status: 403,
    body: { code: 'access.password-change' },
  });
  const change = (newPassword: string, oldPassword = PASSWORD) =>
    call('PUT', '/v1/session/password', { body: { oldPassword, newPassword }, headers: cookie });
  for (const weak of ['short', 'aaaaaaaaaaaa', 'my-li-password', PASSWORD])
    t.match(await change(weak), { status: 422, body: { code: 'access.weak-password' } }, weak);
  t.match(await change(OWN, 'not-the-old-one'), { status: 401, body: { code: 'access.sign-in' } });
  t.equal((await change(OWN)).status, 204);
  t.equal((await call('GET', '/v1/users', { headers: cookie })).status, 200, 'the session goes on');
});

t.test(
  'whatever is wrong with a sign-in, the answer is the same; five in a row make the name wait',
  async (t) => {
    const { call, clock, arrive, create, signIn, byKey } = await gatewayFor(t);
    await arrive('zhao', ['reception']);
    await create('gone', ['reception']);
    await call('PATCH', '/v1/users/gone', { body: { state: 'disabled' }, headers: byKey() });
    const refused = { status: 401, body: { code: 'access.sign-in' } };
    t.match(await signIn('gone', PASSWORD), refused);
    for (const name of ['zhao', 'nobody']) {
      for (let guess = 0; guess < 5; guess++) t.match(await signIn(name, `guess-${guess}`), refused);
      t.match(await signIn(name, OWN), { status: 429, body: { code: 'access.locked' } }, name);
    }
    clock.advance(5 * 60_000);
    t.equal((await signIn('zhao', OWN)).status, 201);
    t.match(await signIn('nobody', OWN), refused);
  },
);

t.test('guesses made at once are counted one by one', async (t) => {
  const { arrive, signIn } = await gatewayFor(t);
  await arrive('qian', ['reception']);
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => signIn('qian', `guess-${index}`)),
  );
  t.ok(answers.filter(({ status }) => status === 401).length <= 5);
  t.notOk(answers.some(({ status }) => status === 201));
});

t.test('what another site’s page asks in a signed-in browser is refused', async (t) => {
  const { app, arrive, byKey } = await gatewayFor(t);
  const cookie = (await arrive('sun', ['operator'])).cookie.replace('_80=', '_7300=');
  const patch = (headers: Record<string, string>) =>
    app.inject({
      method: 'PATCH',
      url: '/v1/users/sun',
      headers: { cookie, host: 'gateway.test:7300', ...headers },
      payload: { displayName: '县级运维' },
    });
  const cases: [headers: Record<string, string>, status: number][] = [
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://gateway.test:7300' }, 403],
    [{ origin: 'http://other.test:7300' }, 403],
    [{ origin: 'null' }, 403],
    [{}, 403],
    [{ origin: 'http://gateway.test:7300' }, 200],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ ...byKey(), 'sec-fetch-site': 'cross-site' }, 200],
  ];
  for (const [headers, status] of cases)
    t.equal((await patch(headers)).statusCode, status, JSON.stringify(Object.keys(headers)));
  const signIn = await app.inject({
    method: 'POST',
    url: '/v1/session',
    headers: { 'sec-fetch-site': 'cross-site' },
    payload: { name: 'sun', password: OWN },
  });
  t.match(signIn.json(), { code: 'access.cross-site' });
});

t.test(
  'a session ends: when it is left alone, at the end of the day, and when its user is disabled',
  async (t) => {
    const { call, clock, arrive, signIn, byKey } = await gatewayFor(t);
    await arrive('zhou', ['reception']);
    const out = { status: 401, body: { code: 'access.signed-out' } };
    const isIn = async (headers: { cookie: string }) => call('GET', '/v1/session', { headers });

    const idle = (await signIn('zhou', OWN)).cookie;
    clock.advance(IDLE_MS - 1_000);
    t.match(await isIn(idle), { status: 200 });
    clock.advance(IDLE_MS);
    t.match(await isIn(idle), out);

    const long = (await signIn('zhou', OWN)).cookie;
    for (let ms = 0; ms < SESSION_MS - IDLE_MS; ms += IDLE_MS / 2) {
      clock.advance(IDLE_MS / 2);
      t.match(await isIn(long), { status: 200 });
    }
    clock.advance(IDLE_MS / 2);
    await isIn(long);
    clock.advance(IDLE_MS / 2);
    t.match(await isIn(long), out);

    const given = (await signIn('zhou', OWN)).cookie;
    t.equal((await call('DELETE', '/v1/session', { headers: given })).status, 204);
    t.match(await isIn(given), out);

    const disabled = (await signIn('zhou', OWN)).cookie;
    t.match(
      await call('PATCH', '/v1/users/zhou', {
        body: { state: 'disabled' },
        headers: byKey({ 'if-match': '"2"' }),
      }),
      { status: 200, body: { state: 'disabled', version: 3 } },
    );
    t.match(await isIn(disabled), out);
    t.match(await isIn({ cookie: `yikatong_session_80=${'A'.repeat(43)}` }), out);
  },
);

t.test('a new password ends the other sessions, a change of roles changes what a session may', async (t) => {
  const { call, arrive, signIn, byKey } = await gatewayFor(t);
  await arrive('wu', ['auditor']);
  const [here, there] = [(await signIn('wu', OWN)).cookie, (await signIn('wu', OWN)).cookie];
  t.equal((await call('GET', '/v1/audit', { headers: here })).status, 200);
  await call('PATCH', '/v1/users/wu', { body: { roles: ['finance'] }, headers: byKey() });
  t.equal((await call('GET', '/v1/audit', { headers: here })).status, 403);
  const body = { oldPassword: OWN, newPassword: 'a-third-made-up-3' };
  t.equal((await call('PUT', '/v1/session/password', { body, headers: here })).status, 204);
  t.equal((await call('GET', '/v1/session', { headers: here })).status, 200);
  t.equal((await call('GET', '/v1/session', { headers: there })).status, 401);
});

t.test('every sign-in and change is in the audit trail, and no password or wrong name', async (t) => {
  const { call, arrive, signIn, byKey } = await gatewayFor(t);
  await arrive('zheng', ['doctor']);
  await signIn(OWN, 'zheng');
  await signIn('zheng', 'wrong-password');
  const { body } = await call('GET', '/v1/audit?kind=user', { headers: byKey() });
  const acts = body.items.map(
    ({ act, client, subject }: Record<string, string>) => `${client} ${act} ${subject}`,
  );
  t.strictSame(acts.reverse(), [
    'his create zheng',
    'user:zheng sign-in zheng',
    'user:zheng change zheng',
    'user: sign-in-refused unknown',
    'user: sign-in-refused zheng',
  ]);
  t.notMatch(JSON.stringify(body), /made-up|wrong-password/);
});

t.test('users are created once, listed by name, and changed by who has read them', async (t) => {
  const { call, create, byKey } = await gatewayFor(t);
  for (const name of ['b-two', 'a-one', 'c-three']) await create(name, ['reception']);
  t.match(await create('a-one', ['doctor']), { status: 409, body: { code: 'user.exists' } });
  t.match(await create('Wrong Name', ['doctor']), { status: 400, body: { pointer: '/body/name' } });
  t.match(await create('d-four', ['king']), { status: 400 });
  t.match(await create('d-four', ['doctor'], '123'), { status: 422, body: { code: 'access.weak-password' } });
  const page = await call('GET', '/v1/users?limit=2', { headers: byKey() });
  t.match(page.body, { items: [{ name: 'a-one' }, { name: 'b-two' }], next: 'b-two' });
  t.match((await call('GET', '/v1/users?limit=2&after=b-two', { headers: byKey() })).body, {
    items: [{ name: 'c-three' }],
    next: undefined,
  });
  const rename = (headers: Record<string, string>) =>
    call('PATCH', '/v1/users/a-one', { body: { displayName: '一号窗口' }, headers: byKey(headers) });
  t.match(await rename({ 'if-match': '"1"' }), { status: 200, headers: { etag: '"2"' } });
  t.match(await rename({ 'if-match': '"1"' }), { status: 412, body: { code: 'request.version' } });
  t.match(await call('GET', '/v1/users/nobody', { headers: byKey() }), { body: { code: 'user.not-found' } });
  t.match(await call('GET', '/v1/session', { headers: byKey() }), {
    status: 401,
    body: { code: 'access.signed-out' },
  });
});

t.test('two gateways at one host do not sign each other’s people out', async (t) => {
  const { call, arrive, signIn } = await gatewayFor(t);
  await arrive('zheng', ['auditor']);
  const { cookie } = (await signIn('zheng', OWN)).cookie;
  const other = `yikatong_session_81=${'A'.repeat(43)}`;
  const at = async (host: string, cookie: string) =>
    (await call('GET', '/v1/session', { headers: { host, cookie } })).status;
  t.equal(await at('localhost:80', `${other}; ${cookie}`), 200);
  t.equal(await at('localhost:81', `${other}; ${cookie}`), 401, 'each reads the cookie of its own port');
  const behindProxy = await call('POST', '/v1/session', {
    body: { name: 'zheng', password: OWN },
    headers: { host: 'gateway.example' },
  });
  t.match(behindProxy.headers['set-cookie'], /^yikatong_session=/);
});

t.test('what the sandbox lets everybody do is a scope of every session there', async (t) => {
  const { call, arrive } = await gatewayFor(t, ['audit:read']);
  const cookie = await arrive('feng', ['reception']);
  const { scopes } = (await call('GET', '/v1/session', { headers: cookie })).body;
  t.ok(scopes.includes('audit:read'));
  t.ok(scopes.includes('settlement:write'));
  t.equal((await call('GET', '/v1/audit', { headers: cookie })).status, 200);
  t.equal((await call('GET', '/v1/users', { headers: cookie })).status, 403, 'and no more than that');
});
