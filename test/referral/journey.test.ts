import t from 'tap';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';
import { appointment, creation, joined, outcome, patient } from './organisations.ts';

t.test('a referral goes to the other gateway over HTTP and comes back closed', async (t) => {
  const { here, there } = await joined(t);

  const created = await here.call('POST', '/v1/referrals', creation);
  t.equal(created.status, 201);
  t.match(created.body, {
    state: 'requested',
    status: 'requested',
    direction: 'up',
    role: 'initiator',
    version: 1,
  });
  t.same(created.body.actions, ['request-cancellation']);
  t.equal(created.headers.etag, '"1"');
  const id = created.body.id;

  await here.deliverAll();
  const sent = await here.call('GET', `/v1/referrals/${id}`);
  t.match(sent.body, { state: 'received', status: 'received', businessStatus: '2.0', version: 2 });

  const listed = await there.call('GET', '/v1/referrals?role=recipient&state=open');
  t.equal(listed.body.items.length, 1);
  t.match(listed.body.items[0], {
    state: 'received',
    patient: { name: '张*' },
    peer: { name: '前进村卫生室' },
  });
  t.notMatch(JSON.stringify(listed.body), SAMPLE_NUMBER);
  const theirs = listed.body.items[0]!.id;
  const full = await there.call('GET', `/v1/referrals/${theirs}`);
  t.match(full.body, {
    caseId: id,
    correlationId: id,
    patient,
    form: creation.form,
    consent: creation.consent,
  });

  const acts = [
    [{ type: 'accept' }, 'accepted'],
    [{ type: 'schedule', appointment }, 'scheduled'],
    [{ type: 'arrive' }, 'arrived'],
    [{ type: 'note', text: '已收住院' }, 'noted'],
    [{ type: 'complete', outcome }, 'completed'],
  ] as const;
  for (const [act, state] of acts) {
    const answer = await there.act(theirs, act);
    t.equal(answer.status, 200);
    t.equal(answer.body.state, state);
    await there.deliverAll();
    t.equal((await here.call('GET', `/v1/referrals/${id}`)).body.state, state);
  }

  const closed = await here.call('GET', `/v1/referrals/${id}`);
  t.match(closed.body, { closed: true, actions: [], outcome, appointment });

  const histories = await Promise.all([
    here.call('GET', `/v1/referrals/${id}/history`),
    there.call('GET', `/v1/referrals/${theirs}/history`),
  ]);
  const told = histories.map(({ body }) =>
    body.items.map((e) => `${e.who} ${e.type} ${e.from}→${e.to} ${e.transition}`),
  );
  const shared = [
    'recipient accept received→accepted 02',
    'recipient schedule accepted→scheduled 06',
    'recipient arrive scheduled→arrived Y06',
    'recipient note arrived→noted Y12',
    'recipient complete noted→completed 30',
  ];
  t.same(told[0], [
    'initiator send draft→requested Y01',
    'initiator receipt requested→received Y02',
    ...shared,
  ]);
  t.same(told[1], ['initiator send draft→received 01', ...shared]);
  t.match(histories[0].body.items[5], { text: '已收住院' });
  t.match(histories[0].body.items[6], { result: outcome });
  t.equal(histories[1].body.items[5]?.delivery, 'delivered');

  const states = here.events.filter(({ type }) => type === 'referral.state').map(({ data }) => data.state);
  t.same(states, ['requested', 'received', ...acts.map(([, state]) => state)]);
});

t.test('a cancellation that the recipient refuses goes on, one that it confirms ends both', async (t) => {
  const { here, there } = await joined(t);
  const id = (await here.call('POST', '/v1/referrals', creation)).body.id;
  await here.deliverAll();
  const theirs = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  const reason = { code: 'patient-request', text: '患者要求' };

  await there.act(theirs, { type: 'accept' });
  await there.deliverAll();
  const asked = await here.act(id, { type: 'request-cancellation', reason });
  t.match(asked.body, { state: 'cancellation-requested', businessStatus: '5.2', actions: ['remind'] });
  await here.deliverAll();
  t.same((await there.call('GET', `/v1/referrals/${theirs}`)).body.actions, [
    'complete',
    'confirm-cancellation',
    'refuse-cancellation',
  ]);
  await there.act(theirs, { type: 'refuse-cancellation', reason });
  await there.deliverAll();
  t.equal((await here.call('GET', `/v1/referrals/${id}`)).body.state, 'accepted');

  await here.act(id, { type: 'request-cancellation', reason });
  await here.deliverAll();
  await there.act(theirs, { type: 'confirm-cancellation' });
  await there.deliverAll();
  for (const [side, which] of [
    [here, id],
    [there, theirs],
  ] as const) {
    t.match((await side.call('GET', `/v1/referrals/${which}`)).body, {
      state: 'cancelled',
      status: 'cancelled',
      closed: true,
    });
  }
});

t.test('a cancellation that crosses a decline is ignored, and the history says so', async (t) => {
  const { here, there } = await joined(t);
  const id = (await here.call('POST', '/v1/referrals', creation)).body.id;
  await here.deliverAll();
  const theirs = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  await there.act(theirs, { type: 'decline', reason: { text: '无床位' } });
  await here.act(id, { type: 'request-cancellation', reason: { text: '患者要求' } });
  await here.deliverAll();
  await there.deliverAll();
  for (const [side, which] of [
    [here, id],
    [there, theirs],
  ] as const) {
    t.match((await side.call('GET', `/v1/referrals/${which}`)).body, {
      state: 'declined',
      reason: { text: '无床位' },
    });
    const { items: history } = (await side.call('GET', `/v1/referrals/${which}/history`)).body;
    t.equal(history.find((entry) => entry.type === 'request-cancellation')?.outcome, 'ignored');
  }
});

t.test('each look at and change of a referral is on the trail, and the trail holds', async (t) => {
  const { here, there } = await joined(t);
  const id = (await here.call('POST', '/v1/referrals', creation)).body.id;
  await here.deliverAll();
  await here.call('GET', `/v1/referrals/${id}`);
  await here.call('GET', `/v1/referrals/${id}/history`);
  await here.call('GET', '/v1/referrals');
  const rows = await here.store.list<{ act: string; client: string }>((db) =>
    db.selectFrom('audit').selectAll(),
  );
  t.same(
    rows.map(({ client, act }) => `${client} ${act}`),
    ['his create', 'his read', 'his read-history', 'his list'],
  );
  const theirs = await there.store.list<{ act: string; client: string }>((db) =>
    db.selectFrom('audit').selectAll(),
  );
  t.same(
    theirs.map(({ client, act }) => `${client} ${act}`),
    ['gateway receive'],
  );
  t.same(await here.audit.verify(), []);
});

t.test('nothing personal lies in plain text in any table of either side', async (t) => {
  const { here, there } = await joined(t);
  await here.call('POST', '/v1/referrals', creation);
  await here.deliverAll();
  const theirs = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  await there.act(theirs, { type: 'complete', outcome }); // refused: not accepted yet
  await there.act(theirs, { type: 'accept', text: `已联系${SAMPLE_NAME}` });
  await there.act(theirs, { type: 'complete', outcome });
  await there.deliverAll();
  for (const side of [here, there]) {
    for (const table of [
      'referrals',
      'referral_events',
      'referral_waiting',
      'deliveries',
      'inbox',
      'requests',
      'audit',
    ] as const) {
      const rows = await side.store.list<Record<string, unknown>>((db) => db.selectFrom(table).selectAll());
      for (const value of rows.flatMap((row) => Object.values(row))) {
        const text = value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
        for (const secret of [
          SAMPLE_NAME,
          SAMPLE_NUMBER,
          patient.phone,
          patient.address,
          '高血压',
          '李医生',
        ]) {
          t.notOk(text.includes(secret), `${table} shows ${secret}`);
        }
      }
    }
  }
});
