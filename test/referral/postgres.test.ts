import t from 'tap';
import { openPostgresStore } from '../../adapters/stores/postgres/store.ts';
import { packWith } from '../../src/delivery/packing.ts';
import { type Link, LinkError } from '../../src/delivery/port.ts';
import { deliveryById } from '../../src/delivery/queries.ts';
import { linkSecretOf } from '../../src/delivery/signature.ts';
import { FILING } from '../../src/referral/insured/news.ts';
import { referralsOnFile } from '../../src/referral/on-file.ts';
import { startPostgres } from '../setup/postgres.ts';
import { clinic, creation, hospital, join, organisation, outcome, patient, SECRET } from './organisations.ts';

const server = await startPostgres();
if ('reason' in server) {
  t.plan(0, server.reason);
  process.exit(0);
}
t.teardown(() => server.stop());

async function open(url: string) {
  const store = await openPostgresStore({ url, connectionsMax: 5 });
  t.teardown(() => store.close());
  return store;
}

t.test('a referral closes between gateways that keep their rows in PostgreSQL', async (t) => {
  const here = await organisation(t, clinic, hospital, { store: await open(await server.database()) });
  const there = await organisation(t, hospital, clinic, { store: await open(await server.database()) });
  join(here, hospital, await there.listen());
  join(there, clinic, await here.listen());
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.deliverAll();
  const theirs = (await there.call('GET', '/v1/referrals?state=open')).body.items[0]!.id;
  await there.act(theirs, { type: 'accept' });
  await here.act(id, { type: 'request-cancellation', reason: { text: '患者要求' } });
  await there.act(theirs, { type: 'complete', outcome });
  await Promise.all([here.deliverAll(), there.deliverAll()]);
  for (const [side, which] of [
    [here, id],
    [there, theirs],
  ] as const) {
    t.match((await side.call('GET', `/v1/referrals/${which}`)).body, { state: 'completed', closed: true });
  }
  t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { outcome });
});

t.test('of two reviewers at two gateways of one database, one decides', async (t) => {
  const url = await server.database();
  const referral = { review: { out: true } };
  const one = await organisation(t, clinic, hospital, { store: await open(url), referral });
  const two = await organisation(t, clinic, hospital, { store: await open(url), referral });
  const { id, version } = (await one.call('POST', '/v1/referrals', creation)).body;
  const decide = (side: typeof one, number: string, decision: string) =>
    side.call(
      'POST',
      `/v1/referrals/${id}/review`,
      { decision, reviewer: { number, name: '审核人' }, reason: { code: 'other', text: '见意见' } },
      { 'if-match': `"${version}"` },
    );
  const answers = await Promise.all([decide(one, 'R1', 'approve'), decide(two, 'R2', 'refuse')]);
  t.same(answers.map(({ status }) => status).toSorted(), [200, 412]);
  const approved = answers[0]!.status === 200;
  t.match((await two.call('GET', `/v1/referrals/${id}`)).body, {
    state: approved ? 'requested' : 'cancelled',
  });
  const sent = await one.store.list((db) => db.selectFrom('deliveries').select('id'));
  t.equal(sent.length, approved ? 1 : 0);
});

t.test('of two who have seen an emergency at once, one is kept, and both ends say the same', async (t) => {
  const url = await server.database();
  const referral = { contacts: [{ role: 'emergency', name: '急诊科', told: 'system' as const }] };
  const here = await organisation(t, clinic, hospital, { store: await open(await server.database()) });
  const one = await organisation(t, hospital, clinic, { store: await open(url), referral });
  const two = await organisation(t, hospital, clinic, { store: await open(url), referral });
  join(here, hospital, await one.listen());
  join(one, clinic, await here.listen());
  const { id } = (await here.call('POST', '/v1/referrals', { ...creation, channel: 'green' })).body;
  await here.deliverAll();
  const theirs = (await one.call('GET', '/v1/referrals')).body.items[0]!.id;
  const seen = (side: typeof one, number: string) =>
    side.call('POST', `/v1/referrals/${theirs}/contacts/emergency/seen`, { by: { number, name: '王医生' } });
  await Promise.all([seen(one, 'D1'), seen(two, 'D2')]);
  await one.deliverAll();
  const [near, far] = [
    (await here.call('GET', `/v1/referrals/${id}`)).body.contacts,
    (await two.call('GET', `/v1/referrals/${theirs}`)).body.contacts,
  ];
  t.ok(far?.[0]?.seenBy);
  t.same(near, far);
  const trail = await one.store.list((db) =>
    db.selectFrom('audit').select('seq').where('act', '=', 'contact-seen'),
  );
  t.equal(trail.length, 1);
});

t.test('of several messages at once, a bad one is refused alone', async (t) => {
  const there = await organisation(t, hospital, clinic, { store: await open(await server.database()) });
  const pack = packWith({ secrets: [linkSecretOf(SECRET)] }, there.clock);
  const { department, patient, form, consent, priority } = creation;
  const messages = ['m-1', 'bad', 'm-2', 'm-3'].map((id) => {
    const request = {
      ...{ version: 1, caseId: id, seq: 1, at: '2026-03-02T09:00:00+08:00', direction: 'up' },
      ...{ department, patient, form, consent, priority },
    };
    return {
      ...{ id, correlationId: id, from: clinic.code, to: hospital.code, type: 'referral.request' },
      body: Buffer.from(JSON.stringify(id === 'bad' ? {} : request)),
    };
  });
  const [first, ...more] = messages;
  const taken = () => there.door.takeAll(pack(first!, ...more));
  const outcomes = async () =>
    (await taken()).map((each) => (each.status === 'fulfilled' ? each.value.duplicate : each.reason.code));
  t.same(await outcomes(), [false, 'request.invalid', false, false]);
  t.same(await outcomes(), [true, 'request.invalid', true, true]);
  t.equal((await there.call('GET', '/v1/referrals')).body.items.length, 3);
});

t.test(
  'two gateways on one database share the outbox and the inbox, and each message goes once',
  async (t) => {
    const url = await server.database();
    const sent: string[] = [];
    let turn = 0;
    const link: Link = {
      organisation: hospital.code,
      send: async (message) => {
        sent.push(message.id);
        await new Promise(setImmediate);
        if (turn++ % 5 === 0) throw new LinkError('transient', '503');
        return { messageId: message.id, receivedAt: 1_000, duplicate: false };
      },
      close: async () => undefined,
    };
    const links = () => new Map([[hospital.code, link]]);
    const one = await organisation(t, clinic, hospital, { store: await open(url), links });
    const two = await organisation(t, clinic, hospital, { store: await open(url), links });
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).call('POST', '/v1/referrals', creation)),
    );
    for (const { body } of made.slice(0, 5)) {
      await one.act(body.id, { type: 'request-cancellation', reason: { text: '患者要求' } });
    }
    for (let round = 0; round < 12; round++) {
      await Promise.all([one.worker.runOnce(), two.worker.runOnce()]);
      for (const side of [one, two]) side.clock.advance(60_000);
    }
    const { items: deliveries } = (await one.call('GET', '/v1/deliveries?limit=200')).body;
    t.equal(deliveries.length, 25);
    t.ok(deliveries.every(({ state }) => state === 'delivered'));
    t.equal(
      sent.length,
      deliveries.reduce((sum, { attempts }) => sum + attempts, 0),
    );
    for (const { body } of made) {
      const referral = (await two.call('GET', `/v1/referrals/${body.id}`)).body;
      t.ok(referral.receivedAt, 'its receipt is recorded');
    }
  },
);

t.test('of two acts at two gateways on the same version one wins, and the other is told', async (t) => {
  const url = await server.database();
  const one = await organisation(t, clinic, hospital, { store: await open(url) });
  const two = await organisation(t, clinic, hospital, { store: await open(url) });
  for (let i = 0; i < 10; i++) {
    const { id } = (await one.call('POST', '/v1/referrals', creation)).body;
    const act = { type: 'request-cancellation', reason: { text: '患者要求' } };
    const answers = await Promise.all(
      [one, two].map((side) => side.call('POST', `/v1/referrals/${id}/events`, act, { 'if-match': '"1"' })),
    );
    t.same(answers.map(({ status }) => status).toSorted(), [200, 412]);
  }
});

t.test('the same message at two gateways at once has one effect and one receipt', async (t) => {
  const url = await server.database();
  const here = await organisation(t, clinic, hospital);
  const one = await organisation(t, hospital, clinic, { store: await open(url) });
  const two = await organisation(t, hospital, clinic, { store: await open(url) });
  for (let i = 0; i < 10; i++) {
    await here.call('POST', '/v1/referrals', creation);
    const [newest] = await here.deliveries.list({ limit: 1 });
    const row = await here.store.one(deliveryById, { id: newest!.id });
    const message = here.outbox.messageOf(row!, clinic.code);
    const receipts = await Promise.all([one, two].map((side) => side.inbox.receive(message, message.body)));
    t.same(receipts.map(({ duplicate }) => duplicate).toSorted(), [false, true]);
  }
  t.equal((await one.call('GET', '/v1/referrals')).body.items.length, 10);
});

t.test('a cursor or a subject that the database could not take is refused before', async (t) => {
  const one = await organisation(t, clinic, hospital, { store: await open(await server.database()) });
  for (const path of [
    '/v1/referrals?after=%00',
    '/v1/deliveries?after=%00',
    '/v1/referrals?after=%E5%BC%A0',
  ]) {
    t.match(await one.call('GET', path), { status: 400, body: { pointer: '/querystring/after' } });
  }
});

t.test('a visit finds its referral in PostgreSQL, by the number that the sender told last', async (t) => {
  const store = await open(await server.database());
  const here = await organisation(t, clinic, hospital);
  const there = await organisation(t, hospital, clinic, { store });
  join(here, hospital, await there.listen());
  const { caseId } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.deliverAll();
  const [{ id = '' } = {}] = (await there.call('GET', '/v1/referrals')).body.items;
  const on = referralsOnFile({ ...there, own: hospital, organisations: [clinic] });
  const visit = { identity: patient.identity, at: there.clock.now() };
  t.same(await on.forVisit(visit), { ok: true, value: undefined });
  await there.act(id, { type: 'accept' });
  t.match(await on.forVisit(visit), { value: { id, number: caseId } });
  for (const [revision, number] of [
    [2, 'B2'],
    [1, 'B1'],
    [3, 'B3'],
  ] as const) {
    const said = { version: 1, caseId, insurer: 'nhsa', revision, number, at: '2026-03-02T01:00:00Z' };
    const message = { id: `m-${revision}`, correlationId: 'c', from: clinic.code, to: hospital.code };
    const body = Buffer.from(JSON.stringify(said));
    await store.write(async (unit) => {
      await there.handlers.get(FILING)?.receive(unit, { ...message, type: FILING, body });
    });
  }
  t.match(await on.forVisit({ ...visit, id }), { value: { id, number: 'B3' } });
});
