import t, { type Test } from 'tap';
import Type from 'typebox';
import { ClientDirectory, newKey } from '../../src/access/clients.ts';
import { Fault } from '../../src/errors.ts';
import { buildGateway } from '../../src/gateway.ts';
import { ANSWERS_KEPT_MS, type Answer, Idempotency, type Repeatable } from '../../src/http/idempotency.ts';
import type { Store } from '../../src/store/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testParts } from '../helper.ts';

const his = newKey('his');
const desk = newKey('desk');

type Parts = Awaited<ReturnType<typeof testParts>>;

/** A gateway with one route whose handler a test replaces, on a store it may share with another gateway. */
async function gateway(t: Test, parts: Parts, gatewayId = 'gw') {
  const idempotency = new Idempotency({ ...parts, gatewayId });
  const seen: Repeatable[] = [];
  const state = {
    handler: async ({ resourceId }: Repeatable): Promise<Answer> => ({
      status: 201,
      body: { id: resourceId },
    }),
  };
  const scope = 'settlement:write' as const;
  const app = await buildGateway({
    ...parts,
    clients: new ClientDirectory([
      { id: 'his', keyHash: his.hash, scopes: new Set([scope]) },
      { id: 'desk', keyHash: desk.hash, scopes: new Set([scope]) },
    ]),
    requestsPerMinuteMax: 10_000,
    sandbox: false,
    version: '0.0.0',
    features: [
      async (app) => {
        const response = { 201: Type.Object({ id: Type.String(), name: Type.Optional(Type.String()) }) };
        app.post('/v1/bills', { config: { scope }, schema: { response } }, async (request, reply) =>
          idempotency.run(request, reply, (repeatable) => {
            seen.push(repeatable);
            return state.handler(repeatable);
          }),
        );
      },
    ],
  });
  t.teardown(() => app.close());
  const post = (key: string | undefined, payload: object = { bill: 1 }, client = his) =>
    app.inject({
      method: 'POST',
      url: '/v1/bills',
      payload,
      headers: {
        authorization: `Bearer ${client.key}`,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
    });
  return { app, post, seen, state, idempotency };
}

t.test('a repeat gets the first answer, byte for byte, and nothing runs again', async (t) => {
  const { post, seen, state } = await gateway(t, await testParts(t));
  // `hidden` is not in the response schema: it must show in neither answer.
  state.handler = async ({ resourceId }) => ({
    status: 201,
    body: { hidden: 1, name: SAMPLE_NAME, id: resourceId },
  });
  const first = await post('key-00000001');
  t.equal(first.statusCode, 201);
  t.notOk('idempotency-replayed' in first.headers);
  t.same(Object.keys(first.json()).sort(), ['id', 'name']);
  for (let i = 0; i < 3; i++) {
    const again = await post(i === 1 ? '"key-00000001"' : 'key-00000001');
    t.equal(again.statusCode, 201);
    t.equal(again.headers['idempotency-replayed'], 'true');
    t.equal(again.headers['content-type'], first.headers['content-type']);
    t.equal(again.body, first.body);
  }
  t.equal(seen.length, 1);
});

t.test('another body under the same key is refused, another client’s key is its own', async (t) => {
  const { post, seen } = await gateway(t, await testParts(t));
  await post('key-00000001', { bill: 1 });
  const other = await post('key-00000001', { bill: 2 });
  t.equal(other.statusCode, 422);
  t.equal(other.json().code, 'request.key-reused');
  t.equal((await post('key-00000001', { bill: 2 }, desk)).statusCode, 201);
  t.equal(seen.length, 2);
});

t.test('a repeat of what still runs is told to wait', async (t) => {
  const { post, seen, state } = await gateway(t, await testParts(t));
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  state.handler = async ({ resourceId }) => {
    begun.resolve();
    await held.promise;
    return { status: 201, body: { id: resourceId } };
  };
  const first = post('key-00000001');
  await begun.promise;
  const repeat = await post('key-00000001');
  t.equal(repeat.statusCode, 409);
  t.equal(repeat.json().code, 'request.running');
  t.equal(repeat.headers['retry-after'], '1');
  held.resolve();
  t.equal((await first).statusCode, 201);
  t.equal((await post('key-00000001')).body, (await first).body);
  t.equal(seen.length, 1);
});

t.test('of twenty at once, one runs', async (t) => {
  const { post, seen } = await gateway(t, await testParts(t));
  const answers = await Promise.all(Array.from({ length: 20 }, () => post('key-00000001')));
  const statuses = Map.groupBy(answers, (answer) => answer.statusCode);
  t.equal(seen.length, 1);
  t.same(
    [...statuses.keys()].filter((status) => status !== 201 && status !== 409),
    [],
  );
  t.equal(new Set((statuses.get(201) ?? []).map((answer) => answer.body)).size, 1);
});

t.test('a refusal that may pass is forgotten, and the next repeat runs as new', async (t) => {
  const { post, seen, state } = await gateway(t, await testParts(t));
  const answer = state.handler;
  state.handler = async () => {
    throw new Fault('insurer.unreachable');
  };
  t.equal((await post('key-00000001')).statusCode, 503);
  state.handler = answer;
  t.equal((await post('key-00000001')).statusCode, 201);
  t.equal(seen.length, 2);
  t.not(seen[0]!.resourceId, seen[1]!.resourceId);
});

t.test('a refusal that lasts is remembered, and given to every repeat', async (t) => {
  const { post, seen, state } = await gateway(t, await testParts(t));
  state.handler = async () => {
    throw new Fault('insurer.refused', { detail: 'no' });
  };
  const first = await post('key-00000001');
  t.equal(first.statusCode, 422);
  const again = await post('key-00000001');
  t.equal(again.statusCode, 422);
  t.equal(again.headers['content-type'], 'application/problem+json; charset=utf-8');
  t.same(again.json(), first.json());
  t.equal(seen.length, 1);
});

t.test('what the gateway failed at goes on with the same resource id, at any gateway', async (t) => {
  const parts = await testParts(t);
  const here = await gateway(t, parts);
  const there = await gateway(t, parts, 'other');
  for (const [key, error] of [
    ['key-00000001', new Error('a bug')],
    ['key-00000002', new Fault('gateway.store')],
  ] as const) {
    here.state.handler = async () => {
      throw error;
    };
    t.ok((await here.post(key)).statusCode >= 500);
    t.equal((await there.post(key)).statusCode, 201);
    t.equal(there.seen.at(-1)!.resourceId, here.seen.at(-1)!.resourceId);
  }
});

t.test(
  'an answer that could not be stored is not given, and the repeat goes on with the same id',
  async (t) => {
    const parts = await testParts(t);
    const failing = { on: false };
    const store: Store = Object.assign(Object.create(parts.store), {
      write: (work: Parameters<Store['write']>[0]) =>
        failing.on ? Promise.reject(new Fault('gateway.store')) : parts.store.write(work),
      one: parts.store.one.bind(parts.store),
    });
    const { post, seen, state } = await gateway(t, { ...parts, store });
    const answer = state.handler;
    state.handler = async (repeatable) => {
      failing.on = true;
      return answer(repeatable);
    };
    t.equal((await post('key-00000001')).statusCode, 503);
    failing.on = false;
    state.handler = answer;
    t.equal((await post('key-00000001')).statusCode, 201);
    t.equal(seen[0]!.resourceId, seen[1]!.resourceId);
  },
);

t.test(
  'what a dead gateway left running is taken over: its own at once, another’s when it must be dead',
  async (t) => {
    const parts = await testParts(t);
    const dead = await gateway(t, parts);
    dead.state.handler = () => new Promise(() => undefined);
    const begun = () => new Promise((resolve) => setImmediate(resolve));
    void dead.post('key-00000001');
    void dead.post('key-00000002');
    while (dead.seen.length < 2) await begun();
    const restarted = await gateway(t, parts);
    t.equal((await restarted.post('key-00000001')).statusCode, 201);
    t.equal(restarted.seen[0]!.resourceId, dead.seen[0]!.resourceId);
    const other = await gateway(t, parts, 'other');
    t.equal((await other.post('key-00000002')).json().code, 'request.running');
    parts.clock.advance(15 * 60_000);
    t.equal((await other.post('key-00000002')).statusCode, 201);
    t.equal(other.seen[0]!.resourceId, dead.seen[1]!.resourceId);
  },
);

t.test('a key that is missing, too short, too long or not printable is told as such', async (t) => {
  const { post, seen } = await gateway(t, await testParts(t));
  for (const key of [undefined, '', '""']) t.equal((await post(key)).json().code, 'request.key-missing');
  for (const key of ['short', 'x'.repeat(129), 'has a blank', 'täglich-neu']) {
    const answer = await post(key);
    t.equal(answer.statusCode, 400);
    t.match(answer.json(), { code: 'request.invalid', pointer: '/headers/idempotency-key' });
  }
  t.equal(seen.length, 0);
});

t.test('answers are kept for their time and then forgotten', async (t) => {
  const parts = await testParts(t);
  const { post, seen, idempotency } = await gateway(t, parts);
  await post('key-00000001');
  parts.clock.advance(ANSWERS_KEPT_MS - 1);
  await idempotency.expire();
  t.equal((await post('key-00000001')).headers['idempotency-replayed'], 'true');
  parts.clock.advance(2);
  await idempotency.expire();
  t.equal((await post('key-00000001')).statusCode, 201);
  t.equal(seen.length, 2);
});

t.test('what is remembered tells nothing about the person to who reads the disk', async (t) => {
  const parts = await testParts(t);
  const { post, state } = await gateway(t, parts);
  state.handler = async () => ({ status: 201, body: { id: SAMPLE_NUMBER, name: SAMPLE_NAME } });
  await post('key-00000001', { number: SAMPLE_NUMBER });
  const rows = await parts.store.list<Record<string, unknown>>((db) => db.selectFrom('requests').selectAll());
  const text = rows
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)));
  t.notMatch(text.join('\n'), SAMPLE_NUMBER);
});
