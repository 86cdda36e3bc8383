import t from 'tap';
import { creation, hospital, joined, outcome, type TestOrganisation } from './organisations.ts';

const emergency = {
  ...creation,
  priority: 'stat',
  channel: 'green',
  consent: { given: 'deferred', by: 'relative' },
} as const;
const HOUR_MS = 3_600_000;

/** The one referral that came in. */
async function incoming(there: TestOrganisation): Promise<string> {
  return (await there.call('GET', '/v1/referrals?role=recipient')).body.items[0]!.id;
}

/** Changes a referral's claim on the version it has. */
async function claim(side: TestOrganisation, id: string, act: 'claim' | 'release', body: object) {
  const { headers } = await side.call('GET', `/v1/referrals/${id}`);
  return side.call('POST', `/v1/referrals/${id}/${act}`, body, { 'if-match': String(headers.etag) });
}

t.test('a doctor claims a referral; a second one is told who has it and may not act', async (t) => {
  const { here, there } = await joined(t);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.deliverAll();
  const theirs = await incoming(there);
  const wang = { number: 'D001', name: '王医生' };
  const zhao = { number: 'D002', name: '赵医生' };
  t.match(await claim(there, theirs, 'claim', { doctor: wang }), {
    status: 200,
    body: { claim: { doctor: wang } },
  });
  t.equal((await claim(there, theirs, 'claim', { doctor: wang })).status, 200, 'the same again is harmless');
  const taken = { status: 409, body: { code: 'referral.claimed', facts: { doctor: 'D001' } } };
  t.match(await claim(there, theirs, 'claim', { doctor: zhao }), taken);
  t.match(await there.act(theirs, { type: 'accept' }), taken, 'nobody in particular is not the doctor');
  t.match(await there.act(theirs, { type: 'accept', doctor: 'D002' }), taken);
  t.match(await claim(there, theirs, 'release', { doctor: zhao }), taken, 'not without a reason');
  t.match((await claim(there, theirs, 'release', { doctor: zhao, reason: '王医生下班' })).status, 200);
  t.match((await claim(there, theirs, 'claim', { doctor: zhao })).body, { claim: { doctor: zhao } });
  t.match(await there.act(theirs, { type: 'accept', doctor: 'D002' }), { status: 200 });
  await there.deliverAll();
  const sent = (await here.call('GET', `/v1/referrals/${id}`)).body;
  t.match(sent, { state: 'accepted' });
  t.notOk('claim' in sent, 'a claim is the receiver’s own business');
  t.match(await claim(here, id, 'claim', { doctor: wang }), {
    status: 422,
    body: { code: 'referral.transition' },
  });
});

t.test('two clerks at once: one acts, the other is told that it has changed', async (t) => {
  const { here, there } = await joined(t);
  await here.call('POST', '/v1/referrals', creation);
  await here.deliverAll();
  const theirs = await incoming(there);
  const version = { 'if-match': '"1"' };
  const url = `/v1/referrals/${theirs}/events`;
  const answers = await Promise.all([
    there.call('POST', url, { type: 'accept' }, version),
    there.call('POST', url, { type: 'decline', reason: { code: 'no-bed', text: '无床位' } }, version),
  ]);
  t.same(answers.map(({ status }) => status).sort(), [200, 412]);
});

t.test('reasons are coded where a table has them', async (t) => {
  const { here } = await joined(t);
  const table = (await here.call('GET', '/v1/referrals/reasons')).body.items as unknown as {
    code: string;
    for: string;
  }[];
  t.ok(table.some(({ code, for: use }) => code === 'no-bed' && use === 'decline'));
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  const asked = (code: string) =>
    here.act(id, { type: 'request-cancellation', reason: { code, text: '误开' } });
  t.match(await asked('no-bed'), { status: 400, body: { pointer: '/body/reason/code' } });
  t.match(await asked('raised-in-error'), { status: 200 });
});

t.test(
  'an emergency is under way from the start, is amended, owes its consent, and is confirmed on arrival',
  async (t) => {
    const { here, there } = await joined(t);
    const made = await here.call('POST', '/v1/referrals', emergency);
    t.match(made.body, {
      state: 'active',
      businessStatus: '5.1',
      channel: 'green',
      consentDue: { overdue: false },
    });
    const { id } = made.body;
    await here.deliverAll();
    t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { state: 'active', receivedAt: String });
    const theirs = await incoming(there);
    const got = (await there.call('GET', `/v1/referrals/${theirs}`)).body;
    t.match(got, { state: 'active', channel: 'green', consentDue: { overdue: false } });
    t.notOk(got.actions.includes('accept'));
    t.ok(got.actions.includes('arrive'));

    const form = { ...creation.form, impression: '急性心肌梗死' };
    t.match((await here.act(id, { type: 'amend', form })).body, { form, state: 'active' });
    await here.deliverAll();
    t.match((await there.call('GET', `/v1/referrals/${theirs}`)).body, { form });
    here.clock.advance(HOUR_MS / 4 + 1);
    t.match(await here.act(id, { type: 'amend', form }), {
      status: 409,
      body: { code: 'referral.amend-closed' },
    });

    t.match((await there.act(theirs, { type: 'arrive' })).body, { state: 'arrived' });
    const consent = { given: 'written', by: 'relative' } as const;
    t.match(await here.act(id, { type: 'consent', consent: { ...consent, given: 'deferred' } }), {
      status: 400,
    });
    const handed = (await here.act(id, { type: 'consent', consent })).body;
    t.match(handed, { consent });
    t.notOk('consentDue' in handed);
    t.match(await here.act(id, { type: 'consent', consent }), {
      status: 409,
      body: { code: 'referral.consent-not-owed' },
    });
    there.clock.advance(HOUR_MS / 4 + 1);
    await here.deliverAll();
    await there.deliverAll();
    const both = [
      await here.call('GET', `/v1/referrals/${id}`),
      await there.call('GET', `/v1/referrals/${theirs}`),
    ];
    for (const { body } of both) t.match(body, { state: 'arrived', consent });
    t.notOk('consentDue' in both[1]!.body);
  },
);

t.test('an ordinary referral is not amended', async (t) => {
  const { here } = await joined(t);
  const { id, actions } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.deliverAll();
  t.notOk(actions.includes('amend'));
  t.match(await here.act(id, { type: 'amend', form: creation.form }), {
    body: { code: 'referral.amend-closed' },
  });
});

t.test('a reminder reaches the other side, leaves the state, and is limited in rate', async (t) => {
  const { here, there } = await joined(t);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.deliverAll();
  t.match((await here.act(id, { type: 'remind', text: '请尽快受理' })).body, { state: 'received' });
  t.match(await here.act(id, { type: 'remind' }), { status: 429, body: { code: 'referral.reminded' } });
  await here.deliverAll();
  const theirs = await incoming(there);
  const { items } = (await there.call('GET', `/v1/referrals/${theirs}/history`)).body;
  t.match(items.at(-1), {
    who: 'initiator',
    type: 'remind',
    from: 'received',
    to: 'received',
    outcome: 'applied',
  });
});

t.test(
  'a patient is returned: the referral is completed and a linked one goes back, in one moment',
  async (t) => {
    const { here, there } = await joined(t);
    const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
    await here.deliverAll();
    const theirs = await incoming(there);
    await there.act(theirs, { type: 'accept' });
    const back = { ...creation, to: 'CLINIC0001', returnOf: theirs, outcome };
    t.match(await there.call('POST', '/v1/referrals', { ...back, returnOf: 'none' }), {
      status: 404,
      body: { code: 'referral.not-found', pointer: '/body/returnOf' },
    });
    const returned = await there.call('POST', '/v1/referrals', back);
    t.match(returned, { status: 201, body: { direction: 'down', correlationId: id } });
    t.match(returned.body.links, [{ id: theirs, relation: 'return-of', state: 'completed' }]);
    await there.deliverAll();
    const sent = (await here.call('GET', `/v1/referrals/${id}`)).body;
    t.match(sent, { state: 'completed', outcome, links: [{ relation: 'return-by', role: 'recipient' }] });
    const all = (await here.call('GET', `/v1/referrals?correlationId=${id}`)).body.items;
    t.equal(all.length, 2);
    t.match(await here.call('POST', '/v1/referrals', { ...creation, returnOf: id }), {
      status: 422,
      body: { code: 'referral.not-received' },
    });
  },
);

t.test('a patient is sent on: one case, and a loop of wishes is refused', async (t) => {
  const { here, there } = await joined(t);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.deliverAll();
  const theirs = await incoming(there);
  const on = { ...creation, to: 'CLINIC0001', onwardOf: theirs };
  t.match(await there.call('POST', '/v1/referrals', { ...on, returnOf: theirs }), { status: 400 });
  t.match(await there.call('POST', '/v1/referrals', { ...on, outcome }), {
    body: { pointer: '/body/outcome' },
  });
  t.match((await there.call('POST', '/v1/referrals', on)).body, {
    correlationId: id,
    links: [{ id: theirs, relation: 'onward-of' }],
  });
  t.match(await there.call('POST', '/v1/referrals', { ...on, to: hospital.code }), {
    body: { code: 'referral.to-self' },
  });
});

t.test('a retro-entry says when it was, and waits for nothing', async (t) => {
  const { here } = await joined(t);
  const retro = { ...creation, retro: true, occurredAt: '2026-01-01T08:00:00+08:00' };
  const made = (await here.call('POST', '/v1/referrals', retro)).body;
  t.match(made, { retro: true });
  t.notOk('due' in made);
  t.match(await here.call('POST', '/v1/referrals', { ...retro, retro: undefined }), {
    body: { pointer: '/body/occurredAt' },
  });
});

t.test('a document number under two names is flagged at both ends', async (t) => {
  const { here, there } = await joined(t);
  await here.call('POST', '/v1/referrals', creation);
  const identity = { ...creation.patient.identity, name: '张 三' };
  const same = await here.call('POST', '/v1/referrals', { ...creation, patient: { identity } });
  t.notOk('nameDiffers' in same.body, 'a blank is no other name');
  const other = { ...creation, patient: { identity: { ...identity, name: '张三丰' } } };
  t.match((await here.call('POST', '/v1/referrals', other)).body, { nameDiffers: true });
  await here.deliverAll();
  // The two may arrive in either order; whichever is second is flagged.
  const { items } = (await there.call('GET', '/v1/referrals')).body;
  t.equal(items.filter(({ nameDiffers }) => nameDiffers).length, 1);
});
