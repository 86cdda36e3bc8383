import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import t from 'tap';
import { newKey, SCOPES } from '../../src/access/clients.ts';
import { type ErrorCode, errorTable } from '../../src/errors.ts';
import { type BadValue, badValuesOf, sampleOf } from './bad-bodies.ts';
import {
  bodyOf,
  descriptionOf,
  isOfSession,
  nameOf,
  type Operation,
  operationsOf,
  pathOf,
  scopeOf,
} from './interface.ts';
import { type Answer, type Call, call, startWorld } from './world.ts';

const SEED = 20260302;
const BODY_BYTES_MAX = 1_048_576;
const json = { 'content-type': 'application/json' };

/** Two clients of which each may do what the other may not. */
const outsiders = [newKey('outsider-a'), newKey('outsider-b')] as const;
const halves = [SCOPES.slice(0, SCOPES.length / 2), SCOPES.slice(SCOPES.length / 2)] as const;

const world = await startWorld(t, {
  clients: halves.map((scopes, i) => ({
    id: `outsider-${'ab'[i]}`,
    keyHash: outsiders[i]!.hash,
    scopes: [...scopes],
  })),
});
const description = await descriptionOf(world.url);
const all = operationsOf(description);
/** FHIR answers in its own words, OperationOutcome; a test of its own is below. */
const isFhir = ({ path }: Operation) => path.startsWith('/fhir/');
const described = all.filter((operation) => !isFhir(operation));
/** What is for people who are signed in at a page has tests of its own, in test/access/users. */
const operations = described.filter((operation) => !isOfSession(operation));

/** What is wrong with an answer that should be a refusal with this code and pointer; nothing when all is right. */
function complaint(
  answer: Answer,
  expected: { status: number; code: ErrorCode; pointer?: string },
): string[] {
  const complaints: string[] = [];
  const problem = JSON.parse(answer.body || '{}') as Record<string, unknown>;
  const kind = errorTable[problem.code as ErrorCode];
  if (answer.status !== expected.status || problem.code !== expected.code)
    complaints.push(`${answer.status} ${String(problem.code)}, not ${expected.status} ${expected.code}`);
  if (expected.pointer !== undefined && problem.pointer !== expected.pointer)
    complaints.push(`points at ${String(problem.pointer)}, not ${expected.pointer}`);
  if (answer.headers['content-type'] !== 'application/problem+json; charset=utf-8')
    complaints.push('media type');
  if (answer.headers['x-yikatong-sandbox'] !== 'true' || problem.sandbox !== true) complaints.push('no mark');
  if (answer.headers['x-request-id'] !== problem.requestId) complaints.push('request id');
  if (problem.status !== answer.status || problem.place !== kind?.place)
    complaints.push('not as in the table');
  return complaints;
}

/** Sends many bad requests, a few at a time, and answers what was wrong with the refusals. */
async function complaintsOf(
  cases: Iterable<Call & { what: string; status: number; code: ErrorCode; pointer?: string }>,
): Promise<string[]> {
  const found: string[] = [];
  const waiting = cases[Symbol.iterator]();
  const work = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      const { what, status, code, pointer, ...request } = next.value;
      const expected = { status, code, ...(pointer === undefined ? {} : { pointer }) };
      const wrong = complaint(await call(request), expected);
      found.push(...wrong.map((each) => `${what}: ${each}`));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return found;
}

const guarded = operations.filter((operation) => scopeOf(operation) !== undefined);
const withBody = operations.filter((operation) => bodyOf(operation) !== undefined);
const urlOf = (operation: Operation) => world.url + pathOf(operation, SEED);
const requestFor = (operation: Operation) => ({
  what: nameOf(operation),
  method: operation.method,
  url: urlOf(operation),
});

t.test(
  'the description names every route, in two languages, with what it answers and who may call',
  async (t) => {
    t.equal(description.openapi, '3.1.0');
    t.ok(described.length > 30);
    t.ok(withBody.length >= 9);
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    for (const operation of described) {
      const { summary = '', path, parameters, responses, security, requestBody } = operation;
      const name = nameOf(operation);
      t.match(summary, /\p{Script=Han}.* ?\/ .*[A-Za-z]/u, `${name}: ${summary}`);
      t.ok(security, `${name} says who may call`);
      const scope = scopeOf(operation);
      if (scope === undefined) t.match(path, /^\/(health\/|v1\/(link\/|session))/, `${name} needs no key`);
      else t.ok((SCOPES as readonly string[]).includes(scope), `${name}: ${scope}`);
      const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      t.ok(good.length > 0, name);
      for (const [status, { content }] of good) t.ok(status === '204' || content, `${name} ${status}`);
      t.ok(responses['4XX']?.content?.['application/problem+json'], `${name} fails with a problem`);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      t.same(
        parameters
          .filter((each) => each.in === 'path')
          .map((each) => each.name)
          .sort(),
        inPath.sort(),
        name,
      );
      const media = [requestBody ?? {}, ...Object.values(responses)].flatMap(({ content = {} }) =>
        Object.values(content),
      );
      for (const { schema } of media) t.ok(ajv.compile(schema ?? {}), name);
    }
  },
);

t.test('without a key, or with a made-up one, nothing is done', async (t) => {
  const refusal = { status: 401, code: 'access.unknown-key' } as const;
  const found = await complaintsOf(
    guarded.flatMap((operation) => [
      { ...requestFor(operation), ...refusal },
      { ...requestFor(operation), ...refusal, key: 'yk_his_made-up', headers: json, body: '{' },
    ]),
  );
  t.same(found, []);
});

t.test('with a key that lacks the scope nothing is done, and the body is not looked at', async (t) => {
  const refusal = { status: 403, code: 'access.forbidden' } as const;
  const outsiderTo = (operation: Operation) => {
    const index = halves[0].includes(scopeOf(operation) as (typeof SCOPES)[number]) ? 1 : 0;
    return outsiders[index].key;
  };
  const found = await complaintsOf(
    guarded.map((operation) => ({
      ...requestFor(operation),
      ...refusal,
      key: outsiderTo(operation),
      ...(operation.method === 'GET' ? {} : { headers: json, body: '{' }),
    })),
  );
  t.same(found, []);
});

t.test('a body that is no JSON, of another type, or too large is refused as what it is', async (t) => {
  const writes = operations.filter(({ method }) => method !== 'GET');
  const found = await complaintsOf(
    writes.flatMap((operation) => {
      const request = { ...requestFor(operation), key: world.key };
      const isLink = operation.path.startsWith('/v1/link/');
      const refusals: [status: number, code: ErrorCode, headers: Record<string, string>, body?: string][] = [
        [415, 'request.media-type', { 'content-type': 'text/xml' }, '<a/>'],
        [415, 'request.media-type', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1'],
        [413, 'request.too-large', { ...json, 'content-length': String(64 * BODY_BYTES_MAX) }],
      ];
      // What other gateways send is signed as bytes, and looked at only when the signature holds.
      const noJson = isLink ? ([401, 'link.unknown-sender'] as const) : ([400, 'request.malformed'] as const);
      for (const body of ['{', '{"a":1,}', 'null x', '\u0000', '{"__proto__":{"a":1}}'])
        refusals.push([...noJson, json, body]);
      return refusals.map(([status, code, headers, body]) => ({
        ...request,
        ...{ what: `${request.what} ${body ?? 'large'}`, status, code, headers },
        ...(body === undefined ? {} : { body }),
      }));
    }),
  );
  t.same(found, []);
});

t.test('every field of every body is held to its type, its limits and its presence', async (t) => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  let sent = 0;
  for (const operation of withBody) {
    const schema = bodyOf(operation)!;
    const good = sampleOf(schema, SEED);
    const validate = ajv.compile(schema);
    t.ok(validate(good), `a body for ${nameOf(operation)}: ${ajv.errorsText(validate.errors)}`);
    const bad: BadValue[] = [...badValuesOf(schema, good)].filter(({ value }) => !validate(value));
    t.ok(bad.length > 5, nameOf(operation));
    sent += bad.length;
    const found = await complaintsOf(
      bad.map(({ what, value, pointer }) => ({
        ...requestFor(operation),
        what: `${nameOf(operation)} ${pointer} ${what}`,
        key: world.key,
        ...{ headers: json, body: JSON.stringify(value) },
        ...({ status: 400, code: 'request.invalid', pointer: `/body${pointer}` } as const),
      })),
    );
    t.same(found, [], nameOf(operation));
  }
  t.comment(`${sent} bad bodies`);
});

t.test('a route that takes no body refuses one that says something', async (t) => {
  const silent = operations.filter(({ method, path }) => method === 'POST' && !path.startsWith('/v1/link'));
  const found = await complaintsOf(
    silent
      // Files are taken as multipart bodies, of which no schema tells.
      .filter((operation) => !bodyOf(operation) && !operation.path.endsWith('/attachments'))
      .map((operation) => ({
        ...requestFor(operation),
        key: world.key,
        headers: { ...json, 'idempotency-key': 'hostile-0001' },
        body: '{"amount":"1.00"}',
        ...({ status: 400, code: 'request.invalid', pointer: '/body' } as const),
      })),
  );
  t.same(found, []);
});

t.test('every parameter of every path and query is held to its schema', async (t) => {
  const refusal = { status: 400, code: 'request.invalid' } as const;
  const cases = operations.flatMap((operation) => {
    const queries = operation.parameters.filter((parameter) => parameter.in === 'query');
    const paths = operation.parameters.filter((parameter) => parameter.in === 'path');
    const request = { ...requestFor(operation), key: world.key, ...refusal };
    const body = bodyOf(operation);
    const sent = body ? { headers: json, body: JSON.stringify(sampleOf(body, SEED)) } : {};
    const query = (text: string, name: string) => {
      // What must be there is, so that the one under test is what is wrong.
      const others = queries
        .filter((each) => each.required && each.name !== name)
        .map((each) => `&${each.name}=${encodeURIComponent(String(sampleOf(each.schema, SEED)))}`);
      const url = `${request.url}?${text}${others.join('')}`;
      return { ...request, ...sent, what: `${request.what}?${text}`, url, pointer: `/querystring/${name}` };
    };
    return [
      ...(queries.length > 0 ? [query('unknown=1', 'unknown')] : []),
      ...queries.flatMap(({ name, schema }) => [
        query(`${name}=a&${name}=b`, name),
        ...(schema.type === 'integer' ? ['x', '', '1.5', '0', '1e9', 'null'] : []).map((text) =>
          query(`${name}=${text}`, name),
        ),
        ...(schema.enum || schema.pattern ? ['%00', 'no%20such%20word'] : []).map((text) =>
          query(`${name}=${text}`, name),
        ),
      ]),
      ...paths.map(({ name }) => ({
        ...{ ...request, ...sent, what: `${request.what} with a bad ${name}` },
        url: world.url + pathOf({ ...operation, path: operation.path.replace(`{${name}}`, '~%00~') }, SEED),
        pointer: `/params/${name}`,
      })),
    ];
  });
  t.ok(cases.length > 60);
  t.same(await complaintsOf(cases), []);
});

t.test(
  'the headers that the description requires are required, and those that are given are held to it',
  async (t) => {
    const takes = (operation: Operation, header: string) =>
      operation.parameters.find(({ in: place, name }) => place === 'header' && name === header);
    const cases = operations.flatMap((operation) => {
      const body = bodyOf(operation);
      const request = { ...requestFor(operation), key: world.key };
      const sent = body ? { body: JSON.stringify(sampleOf(body, SEED)) } : {};
      const [key, version] = [takes(operation, 'idempotency-key'), takes(operation, 'if-match')];
      const own = { 'idempotency-key': `hostile ${nameOf(operation)}`.replace(/[^\x21-\x7e]|[{}]/g, '-') };
      const type = body ? json : {};
      return [
        ...(key?.required
          ? [
              {
                ...request,
                ...sent,
                headers: type,
                ...({ status: 400, code: 'request.key-missing' } as const),
              },
            ]
          : []),
        ...(key
          ? ['short', 'x'.repeat(129), 'with a space'].map((text) => ({
              ...{ ...request, ...sent, headers: { ...type, 'idempotency-key': text } },
              ...({ status: 400, code: 'request.invalid', pointer: '/headers/idempotency-key' } as const),
            }))
          : []),
        ...(version?.required
          ? [
              {
                ...request,
                ...sent,
                headers: { ...type, ...own },
                ...({ status: 428, code: 'request.version-missing' } as const),
              },
            ]
          : []),
      ];
    });
    t.ok(cases.length > 30);
    t.same(await complaintsOf(cases), []);
  },
);

t.test('a body that holds for the schema is never met with a failure of the gateway', async (t) => {
  for (const operation of operations) {
    const body = bodyOf(operation);
    if (nameOf(operation) === 'GET /v1/events') continue;
    const answer = await call({
      ...requestFor(operation),
      key: world.key,
      headers: { ...(body ? json : {}), 'idempotency-key': `good-${SEED}-${operations.indexOf(operation)}` },
      ...(body ? { body: JSON.stringify(sampleOf(body, SEED)) } : {}),
    });
    t.ok(answer.status < 500, `${nameOf(operation)} ${answer.status} ${answer.body.slice(0, 200)}`);
    t.equal(answer.headers['x-yikatong-sandbox'], 'true', nameOf(operation));
    t.ok(answer.headers['x-request-id'], nameOf(operation));
  }
});

t.test('over FHIR every refusal is an OperationOutcome', async (t) => {
  const over = all.filter(isFhir);
  t.ok(over.length > 10);
  for (const operation of over) {
    const request = { method: operation.method, url: urlOf(operation) };
    const name = nameOf(operation);
    const outcome = (answer: Answer, status: number) => {
      t.equal(answer.status, status, name);
      t.match(JSON.parse(answer.body), { resourceType: 'OperationOutcome', issue: [{}] }, name);
    };
    if (scopeOf(operation) === undefined) t.equal(operation.path, '/fhir/metadata');
    else outcome(await call({ ...request, key: 'yk_his_made-up' }), 401);
    if (bodyOf(operation) === undefined) continue;
    const key = world.key;
    outcome(await call({ ...request, key, headers: json, body: '{' }), 400);
    outcome(await call({ ...request, key, headers: { 'content-type': 'text/xml' }, body: '<a/>' }), 415);
  }
});
