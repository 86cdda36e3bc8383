import { Webhook } from 'standardwebhooks';
import t, { type Test } from 'tap';
import { WebhookCallError } from '../../../src/events/port.ts';
import { gatewayTelling, startHis } from './world.ts';

async function registered(t: Test, body: object = {}) {
  const his = await startHis(t);
  const here = await gatewayTelling(t);
  const { status, body: webhook } = await here.call('POST', '/v1/webhooks', { url: his.url, ...body });
  t.equal(status, 201);
  const deliveries = async () => (await here.call('GET', `/v1/webhooks/${webhook.id}/deliveries`)).body.items;
  return { his, ...here, webhook, deliveries };
}

t.test('an event is called for, signed as Standard Webhooks, with ids and states alone', async (t) => {
  const { his, happen, side, webhook, deliveries } = await registered(t);
  t.match(webhook.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  await happen('referral-1');
  t.equal(await side.worker.runOnce(), 1);
  t.equal(his.received.length, 1);
  const { body, headers } = his.received[0]!;
  // The library that receivers use judges the signature; its clock is the real one, so the timestamp is not checked.
  const verifier = new Webhook(webhook.secret);
  const signed = verifier.sign(
    String(headers['webhook-id']),
    new Date(Number(headers['webhook-timestamp']) * 1_000),
    body,
  );
  t.equal(headers['webhook-signature'], signed);
  t.strictSame(JSON.parse(body), {
    type: 'referral.state',
    timestamp: '2026-03-02T09:00:00.000+08:00',
    data: { seq: '1', subject: 'referral-1', state: 'received' },
  });
  const [delivery] = await deliveries();
  t.match(delivery, { state: 'delivered', attempts: 1, eventId: headers['webhook-id'], replayed: false });
  t.equal(await side.worker.runOnce(), 0, 'once is enough');
});

t.test('the secret is given once, and a webhook is seen by its own client alone', async (t) => {
  const { call, webhook, otherKey, his } = await registered(t);
  const read = await call('GET', `/v1/webhooks/${webhook.id}`);
  t.match(read.body, { id: webhook.id, url: his.url, state: 'active', types: [] });
  t.notOk('secret' in read.body);
  t.equal((await call('GET', '/v1/webhooks')).body.items.length, 1);
  t.match((await call('GET', `/v1/webhooks/${webhook.id}`, undefined, { key: otherKey })).body, {
    code: 'webhook.not-found',
  });
  t.equal((await call('GET', '/v1/webhooks', undefined, { key: otherKey })).body.items.length, 0);
});

t.test('a webhook gets the types it asked for', async (t) => {
  const { his, happen, side } = await registered(t, { types: ['delivery.state'] });
  await happen('referral-1');
  await happen('delivery-1', 'delivery.state');
  t.equal(await side.worker.runOnce(), 1);
  t.equal(JSON.parse(his.received[0]!.body).data.subject, 'delivery-1');
});

t.test(
  'what fails is tried again, with the same id and body and another timestamp, and then is dead',
  async (t) => {
    const { his, happen, side, clock, call, webhook, deliveries } = await registered(t);
    his.answer = (response) => response.writeHead(500).end();
    await happen('referral-1');
    t.equal(await side.worker.runOnce(), 1);
    t.equal(await side.worker.runOnce(), 0, 'not before its time');
    clock.advance(5_000);
    t.equal(await side.worker.runOnce(), 1);
    const [first, second] = his.received;
    t.equal(first!.headers['webhook-id'], second!.headers['webhook-id']);
    t.equal(first!.body, second!.body);
    t.not(first!.headers['webhook-timestamp'], second!.headers['webhook-timestamp']);
    for (let attempt = 3; attempt <= 10; attempt++) {
      clock.advance(25 * 3_600_000);
      t.equal(await side.worker.runOnce(), 1, `attempt ${attempt}`);
    }
    const [delivery] = await deliveries();
    t.match(delivery, { state: 'dead', attempts: 10 });
    const { body } = await call('GET', `/v1/webhooks/${webhook.id}/deliveries/${delivery.id}`);
    t.equal(body.log.length, 10);
    t.match(body.log[0], { number: 1, status: 500 });
    his.answer = (response) => response.writeHead(200).end();
    const url = `/v1/webhooks/${webhook.id}/deliveries/${delivery.id}/replay`;
    t.match(await call('POST', url), { status: 201, body: { state: 'queued', replayed: true } });
    await side.worker.runOnce();
    t.equal(his.received.at(-1)!.headers['webhook-id'], first!.headers['webhook-id'], 'known by its id');
  },
);

t.test(
  'a redirect is not followed, silence ends, and what is not there is told without its words',
  async (t) => {
    const { his, happen, side, clock, call, webhook } = await registered(t);
    his.answer = (response, count) => {
      if (count === 1) response.writeHead(302, { location: his.url }).end();
      if (count === 3) response.destroy();
    };
    await happen('referral-1');
    for (let attempt = 1; attempt <= 3; attempt++) {
      t.equal(await side.worker.runOnce(), 1);
      clock.advance(3_600_000);
    }
    t.equal(his.received.length, 3);
    const { items } = (await call('GET', `/v1/webhooks/${webhook.id}/deliveries`)).body;
    const { log } = (await call('GET', `/v1/webhooks/${webhook.id}/deliveries/${items[0].id}`)).body;
    t.match(log, [
      { status: 302, error: 'redirects are not followed' },
      { error: 'no answer in time' },
      { error: /^no answer: [A-Z_]+$/ },
    ]);
  },
);

t.test('who is overloaded is left alone with all that waits for him', async (t) => {
  const { his, happen, side, clock } = await registered(t);
  his.answer = (response) => response.writeHead(429, { 'retry-after': '120' }).end();
  await happen('referral-1');
  await side.worker.runOnce();
  his.answer = (response) => response.writeHead(204).end();
  await happen('referral-2');
  t.equal(await side.worker.runOnce(), 0);
  clock.advance(119_000);
  t.equal(await side.worker.runOnce(), 0);
  clock.advance(1_000);
  t.equal(await side.worker.runOnce(), 2);
  t.equal(his.received.length, 3);
});

t.test('410 disables a webhook; enabled again, it gets what waited', async (t) => {
  const { his, happen, side, call, webhook } = await registered(t);
  await happen('referral-1');
  await happen('referral-2');
  his.answer = (response, count) => response.writeHead(count === 1 ? 410 : 204).end();
  await side.worker.runOnce();
  t.match((await call('GET', `/v1/webhooks/${webhook.id}`)).body, { state: 'disabled', cause: 'gone' });
  await happen('referral-3');
  t.equal(await side.worker.runOnce(), 0);
  t.match((await call('POST', `/v1/webhooks/${webhook.id}/enable`)).body, { state: 'active' });
  await happen('referral-4');
  await side.worker.runOnce();
  const told = his.received.slice(2).map(({ body }) => JSON.parse(body).data.subject);
  t.ok(told.includes('referral-4') && !told.includes('referral-3'), 'what it missed meanwhile is in the log');
});

t.test('a time is sent again, once for each request', async (t) => {
  const { his, happen, side, clock, call, webhook } = await registered(t);
  const since = '2026-03-02T09:30:00+08:00';
  await happen('before');
  clock.advance(3_600_000);
  await happen('one');
  await happen('two');
  await side.worker.runOnce();
  const before = his.received.length;
  const again = () =>
    call('POST', `/v1/webhooks/${webhook.id}/replay`, { since }, { 'idempotency-key': 'again-0001' });
  t.match(await again(), { status: 202, body: { events: 2 } });
  t.match(await again(), { status: 202, body: { events: 2 } });
  await side.worker.runOnce();
  const told = his.received.slice(before).map(({ body }) => JSON.parse(body).data.subject);
  t.strictSame(told.sort(), ['one', 'two']);
});

t.test('a removed webhook is called no more', async (t) => {
  const { his, happen, side, call, webhook } = await registered(t);
  await happen('referral-1');
  t.equal((await call('DELETE', `/v1/webhooks/${webhook.id}`)).status, 204);
  t.equal(await side.worker.runOnce(), 0);
  t.equal(his.received.length, 0);
  t.equal((await call('GET', `/v1/webhooks/${webhook.id}`)).status, 404);
});

t.test('nothing within the network is called, neither by address nor by name', async (t) => {
  const his = await startHis(t);
  const { call, store } = await gatewayTelling(t, { hosts: [] });
  for (const url of [
    his.url,
    `https://127.0.0.1:${his.port}/`,
    'https://localhost/',
    'http://example.com/',
  ]) {
    t.match(await call('POST', '/v1/webhooks', { url }), { status: 422, body: { code: 'webhook.url' } }, url);
  }
  t.ok(store);
  t.equal(his.received.length, 0);
});

t.test('a host that is off the list again is called no more', async (t) => {
  const his = await startHis(t);
  const before = await gatewayTelling(t);
  await before.call('POST', '/v1/webhooks', { url: his.url });
  await before.happen('referral-1');
  const after = await gatewayTelling(t, { hosts: [], store: before.store });
  t.equal(await after.side.worker.runOnce(), 1);
  t.equal(his.received.length, 0);
});

t.test('several gateways share the calls, and each is made once', async (t) => {
  const his = await startHis(t);
  const one = await gatewayTelling(t, { gatewayId: 'one' });
  const two = await gatewayTelling(t, { gatewayId: 'two', store: one.store });
  await one.call('POST', '/v1/webhooks', { url: his.url });
  for (let index = 0; index < 8; index++) await one.happen(`referral-${index}`);
  for (let round = 0; round < 6; round++) {
    await Promise.all([one.side.worker.runOnce(), two.side.worker.runOnce()]);
  }
  t.equal(his.received.length, 8);
  t.equal(new Set(his.received.map(({ headers }) => headers['webhook-id'])).size, 8);
});

t.test('the calls of a gateway that is stuck are taken over after their lease', async (t) => {
  const his = await startHis(t);
  const cut = (_call: unknown, signal: AbortSignal) =>
    new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new WebhookCallError('cut'))),
    );
  const caller = { call: cut, close: async () => undefined };
  const stuck = await gatewayTelling(t, { gatewayId: 'stuck', caller });
  const other = await gatewayTelling(t, { gatewayId: 'other', store: stuck.store });
  const { body } = await stuck.call('POST', '/v1/webhooks', { url: his.url });
  await stuck.happen('referral-1');
  const stuckRound = stuck.side.worker.runOnce();
  t.equal(await other.side.worker.runOnce(), 0);
  other.clock.advance(61_000);
  t.equal(await other.side.worker.runOnce(), 1);
  await stuckRound;
  const { items } = (await other.call('GET', `/v1/webhooks/${body.id}/deliveries`)).body;
  t.match(items, [{ state: 'delivered' }], 'its own late word changes nothing');
});

t.test('a client has twenty webhooks at most', async (t) => {
  const { call } = await gatewayTelling(t);
  for (let index = 0; index < 20; index++) {
    t.equal((await call('POST', '/v1/webhooks', { url: `https://his.example.com/${index}` })).status, 201);
  }
  t.match(await call('POST', '/v1/webhooks', { url: 'https://his.example.com/' }), {
    status: 409,
    body: { code: 'webhook.limit' },
  });
});
