import t from 'tap';
import { type Link, LinkError } from '../../src/delivery/port.ts';
import { SAMPLE_NUMBER } from '../helper.ts';
import { clinic, creation, hospital, organisation } from '../referral/organisations.ts';

/** The clinic with a link that does what the test says. */
async function clinicWith(t: Parameters<typeof organisation>[0]) {
  const link = {
    organisation: hospital.code,
    failure: undefined as LinkError | undefined,
    messages: [] as string[],
    send: async (message: { id: string }) => {
      link.messages.push(message.id);
      if (link.failure) throw link.failure;
      return { messageId: message.id, receivedAt: 1_000, duplicate: false };
    },
    close: async () => undefined,
  };
  const here = await organisation(t, clinic, hospital, {
    links: () => new Map<string, Link>([[hospital.code, link]]),
  });
  return { here, link };
}

t.test('deliveries are listed newest first, page by page, without what they say', async (t) => {
  const { here } = await clinicWith(t);
  for (let i = 0; i < 5; i++) await here.call('POST', '/v1/referrals', creation);
  const first = await here.call('GET', '/v1/deliveries?limit=2');
  t.equal(first.body.items.length, 2);
  const second = await here.call('GET', `/v1/deliveries?limit=2&after=${first.body.next}`);
  const third = await here.call('GET', `/v1/deliveries?limit=2&after=${second.body.next}`);
  t.equal(third.body.next, undefined);
  const ids = [first, second, third].flatMap(({ body }) => body.items.map(({ id }) => id));
  t.equal(ids.length, 5);
  t.same(ids, ids.toSorted().toReversed());
  t.notMatch(JSON.stringify(first.body), SAMPLE_NUMBER);
});

t.test('deliveries are found by state and organisation', async (t) => {
  const { here } = await clinicWith(t);
  await here.call('POST', '/v1/referrals', creation);
  const found = async (query: string) =>
    (await here.call('GET', `/v1/deliveries?${query}`)).body.items.length;
  t.equal(await found('state=queued'), 1);
  t.equal(await found('state=dead'), 0);
  t.equal(await found(`organisation=${hospital.code}&state=queued`), 1);
  t.equal(await found('organisation=NOBODY0001'), 0);
});

t.test('a dead delivery is replayed once, with the same message, and closes the gap', async (t) => {
  const { here, link } = await clinicWith(t);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  link.failure = new LinkError('permanent', '422 link.not-for-us');
  await here.deliverAll();
  t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { state: 'requested', undelivered: true });
  const dead = (await here.call('GET', '/v1/deliveries?state=dead')).body.items[0]!;
  t.equal(dead.lastError, '422 link.not-for-us');

  link.failure = undefined;
  const replayed = await here.call('POST', `/v1/deliveries/${dead.id}/replay`, undefined, {
    'idempotency-key': 'replay-1',
  });
  t.match(replayed, { status: 201, body: { state: 'queued', replayOf: dead.id, messageId: dead.messageId } });
  const again = await here.call('POST', `/v1/deliveries/${dead.id}/replay`, undefined, {
    'idempotency-key': 'replay-1',
  });
  t.match(again, { status: 201, body: { id: replayed.body.id } });
  const twice = await here.call('POST', `/v1/deliveries/${dead.id}/replay`);
  t.match(twice, { status: 409, body: { code: 'delivery.state' } });

  await here.deliverAll();
  t.same(link.messages, [dead.messageId, dead.messageId]);
  t.match((await here.call('GET', `/v1/deliveries/${replayed.body.id}`)).body, { state: 'delivered' });
  const referral = (await here.call('GET', `/v1/referrals/${id}`)).body;
  t.match(referral, { state: 'received' });
  t.notOk('undelivered' in referral);
});

t.test('only a dead delivery can be replayed', async (t) => {
  const { here } = await clinicWith(t);
  await here.call('POST', '/v1/referrals', creation);
  const { id } = (await here.call('GET', '/v1/deliveries')).body.items[0]!;
  t.match(await here.call('POST', `/v1/deliveries/${id}/replay`), {
    status: 409,
    body: { code: 'delivery.state' },
  });
  await here.deliverAll();
  t.match(await here.call('POST', `/v1/deliveries/${id}/replay`), {
    status: 409,
    body: { code: 'delivery.state' },
  });
});

t.test('bad requests are refused with a stable code', async (t) => {
  const { here } = await clinicWith(t);
  const invalid = { status: 400, body: { code: 'request.invalid' } };
  t.match(await here.call('GET', '/v1/deliveries?state=lost'), invalid);
  t.match(await here.call('GET', '/v1/deliveries?limit=0'), invalid);
  t.match(await here.call('GET', '/v1/deliveries?limit=many'), invalid);
  t.match(await here.call('GET', '/v1/deliveries?colour=red'), invalid);
  t.match(await here.call('GET', '/v1/deliveries?organisation=x'), invalid);
  t.match(await here.call('GET', '/v1/deliveries/nothing'), {
    status: 404,
    body: { code: 'delivery.not-found' },
  });
  t.match(await here.call('GET', '/v1/deliveries/%20'), invalid);
  t.match(await here.call('POST', '/v1/deliveries/nothing/replay'), {
    status: 404,
    body: { code: 'delivery.not-found' },
  });
  const keyless = await here.call('POST', '/v1/deliveries/nothing/replay', undefined, {
    'idempotency-key': '',
  });
  t.match(keyless, { status: 400, body: { code: 'request.key-missing' } });
  for (const [method, url] of [
    ['GET', '/v1/deliveries'],
    ['GET', '/v1/deliveries/x'],
    ['POST', '/v1/deliveries/x/replay'],
  ] as const) {
    t.equal((await here.call(method, url, undefined, { authorization: 'Bearer wrong' })).status, 401);
    t.equal(
      (await here.call(method, url, undefined, { authorization: `Bearer ${here.readerKey}` })).status,
      403,
    );
  }
});
