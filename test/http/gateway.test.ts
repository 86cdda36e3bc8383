import { once } from 'node:events';
import { connect } from 'node:net';
import type { FastifyPluginAsync } from 'fastify';
import { type Logger, pino } from 'pino';
import t, { type Test } from 'tap';
import Type from 'typebox';
import { Amount, Strict } from '../../schemas/common.ts';
import { ClientDirectory, newKey, type Scope } from '../../src/access/clients.ts';
import { Fault } from '../../src/errors.ts';
import { buildGateway } from '../../src/gateway.ts';
import { testIds, testLogger } from '../helper.ts';

const reader = newKey('reader');
const writer = newKey('writer');
const clientOf = (id: string, key: { hash: string }, ...scopes: Scope[]) => ({
  id,
  keyHash: key.hash,
  scopes: new Set(scopes),
});

const slow = { begun: Promise.withResolvers<void>(), finish: Promise.withResolvers<void>() };

/** Routes that show what the gateway does around every feature's. */
const feature: FastifyPluginAsync = async (app) => {
  app.get('/v1/things/:id', { config: { scope: 'reading:write' } }, async () => ({ one: true }));
  app.post(
    '/v1/things',
    {
      config: { scope: 'settlement:write' },
      schema: {
        body: Strict({
          count: Type.Integer({ minimum: 0 }),
          amount: Type.Optional(Amount),
          flag: Type.Optional(Type.Boolean()),
          list: Type.Optional(Type.Array(Strict({ code: Type.String() }))),
        }),
      },
    },
    async (request) => request.body as object,
  );
  app.get(
    '/v1/things',
    {
      config: { scope: 'reading:write' },
      schema: { querystring: Strict({ limit: Type.Optional(Type.Integer({ minimum: 1 })) }) },
    },
    async (request) => request.query as object,
  );
  app.get('/v1/fails', { config: { scope: 'public' } }, async () => {
    throw new Error('the patient 111111198101011110 was not expected');
  });
  app.get('/v1/slow', { config: { scope: 'public' } }, async () => {
    slow.begun.resolve();
    await slow.finish.promise;
    return { slow: true };
  });
  app.get('/v1/refuses', { config: { scope: 'public' } }, async () => {
    throw new Fault('insurer.refused', {
      detail: '已停保 / suspended',
      facts: { insurerCode: '-1' },
      retryAfterS: 7,
    });
  });
};

async function gateway(
  t: Test,
  more: { requestsPerMinuteMax?: number; sandbox?: boolean; logger?: Logger } = {},
) {
  const app = await buildGateway({
    logger: testLogger(),
    ids: testIds,
    clients: new ClientDirectory([
      clientOf('reader', reader, 'reading:write'),
      clientOf('writer', writer, 'settlement:write', 'reading:write'),
    ]),
    requestsPerMinuteMax: 1_000,
    sandbox: false,
    version: '0.0.0',
    features: [feature],
    ...more,
  });
  t.teardown(() => app.close());
  return app;
}

const as = (key: { key: string }, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${key.key}`,
  ...more,
});

t.test('no key, a made-up key and a malformed one are told to come with a key', async (t) => {
  const app = await gateway(t);
  const headers = [
    {},
    { authorization: 'Bearer yk_made_up' },
    { authorization: reader.key },
    { authorization: `Basic ${reader.key}` },
    { authorization: `Bearer ${'x'.repeat(5_000)}` },
  ];
  for (const each of headers) {
    const answer = await app.inject({ url: '/v1/things/1', headers: each });
    t.equal(answer.statusCode, 401);
    t.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
    t.match(answer.json(), { code: 'access.unknown-key', place: 'desk', requestId: String });
  }
});

t.test('a key without the scope is told which scope it lacks, before its body is looked at', async (t) => {
  const app = await gateway(t);
  const payload = { nonsense: true };
  const answer = await app.inject({ method: 'POST', url: '/v1/things', headers: as(reader), payload });
  t.equal(answer.statusCode, 403);
  t.match(answer.json(), { code: 'access.forbidden', facts: { scope: 'settlement:write' } });
});

t.test('a key with the scope is let in, whatever the case of the word Bearer', async (t) => {
  const app = await gateway(t);
  t.equal((await app.inject({ url: '/v1/things/1', headers: as(reader) })).statusCode, 200);
  const headers = { authorization: `bearer ${reader.key}` };
  t.equal((await app.inject({ url: '/v1/things/1', headers })).statusCode, 200);
});

t.test('a route that names no scope stops the start', async (t) => {
  const open: FastifyPluginAsync = async (app) => {
    app.get('/v1/open', async () => ({}));
  };
  const built = buildGateway({
    logger: testLogger(),
    ids: testIds,
    clients: new ClientDirectory([]),
    requestsPerMinuteMax: 1,
    sandbox: false,
    version: '0.0.0',
    features: [open],
  });
  await t.rejects(built, { message: 'the route GET /v1/open names no scope' });
});

t.test('a failure is told in Chinese, or in English to who asks for it first', async (t) => {
  const app = await gateway(t);
  const titleFor = async (language?: string) => {
    const headers = language === undefined ? {} : { 'accept-language': language };
    return (await app.inject({ url: '/v1/refuses', headers })).json().title;
  };
  for (const language of [undefined, 'zh-CN', 'zh-CN,en;q=0.8', 'fr', '']) {
    t.equal(await titleFor(language), '医保系统拒绝了这笔业务');
  }
  for (const language of ['en', 'en-GB', 'EN-us,zh;q=0.5'])
    t.equal(await titleFor(language), 'The insurer refused');
});

t.test('a Fault carries its detail, its facts and how long to wait', async (t) => {
  const app = await gateway(t);
  const answer = await app.inject('/v1/refuses');
  t.equal(answer.statusCode, 422);
  t.equal(answer.headers['retry-after'], '7');
  t.match(answer.json(), {
    type: 'urn:yikatong:problem:insurer.refused',
    status: 422,
    detail: '已停保 / suspended',
    facts: { insurerCode: '-1' },
    next: String,
    again: 'after-change',
  });
});

t.test('a bug is told to nobody but the log, and there without the person', async (t) => {
  const lines: string[] = [];
  const app = await gateway(t, { logger: pino({}, { write: (line: string) => lines.push(line) }) });
  const answer = await app.inject('/v1/fails?number=111111198101011110');
  t.equal(answer.statusCode, 500);
  t.match(answer.json(), { code: 'gateway.fault', requestId: answer.headers['x-request-id'] });
  t.notMatch(answer.body, /111111198101011110|patient/);
  const told = lines.map((line) => JSON.parse(line)).find((line) => line.msg === 'unexpected failure');
  t.match(told, {
    requestId: answer.json().requestId,
    code: 'gateway.fault',
    err: { type: 'Error', at: /gateway\.test\.ts/ },
  });
  t.notMatch(lines.join(''), /111111198101011110/);
});

t.test('an unknown path is 404, a known path with another method 405 and what it allows', async (t) => {
  const app = await gateway(t);
  for (const url of ['/', '/v1/nothing', '/v1/things/1/2', '/%', '/v1/things/%zz', '/%2e%2e/etc']) {
    const answer = await app.inject({ url, headers: as(reader) });
    t.equal(answer.statusCode, 404, url);
    t.equal(answer.json().code, 'request.unknown-route', url);
    t.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
  }
  for (const [method, url, allow] of [
    ['DELETE', '/v1/things/1', 'GET, HEAD'],
    ['PATCH', '/v1/things?x=1', 'GET, HEAD, POST'],
    ['POST', '/v1/refuses', 'GET, HEAD'],
  ] as const) {
    const answer = await app.inject({ method, url, headers: as(reader) });
    t.equal(answer.statusCode, 405, url);
    t.equal(answer.json().code, 'request.method');
    t.equal(answer.headers.allow, allow);
  }
});

const json = { 'content-type': 'application/json' };

t.test(
  'a body that is not JSON, is empty, too large or of another type is refused as what it is',
  async (t) => {
    const app = await gateway(t);
    const cases: [payload: string, type: string | undefined, status: number, code: string][] = [
      ['{"count":', 'application/json', 400, 'request.malformed'],
      ['', 'application/json', 400, 'request.malformed'],
      ['{"count":1,"__proto__":{"x":1}}', 'application/json', 400, 'request.malformed'],
      ['count=1', 'application/x-www-form-urlencoded', 415, 'request.media-type'],
      ['<a/>', 'text/xml', 415, 'request.media-type'],
      ['{"count":1}', 'text/plain', 400, 'request.invalid'],
      ['{"count":1}', 'not a type', 415, 'request.media-type'],
      [`{"x":"${'x'.repeat(1_100_000)}"}`, 'application/json', 413, 'request.too-large'],
    ];
    for (const [payload, type, status, code] of cases) {
      const headers = as(writer, type === undefined ? {} : { 'content-type': type });
      const answer = await app.inject({ method: 'POST', url: '/v1/things', headers, payload });
      t.same([answer.statusCode, answer.json().code], [status, code], `${type} ${payload.slice(0, 40)}`);
      t.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
    }
    const none = await app.inject({ method: 'POST', url: '/v1/things', headers: as(writer) });
    t.equal(none.statusCode, 400);
  },
);

t.test('a body is taken exactly as it is: nothing is coerced, dropped or added', async (t) => {
  const app = await gateway(t);
  const post = (payload: object) =>
    app.inject({ method: 'POST', url: '/v1/things', headers: as(writer, json), payload });
  const cases: [body: object, pointer: string][] = [
    [{ count: null }, '/body/count'],
    [{ count: '5' }, '/body/count'],
    [{ count: 1.5 }, '/body/count'],
    [{ count: true }, '/body/count'],
    [{ count: [1] }, '/body/count'],
    [{ count: -1 }, '/body/count'],
    [{}, '/body/count'],
    [[], '/body'],
    [{ count: 1, amount: 12.3 }, '/body/amount'],
    [{ count: 1, amount: '12.3' }, '/body/amount'],
    [{ count: 1, flag: 'true' }, '/body/flag'],
    [{ count: 1, flag: 0 }, '/body/flag'],
    [{ count: 1, extra: 1 }, '/body/extra'],
    [{ count: 1, 'a/b~c': 1 }, '/body/a~1b~0c'],
    [{ count: 1, list: [{ code: 'x' }, { code: 7 }] }, '/body/list/1/code'],
    [{ count: 1, list: [{}] }, '/body/list/0/code'],
    [{ count: 1, list: [{ code: 'x', more: 1 }] }, '/body/list/0/more'],
  ];
  for (const [body, pointer] of cases) {
    const answer = await post(body);
    t.equal(answer.statusCode, 400, JSON.stringify(body));
    t.match(answer.json(), { code: 'request.invalid', pointer, detail: String }, JSON.stringify(body));
  }
  const long = await post({ count: 1, ['x'.repeat(10_000)]: 1 });
  t.ok(long.json().pointer.length < 200, 'a field name is not repeated without end');
  const good = await post({ count: 5, amount: '12.30' });
  t.same(good.json(), { count: 5, amount: '12.30' });
});

t.test('a query is text, so its numbers are read from text, and nothing else is let through', async (t) => {
  const app = await gateway(t);
  const get = (query: string) => app.inject({ url: `/v1/things?${query}`, headers: as(reader) });
  t.same((await get('limit=5')).json(), { limit: 5 });
  for (const query of ['limit=x', 'limit=0', 'limit=1&limit=2', 'limit=', 'other=1']) {
    const answer = await get(query);
    t.equal(answer.statusCode, 400, query);
    t.match(answer.json(), { code: 'request.invalid', pointer: /^\/querystring\// });
  }
});

t.test('a client that asks too often is told how long to wait; another client is not held up', async (t) => {
  const app = await gateway(t, { requestsPerMinuteMax: 3 });
  const ask = (key: { key: string }) => app.inject({ url: '/v1/things/1', headers: as(key) });
  for (let i = 0; i < 3; i++) t.equal((await ask(reader)).statusCode, 200);
  const refused = await ask(reader);
  t.equal(refused.statusCode, 429);
  t.equal(refused.headers['content-type'], 'application/problem+json; charset=utf-8');
  t.match(refused.json(), { code: 'request.rate', again: 'yes' });
  t.match(refused.headers['retry-after'], /^[1-9]\d*$/);
  t.equal((await ask(writer)).statusCode, 200);
});

t.test('the sandbox says so in every answer, the real gateway in none', async (t) => {
  const sandbox = await gateway(t, { sandbox: true });
  for (const url of ['/v1/nothing', '/v1/things/1', '/v1/refuses']) {
    const answer = await sandbox.inject({ url, headers: as(reader) });
    t.equal(answer.headers['x-yikatong-sandbox'], 'true', url);
  }
  t.equal((await sandbox.inject('/v1/refuses')).json().sandbox, true);
  const real = await gateway(t);
  const answer = await real.inject('/v1/refuses');
  t.notOk('x-yikatong-sandbox' in answer.headers);
  t.notOk('sandbox' in answer.json());
});

t.test('the interface describes itself', async (t) => {
  const app = await gateway(t);
  const description = (await app.inject('/openapi.json')).json();
  t.equal(description.openapi, '3.1.0');
  t.ok(description.paths['/v1/things'].post);
  t.equal((await app.inject('/docs/')).statusCode, 200);
});

t.test('a path with a part that is far too long is unknown, and stands in no log', async (t) => {
  const lines: string[] = [];
  const app = await gateway(t, { logger: pino({}, { write: (line: string) => lines.push(line) }) });
  const answer = await app.inject({ url: `/v1/things/${'z'.repeat(500)}`, headers: as(reader) });
  t.equal(answer.statusCode, 404);
  t.equal(answer.json().code, 'request.unknown-route');
  t.notMatch(lines.join(''), /zzz/);
});

t.test('a file that the documentation can not give is unknown', async (t) => {
  const app = await gateway(t);
  for (const url of ['/docs/static/%00', '/docs/static/nothing', '/docs/static/..%2fpackage.json']) {
    const answer = await app.inject(url);
    t.equal(answer.statusCode, 404, url);
    t.equal(answer.json().code, 'request.unknown-route', url);
  }
});

t.test(
  'while the gateway stops, what is under way is answered and what comes is refused as ours',
  async (t) => {
    const app = await gateway(t);
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const line = connect(Number(new URL(url).port), '127.0.0.1');
    let heard = '';
    line.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
    });
    const get = (path: string) => line.write(`GET ${path} HTTP/1.1\r\nhost: gateway\r\n\r\n`);
    get('/v1/slow');
    await slow.begun.promise;
    const closing = app.close();
    get('/v1/refuses');
    await new Promise((resolve) => setTimeout(resolve, 20));
    slow.finish.resolve();
    await Promise.all([closing, once(line, 'close')]);
    t.match(heard, /HTTP\/1\.1 200 OK.*HTTP\/1\.1 503 .*application\/problem\+json.*"gateway\.stopping"/s);
  },
);
