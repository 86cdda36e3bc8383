import t, { type Test } from 'tap';
import { ClientDirectory, newKey } from '../../../src/access/clients.ts';
import { purseRoutes } from '../../../src/card/purse/routes.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import { INITIAL_FEN, newWorld } from './world.ts';

const his = newKey('his');
const stranger = newKey('stranger');

async function gateway(t: Test) {
  const world = await newWorld(t);
  const app = await buildGateway({
    ...world,
    clients: new ClientDirectory([
      { id: 'his', keyHash: his.hash, scopes: new Set(['purse:write']) },
      { id: 'stranger', keyHash: stranger.hash, scopes: new Set(['reading:write']) },
    ]),
    requestsPerMinuteMax: 10_000,
    sandbox: false,
    version: '0.0.0',
    features: [
      purseRoutes({ purse: world.service, idempotency: new Idempotency({ ...world, gatewayId: 'gw' }) }),
    ],
  });
  t.teardown(() => app.close());
  const call = async (method: 'GET' | 'POST', url: string, payload?: object, key?: string, client = his) => {
    const headers = {
      authorization: `Bearer ${client.key}`,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    };
    const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
  };
  const pay = (payload: object, key?: string) =>
    call('POST', '/v1/readers/desk-1/purse/purchases', { timeoutMs: 0, ...payload }, key);
  return { ...world, call, pay };
}

t.test('a purse is looked at, paid from and loaded', async (t) => {
  const { call, pay, card } = await gateway(t);
  const seen = await call('POST', '/v1/readers/desk-1/purse/balance', { timeoutMs: 0 });
  t.match(seen, { status: 200, body: { balance: '100.00', log: [] } });
  const paid = await pay({ amount: '12.30' }, 'key-00000001');
  t.match(paid, { status: 201, body: { state: 'debited', balanceAfter: '87.70' } });
  t.same((await call('GET', `/v1/purse-transactions/${paid.body.id}`)).body, paid.body);
  const order = { amount: '5.00', timeoutMs: 0 };
  const loaded = await call('POST', '/v1/readers/desk-1/purse/loads', order, 'key-00000002');
  t.match(loaded, { status: 201, body: { state: 'credited', balanceAfter: '92.70' } });
  t.equal(card.balanceFen, 92_70);
});

t.test('a repeat with the same key gets the same answer and debits nobody', async (t) => {
  const { pay, card } = await gateway(t);
  const paid = await pay({ amount: '12.30' }, 'key-00000001');
  const again = await pay({ amount: '12.30' }, 'key-00000001');
  t.same(again.body, paid.body);
  t.equal(again.headers['idempotency-replayed'], 'true');
  t.match(await pay({ amount: '12.31' }, 'key-00000001'), {
    status: 422,
    body: { code: 'request.key-reused' },
  });
  t.equal(card.balanceFen, INITIAL_FEN - 1_230);
});

t.test('money needs a key, a right and an amount', async (t) => {
  const { call, pay, card } = await gateway(t);
  t.match(await pay({ amount: '12.30' }), { status: 400, body: { code: 'request.key-missing' } });
  for (const amount of ['0.00', '12.3', '-1.00', '10000000.00', 12.3]) {
    t.equal((await pay({ amount }, 'key-00000001')).status, 400, String(amount));
  }
  const order = { amount: '1.00' };
  const url = '/v1/readers/desk-1/purse/purchases';
  t.equal((await call('POST', url, order, 'key-00000001', stranger)).status, 403);
  t.equal(card.balanceFen, INITIAL_FEN);
});

t.test('a torn purchase is found by its state and resolved by its card, or reviewed', async (t) => {
  const { call, pay, reader, card } = await gateway(t);
  reader.slot.pull(0x54, 'after');
  const torn = await pay({ amount: '12.30' }, 'key-00000001');
  t.match(torn, { status: 201, body: { state: 'torn' } });
  const { id: transactionId } = torn.body;
  t.match((await call('GET', '/v1/purse-transactions?state=torn')).body, { items: [{ id: transactionId }] });
  reader.slot.lay(card);
  t.match(await pay({ amount: '12.30' }, 'key-00000002'), {
    status: 409,
    body: { code: 'purse.torn', facts: { transactionId, state: 'debited' } },
  });
  const resolved = await call('POST', '/v1/readers/desk-1/purse/resolve', { transactionId, timeoutMs: 0 });
  t.match(resolved, { status: 200, body: { state: 'debited', confirmedBy: 'log' } });
  const review = { outcome: 'not-executed', note: 'x' };
  t.match(await call('POST', `/v1/purse-transactions/${transactionId}/review`, review), {
    status: 409,
    body: { code: 'purse.state', facts: { state: 'debited' } },
  });
  t.match(await call('POST', '/v1/readers/desk-1/purse/resolve', { transactionId: 'none' }), {
    status: 404,
    body: { code: 'purse.not-found' },
  });
});
