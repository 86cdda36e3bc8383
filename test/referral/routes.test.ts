import fc from 'fast-check';
import t from 'tap';
import { appointment, clinic, creation, hospital, organisation, outcome, patient } from './organisations.ts';

const invalid = (pointer: string) => ({ status: 400, body: { code: 'request.invalid', pointer } });
const without = (key: keyof typeof creation) =>
  Object.fromEntries(Object.entries(creation).filter(([name]) => name !== key));

t.test('a creation that does not hold is refused with the place', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const { identity } = patient;
  const wrong: [unknown, string][] = [
    [without('to'), '/body/to'],
    [without('consent'), '/body/consent'],
    [{ ...creation, colour: 'red' }, '/body/colour'],
    [{ ...creation, to: 5 }, '/body/to'],
    [{ ...creation, to: 'no such code' }, '/body/to'],
    [{ ...creation, priority: 'soon' }, '/body/priority'],
    [{ ...creation, direction: 'sideways' }, '/body/direction'],
    [{ ...creation, form: { ...creation.form, impression: '' } }, '/body/form/impression'],
    [{ ...creation, form: { ...creation.form, impression: null } }, '/body/form/impression'],
    [
      { ...creation, form: { ...creation.form, presentIllness: 'x'.repeat(2_001) } },
      '/body/form/presentIllness',
    ],
    [{ ...creation, patient: { ...patient, phone: 'call me' } }, '/body/patient/phone'],
    [
      { ...creation, patient: { ...patient, identity: { ...identity, documentNumber: '1' } } },
      '/body/patient/identity/documentNumber',
    ],
    [{ ...creation, patient: {} }, '/body/patient'],
    [{ ...creation, patient: { identity, readingId: 'reading-1' } }, '/body/patient'],
    [[], '/body'],
  ];
  for (const [body, pointer] of wrong)
    t.match(await here.call('POST', '/v1/referrals', body), invalid(pointer), pointer);
  t.same((await here.call('GET', '/v1/referrals')).body.items, []);
  t.same((await here.call('GET', '/v1/deliveries')).body.items, []);
});

t.test('bodies that are no JSON, of another type or too large are refused', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const post = async (payload: string, type = 'application/json') => {
    const answer = await here.app.inject({
      method: 'POST',
      url: '/v1/referrals',
      headers: { authorization: `Bearer ${here.key}`, 'idempotency-key': 'some-key', 'content-type': type },
      payload,
    });
    return [answer.statusCode, answer.json().code];
  };
  t.same(await post('{"to":'), [400, 'request.malformed']);
  t.same(await post(''), [400, 'request.malformed']);
  t.same(await post('to=x', 'application/x-www-form-urlencoded'), [415, 'request.media-type']);
  t.same(await post(`"${'x'.repeat(2_000_000)}"`), [413, 'request.too-large']);
});

t.test('a referral goes only where there is a way', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const to = (code: string) => here.call('POST', '/v1/referrals', { ...creation, to: code });
  t.match(await to(clinic.code), { status: 422, body: { code: 'referral.to-self', pointer: '/body/to' } });
  t.match(await to('NOBODY0001'), { status: 422, body: { code: 'referral.unknown-organisation' } });
  t.match(await to('NOLINK0001'), { status: 422, body: { code: 'referral.no-route' } });
});

t.test('the person may come from a reading, and the direction from the caller', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const made = await here.call('POST', '/v1/referrals', {
    ...creation,
    direction: 'across',
    patient: { readingId: 'reading-1', phone: patient.phone },
  });
  t.match(made, { status: 201, body: { direction: 'across', patient: { identity: patient.identity } } });
  const identity = { ...patient.identity, insuranceCodeToken: '430000ecsample' };
  const given = await here.call('POST', '/v1/referrals', { ...creation, patient: { ...patient, identity } });
  t.strictSame(given.body.patient.identity, patient.identity, 'the credential of a visit stays here');
  const unknown = await here.call('POST', '/v1/referrals', { ...creation, patient: { readingId: 'other' } });
  t.match(unknown, { status: 404, body: { code: 'reading.not-found' } });
});

t.test('a repeated creation is one referral and one message', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const key = { 'idempotency-key': 'create-0001' };
  const first = await here.call('POST', '/v1/referrals', creation, key);
  const again = await here.call('POST', '/v1/referrals', creation, key);
  t.same(again.body, first.body);
  t.match(await here.call('POST', '/v1/referrals', { ...creation, priority: 'stat' }, key), {
    status: 422,
    body: { code: 'request.key-reused' },
  });
  t.match(await here.call('POST', '/v1/referrals', creation, { 'idempotency-key': '' }), {
    status: 400,
    body: { code: 'request.key-missing' },
  });
  t.equal((await here.call('GET', '/v1/deliveries')).body.items.length, 1);
});

t.test('a creation or an act repeated after a crash finds what it had done', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const by = { client: 'his', requestId: 'r-1' };
  const input = { ...creation } as unknown as Parameters<typeof here.referrals.create>[2];
  const first = await here.referrals.create(by, 'referral-1', input);
  t.same(await here.referrals.create(by, 'referral-1', input), first);
  const act = { type: 'request-cancellation', reason: { text: '患者要求' } } as const;
  const acted = await here.referrals.act(by, 'event-1', 'referral-1', 1, act);
  t.equal(acted.state, 'cancellation-requested');
  t.same(await here.referrals.act(by, 'event-1', 'referral-1', 1, act), acted);
  t.equal((await here.call('GET', '/v1/deliveries')).body.items.length, 2);
});

t.test('an act needs the version that was read', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  const act = (headers: Record<string, string>) =>
    here.call(
      'POST',
      `/v1/referrals/${id}/events`,
      { type: 'request-cancellation', reason: { text: '误开' } },
      headers,
    );
  t.match(await act({}), { status: 428, body: { code: 'request.version-missing' } });
  t.match(await act({ 'if-match': '"2"' }), { status: 412, body: { code: 'request.version' } });
  t.match(await act({ 'if-match': '*' }), { status: 428, body: { code: 'request.version-missing' } });
  t.match(await act({ 'if-match': 'two' }), { status: 400, body: { pointer: '/headers/if-match' } });
  t.match(await act({ 'if-match': 'W/"1"' }), { status: 200, body: { version: 2 } });
  t.match(await act({ 'if-match': '"1"' }), { status: 412, body: { code: 'request.version' } });
});

t.test('an act the state does not allow is refused, and says in which state the referral is', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  t.match(await here.act(id, { type: 'accept' }), {
    status: 422,
    body: { code: 'referral.transition', facts: { state: 'requested', type: 'accept' } },
  });
  t.equal((await here.call('GET', `/v1/referrals/${id}`)).body.version, 1);
});

t.test('an act brings what it needs and nothing else', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  const wrong: [object, string][] = [
    [{ type: 'send' }, '/body/type'],
    [{ type: 'dance' }, '/body/type'],
    [{}, '/body/type'],
    [{ type: 'accept', colour: 'red' }, '/body/colour'],
    [{ type: 'accept', outcome }, '/body/outcome'],
    [{ type: 'decline' }, '/body/reason'],
    [{ type: 'decline', reason: '无床位' }, '/body/reason'],
    [{ type: 'schedule' }, '/body/appointment'],
    [{ type: 'schedule', detail: 'coarse', appointment }, '/body/appointment'],
    [{ type: 'schedule', appointment: { ...appointment, at: 'tomorrow' } }, '/body/appointment/at'],
    [{ type: 'note' }, '/body/text'],
    [{ type: 'complete' }, '/body/outcome'],
    [{ type: 'complete', outcome: { ...outcome, doctor: {} } }, '/body/outcome/doctor/name'],
    [{ type: 'accept', occurredAt: '2026-03-02T10:00:00+08:00' }, '/body/occurredAt'],
    [{ type: 'accept', occurredAt: 7 }, '/body/occurredAt'],
  ];
  for (const [body, pointer] of wrong)
    t.match(await here.act(id, body), invalid(pointer), JSON.stringify(body));
});

t.test('lists are found by role and state, page by page', async (t) => {
  const here = await organisation(t, clinic, hospital);
  for (let i = 0; i < 3; i++) await here.call('POST', '/v1/referrals', creation);
  const page = (await here.call('GET', '/v1/referrals?limit=2&role=initiator')).body;
  t.equal(page.items.length, 2);
  const rest = (await here.call('GET', `/v1/referrals?limit=2&role=initiator&after=${page.next}`)).body;
  t.equal(rest.items.length, 1);
  t.notOk('next' in rest);
  const found = async (query: string) => (await here.call('GET', `/v1/referrals?${query}`)).body.items.length;
  t.equal(await found('role=recipient'), 0);
  t.equal(await found('state=requested'), 3);
  t.equal(await found('state=open'), 3);
  t.equal(await found('state=completed'), 0);
  for (const query of ['role=nobody', 'state=lost', 'limit=0', 'limit=201', 'colour=red']) {
    t.match(await here.call('GET', `/v1/referrals?${query}`), {
      status: 400,
      body: { code: 'request.invalid' },
    });
  }
});

t.test('a history is read page by page', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.act(id, { type: 'request-cancellation', reason: { text: '误开' } });
  const page = (await here.call('GET', `/v1/referrals/${id}/history?limit=1`)).body;
  t.match(page, { items: [{ type: 'send' }], next: '1' });
  const rest = (await here.call('GET', `/v1/referrals/${id}/history?limit=1&after=${page.next}`)).body;
  t.match(rest.items, [{ type: 'request-cancellation', outcome: 'pending', transition: 'Y03' }]);
  t.notOk('next' in rest);
  t.equal((await here.call('GET', `/v1/referrals/${id}/history?after=x`)).status, 400);
});

t.test('what is not there, and who may not', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const missing = { status: 404, body: { code: 'referral.not-found' } };
  t.match(await here.call('GET', '/v1/referrals/none'), missing);
  t.match(await here.call('GET', '/v1/referrals/none/history'), missing);
  const events = '/v1/referrals/none/events';
  t.match(await here.call('POST', events, { type: 'accept' }, { 'if-match': '"1"' }), missing);
  t.match(await here.call('GET', `/v1/referrals/${'x'.repeat(65)}`), { status: 400 });
  const routes = [
    ['POST', '/v1/referrals'],
    ['GET', '/v1/referrals'],
    ['GET', '/v1/referrals/x'],
    ['POST', '/v1/referrals/x/events'],
    ['GET', '/v1/referrals/x/history'],
  ] as const;
  for (const [method, url] of routes) {
    t.equal((await here.call(method, url, undefined, { authorization: 'Bearer wrong' })).status, 401);
    t.equal(
      (await here.call(method, url, undefined, { authorization: `Bearer ${here.readerKey}` })).status,
      403,
    );
  }
});

t.test(
  'whatever is sent, the answer is a problem with a code or a referral, and never a fault',
  async (t) => {
    const here = await organisation(t, clinic, hospital);
    const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.boolean(), async (value, create) => {
        const url = create ? '/v1/referrals' : `/v1/referrals/${id}/events`;
        const mixed =
          typeof value === 'object' && value !== null && create ? { ...creation, ...value } : value;
        const answer = await here.app.inject({
          method: 'POST',
          url,
          headers: {
            authorization: `Bearer ${here.key}`,
            'idempotency-key': here.ids.next(),
            'if-match': '"1"',
            'content-type': 'application/json',
          },
          payload: JSON.stringify(mixed),
        });
        const code = (answer.json() as { code?: string }).code;
        return answer.statusCode < 300 || (answer.statusCode < 500 && typeof code === 'string');
      }),
      { numRuns: 150 },
    );
  },
);
