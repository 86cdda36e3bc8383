import t from 'tap';
import { timestampOf } from '../../src/clock.ts';
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
  const stuck = (await here.call('GET', `/v1/referrals/${id}`)).body;
  t.match(stuck, { state: 'requested', undelivered: true });
  const dead = (await here.call('GET', '/v1/deliveries?state=dead')).body.items[0]!;
  const { items: history } = (await here.call('GET', `/v1/referrals/${id}/history`)).body;
  t.match(stuck.nonDelivery, [
    { event: history[0]!.id, type: 'send', deliveryId: dead.id, code: 'delivery.refused', hop: 'REC_' },
  ]);
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
  t.notOk('nonDelivery' in referral);
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

t.test('a dead delivery carries a report for its sender: what happened, where, and what to do', async (t) => {
  const { here, link } = await clinicWith(t);
  await here.call('POST', '/v1/referrals', creation);
  link.failure = new LinkError('permanent', '422 link.not-for-us', undefined, 'link.not-for-us');
  await here.deliverAll();
  const dead = (await here.call('GET', '/v1/deliveries?state=dead')).body.items[0]!;
  t.match(dead, {
    report: { code: 'link.not-for-us', hop: 'REC_', title: /^REC_ 这条消息不是发给本机构的/, next: /核对/ },
  });
  const english = await here.call('GET', `/v1/deliveries/${dead.id}`, undefined, {
    'accept-language': 'en',
  });
  t.match(english.body, { report: { title: /^REC_ This message/, next: /receiver code/ } });
});

t.test('deliveries are found by message, case, type, reason and time', async (t) => {
  const { here, link } = await clinicWith(t);
  await here.call('POST', '/v1/referrals', creation);
  await here.deliverAll();
  here.clock.advance(60_000);
  const later = timestampOf(here.clock.now());
  link.failure = new LinkError('permanent', '422 link.not-for-us', undefined, 'link.not-for-us');
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.deliverAll();
  const found = async (query: Record<string, string>) =>
    (await here.call('GET', `/v1/deliveries?${new URLSearchParams(query)}`)).body.items;
  const [second, first] = await found({});
  const ids = async (query: Record<string, string>) => (await found(query)).map((item) => item.id);
  t.same(await ids({ messageId: first!.messageId }), [first!.id]);
  t.same(await ids({ correlationId: id }), [second!.id]);
  t.same(await ids({ reason: 'link.not-for-us' }), [second!.id]);
  t.same(await ids({ since: later }), [second!.id]);
  t.same(await ids({ until: later }), [first!.id]);
  t.same(await ids({ type: 'referral.request' }), [second!.id, first!.id]);
  t.same(await ids({ type: 'referral.event' }), []);
  t.same(await ids({ state: 'dead', since: later, correlationId: id, organisation: hospital.code }), [
    second!.id,
  ]);
});

t.test('one id finds a delivery by its own, its message’s and its case’s', async (t) => {
  const { here } = await clinicWith(t);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.call('POST', '/v1/referrals', creation);
  const found = async (about: string) =>
    (await here.call('GET', `/v1/deliveries?about=${about}`)).body.items.map((item) => item.id);
  const [delivery] = (await here.call('GET', `/v1/deliveries?correlationId=${id}`)).body.items;
  for (const about of [delivery!.id, delivery!.messageId, id])
    t.same(await found(about), [delivery!.id], about);
  t.same(await found('nothing'), []);
});

t.test(
  'who may see referrals as well finds a person’s deliveries, and the search is written down',
  async (t) => {
    const { here } = await clinicWith(t);
    await here.call('POST', '/v1/referrals', creation);
    const search = (documentNumber: string, more: object = {}, headers = {}) =>
      here.call(
        'POST',
        '/v1/deliveries/search',
        { patient: { documentType: 'resident-id', documentNumber }, ...more },
        headers,
      );
    t.equal((await search(SAMPLE_NUMBER)).body.items.length, 1);
    t.same((await search(SAMPLE_NUMBER, { state: 'dead' })).body.items, []);
    t.same((await search('110101199003078515')).body.items, []);
    const rows = await here.store.list<{ subject: string; detail: string }>((db) =>
      db.selectFrom('audit').selectAll().where('act', '=', 'search-by-person'),
    );
    t.equal(rows.length, 3);
    t.notMatch(JSON.stringify(rows), SAMPLE_NUMBER);
    const operator = { authorization: `Bearer ${here.operatorKey}` };
    t.equal((await here.call('GET', '/v1/deliveries', undefined, operator)).status, 200);
    t.match(await search(SAMPLE_NUMBER, {}, operator), {
      status: 403,
      body: { code: 'access.forbidden', facts: { scope: 'referral:read' } },
    });
  },
);

t.test('many dead deliveries are replayed by a filter, counted before, and each only once', async (t) => {
  const { here, link } = await clinicWith(t);
  link.failure = new LinkError('permanent', '422 link.not-for-us', undefined, 'link.not-for-us');
  for (let i = 0; i < 5; i++) await here.call('POST', '/v1/referrals', creation);
  await here.deliverAll();
  link.failure = undefined;
  const filter = { organisation: hospital.code, reason: 'link.not-for-us' };
  const replay = (body: object) => here.call('POST', '/v1/deliveries/replay', body);

  t.match(await replay({ filter, dryRun: true }), {
    status: 200,
    body: { matched: 5, replayed: 0, remaining: 5, dryRun: true },
  });
  t.match((await replay({ filter: { organisation: 'NOBODY0001' } })).body, { matched: 0, replayed: 0 });
  t.equal(await here.worker.runOnce(), 0, 'counting sends nothing');

  const sentBefore = link.messages.slice();
  t.match((await replay({ filter, max: 2 })).body, { matched: 5, replayed: 2, remaining: 3 });
  const [one] = (await here.call('GET', '/v1/deliveries?state=dead')).body.items.slice(-1);
  t.match(one, { replayedAs: String });
  t.match((await replay({ filter })).body, { matched: 3, replayed: 3, remaining: 0 });
  t.match((await replay({ filter })).body, { matched: 0, replayed: 0 });
  await here.deliverAll();
  t.same(link.messages.slice(5).toSorted(), sentBefore.toSorted(), 'the same messages, each once more');
  const audit = await here.store.list<{ detail: string }>((db) =>
    db.selectFrom('audit').selectAll().where('act', '=', 'replay'),
  );
  t.equal(audit.length, 2);
});

t.test('two replays of many at the same time send each message once', async (t) => {
  const { here, link } = await clinicWith(t);
  link.failure = new LinkError('permanent', '422');
  for (let i = 0; i < 6; i++) await here.call('POST', '/v1/referrals', creation);
  await here.deliverAll();
  const answers = await Promise.all(
    [1, 2].map(() => here.call('POST', '/v1/deliveries/replay', { filter: {} })),
  );
  t.equal(
    answers.reduce((sum, { body }) => sum + (body as unknown as { replayed: number }).replayed, 0),
    6,
  );
});

t.test('bad requests are refused with a stable code', async (t) => {
  const { here } = await clinicWith(t);
  const invalid = { status: 400, body: { code: 'request.invalid' } };
  t.match(await here.call('GET', '/v1/deliveries?state=lost'), invalid);
  t.match(await here.call('GET', '/v1/deliveries?limit=0'), invalid);
  t.match(await here.call('GET', '/v1/deliveries?limit=1001'), invalid);
  t.match(await here.call('GET', '/v1/deliveries?limit=many'), invalid);
  t.match(await here.call('GET', '/v1/deliveries?colour=red'), invalid);
  t.match(await here.call('GET', '/v1/deliveries?organisation=x'), invalid);
  t.match(await here.call('GET', '/v1/deliveries?since=yesterday'), invalid);
  t.match(await here.call('GET', '/v1/deliveries?reason=%27'), invalid);
  t.match(await here.call('POST', '/v1/deliveries/replay', {}), invalid);
  t.match(await here.call('POST', '/v1/deliveries/replay', { filter: { state: 'queued' } }), invalid);
  t.match(await here.call('POST', '/v1/deliveries/replay', { filter: {}, max: 0 }), invalid);
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
    ['POST', '/v1/deliveries/replay'],
  ] as const) {
    t.equal((await here.call(method, url, undefined, { authorization: 'Bearer wrong' })).status, 401);
    t.equal(
      (await here.call(method, url, undefined, { authorization: `Bearer ${here.readerKey}` })).status,
      403,
    );
  }
});
