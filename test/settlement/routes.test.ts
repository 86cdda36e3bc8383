import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LightMyRequestResponse } from 'fastify';
import t, { type Test } from 'tap';
import { openSqliteStore } from '../../adapters/stores/sqlite/store.ts';
import { ClientDirectory, newKey, SCOPES } from '../../src/access/clients.ts';
import { Fault } from '../../src/errors.ts';
import { buildGateway } from '../../src/gateway.ts';
import { Idempotency } from '../../src/http/idempotency.ts';
import type { VisitReferrals } from '../../src/settlement/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, temporaryFolder, testIds, testLogger, testVault } from '../helper.ts';
import { newWorld, sampleIdentity } from './parts.ts';

const key = newKey('his');

async function gateway(
  t: Test,
  store?: Awaited<ReturnType<typeof openSqliteStore>>,
  referrals?: VisitReferrals,
) {
  const world = await newWorld(t);
  const on = store ?? world.store;
  const side = world.start(on, { referrals });
  const idempotency = new Idempotency({
    ...{ store: on, vault: testVault(), clock: world.clock, ids: testIds },
    gatewayId: 'test',
  });
  const readings = {
    identityOf: async (readingId: string) => {
      if (readingId !== 'reading-1') throw new Fault('reading.not-found');
      return sampleIdentity;
    },
  };
  const app = await buildGateway({
    ...{ logger: testLogger(), ids: testIds, requestsPerMinuteMax: 10_000, sandbox: false, version: '0' },
    clients: new ClientDirectory([{ id: 'his', keyHash: key.hash, scopes: new Set(SCOPES) }]),
    features: side.routes({ readings, idempotency }),
  });
  t.teardown(() => app.close());
  const authorization = `Bearer ${key.key}`;
  const post = (url: string, payload?: object | string, headers: Record<string, string> = {}) =>
    app.inject({
      ...{ method: 'POST', url },
      ...(payload === undefined ? {} : { payload }),
      headers: {
        authorization,
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        'idempotency-key': testIds.next(),
        ...headers,
      },
    });
  const get = (url: string) => app.inject({ method: 'GET', url, headers: { authorization } });
  return { ...world, side, app, post, get };
}

/** A bill of 12.30 as a HIS sends it. */
function bill(over: object = {}) {
  return {
    insurers: ['fake'],
    identity: sampleIdentity,
    operator: { no: '001', name: '王收费' },
    visit: {
      ...{ billNumber: 'B-1', number: 'V-1', medType: '11', departmentCode: 'D1', departmentName: '全科' },
      ...{ departmentClass: 'A02', doctorCode: 'DR1', doctorName: '李医生' },
      startedAt: '2026-03-02T08:00:00+08:00',
    },
    diagnoses: [{ code: 'J06.900', name: '急性上呼吸道感染' }],
    charges: [
      {
        line: '1',
        nationalCode: 'N1',
        localCode: 'L1',
        name: '项目一',
        count: '2',
        price: '5.00',
        amount: '10.00',
      },
      {
        line: '2',
        nationalCode: 'N2',
        localCode: 'L2',
        name: '项目二',
        count: '1',
        price: '2.3',
        amount: '2.30',
      },
    ],
    total: '12.30',
    ...over,
  };
}

function isProblem(t: Test, answer: LightMyRequestResponse, status: number, code: string, pointer?: string) {
  t.equal(answer.statusCode, status, `${code} ${pointer ?? ''}: ${answer.body}`);
  t.match(answer.headers['content-type'], /^application\/problem\+json/);
  t.match(answer.json(), { code, ...(pointer === undefined ? {} : { pointer }) });
}

t.test('a bill is quoted, confirmed and reversed over HTTP', async (t) => {
  const { post, get } = await gateway(t);
  const created = await post('/v1/settlements', bill());
  t.equal(created.statusCode, 201, created.body);
  const quoted = created.json();
  t.match(quoted, {
    state: 'quoted',
    actions: ['confirm', 'quote', 'abandon'],
    total: '12.30',
    fund: '6.15',
    account: '1.23',
    cash: '4.92',
    legs: [{ insurer: 'fake', quote: { funds: [{ fund: 'pooled', amount: '6.15' }] } }],
  });
  t.equal(created.headers.etag, `"${quoted.version}"`);
  const url = `/v1/settlements/${quoted.id}`;
  isProblem(t, await post(`${url}/confirm`, undefined, { 'if-match': '"77"' }), 412, 'request.version');
  const confirmed = await post(`${url}/confirm`, undefined, { 'if-match': `"${quoted.version}"` });
  t.equal(confirmed.statusCode, 200, confirmed.body);
  t.match(confirmed.json(), { state: 'settled', actions: ['reverse'], legs: [{ number: String }] });
  isProblem(t, await post(`${url}/confirm`), 409, 'settlement.state');
  isProblem(t, await post(`${url}/reverse`, { reason: '' }), 400, 'request.invalid', '/body/reason');
  const reversed = await post(`${url}/reverse`, { reason: '患者换了药' });
  t.match(reversed.json().history.at(-2), { event: 'reverse', note: '患者换了药' });
  t.match(reversed.json(), { state: 'reversed', actions: [], legs: [{ reversalNumber: String }] });
  t.same((await get(url)).json(), reversed.json());
  t.equal((await get(url)).headers.etag, `"${reversed.json().version}"`);
  const exchanges = await get(`${url}/exchanges`);
  t.same(
    exchanges.json().items.map((item: { transaction: string }) => item.transaction),
    ['2201', '2206', '2207', '2208'],
  );
  t.notMatch(exchanges.body, SAMPLE_NUMBER);
});

t.test('a repeated request gets the first answer, and the insurer one exchange', async (t) => {
  const { post, insurer } = await gateway(t);
  const same = { 'idempotency-key': 'key-of-one-bill' };
  const first = await post('/v1/settlements', bill({ confirm: true }), same);
  const second = await post('/v1/settlements', bill({ confirm: true }), same);
  t.equal(first.json().state, 'settled');
  t.same(second.json(), first.json());
  t.equal(second.headers['idempotency-replayed'], 'true');
  isProblem(t, await post('/v1/settlements', bill(), same), 422, 'request.key-reused');
  t.equal(insurer.received.filter((transaction) => transaction === '2207').length, 1);
  const live = await post('/v1/settlements', bill());
  isProblem(t, live, 409, 'settlement.bill-live');
  t.equal(live.json().facts.settlementId, first.json().id);
});

t.test('two clerks who confirm at once make one exchange', async (t) => {
  const { post, insurer } = await gateway(t);
  const { id } = (await post('/v1/settlements', bill())).json();
  const answers = await Promise.all([1, 2, 3].map(() => post(`/v1/settlements/${id}/confirm`)));
  t.same(answers.map((answer) => answer.statusCode).sort(), [200, 409, 409]);
  t.equal(insurer.received.filter((transaction) => transaction === '2207').length, 1);
});

t.test('a lost answer is 202 and in doubt, and is settled by itself', async (t) => {
  const { post, get, insurer, clock, side } = await gateway(t);
  const heard: unknown[] = [];
  side.events.listen((event) => heard.push(event.data.state));
  const { id } = (await post('/v1/settlements', bill())).json();
  insurer.say('2207', 'lose-after');
  const confirmed = await post(`/v1/settlements/${id}/confirm`);
  t.equal(confirmed.statusCode, 202);
  t.match(confirmed.json(), {
    state: 'in-doubt',
    doubtOf: 'settle',
    actions: [],
    cause: { code: 'insurer.no-answer', title: { zh: String, en: String } },
  });
  t.equal((await get('/v1/settlements?state=in-doubt')).json().items.length, 1);
  clock.advance(10_000);
  await side.worker.runOnce();
  t.match((await get(`/v1/settlements/${id}`)).json(), { state: 'settled', cash: '4.92' });
  t.equal((await get('/v1/settlements?state=in-doubt')).json().items.length, 0);
  t.same(heard, ['draft', 'quoted', 'settling', 'in-doubt', 'settling', 'settled']);
});

t.test('a refusal and an outage are told by state and cause, with what is personal masked', async (t) => {
  const { post, insurer } = await gateway(t);
  insurer.say('2206', 'unreachable', 'refuse');
  const created = await post('/v1/settlements', bill());
  t.equal(created.statusCode, 201);
  t.match(created.json(), {
    state: 'draft',
    actions: ['quote', 'abandon'],
    cause: { code: 'insurer.unreachable' },
  });
  const refused = await post(`/v1/settlements/${created.json().id}/quote`);
  t.match(refused.json(), {
    state: 'failed',
    cause: { code: 'insurer.refused', reason: '张* 111*************10 不符合条件' },
  });
});

t.test('a bill that the adapter finds wrong has failed, says where, and may be sent again', async (t) => {
  const { post, get, insurer } = await gateway(t);
  insurer.say('2201', 'fault', 'accept', 'fault');
  const refused = await post('/v1/settlements', bill());
  isProblem(t, refused, 422, 'settlement.choose-insurance', '/body/visit/insutype');
  t.equal(refused.json().facts.choices, '310,390');
  t.match((await get('/v1/settlements')).json().items, [
    { state: 'failed', cause: 'settlement.choose-insurance' },
  ]);
  const { id, state } = (await post('/v1/settlements', bill())).json();
  t.equal(state, 'quoted');
  const again = await post(`/v1/settlements/${id}/quote`);
  t.match(again.json(), { state: 'failed', cause: { reason: '/visit/insutype choices: 310,390' } });
});

t.test('a review is recorded', async (t) => {
  const { post, get, insurer } = await gateway(t);
  insurer.say('2207', 'differ');
  const { id, cause, findings, inQuestion } = (await post('/v1/settlements', bill({ confirm: true }))).json();
  t.equal(cause.code, 'settlement.amounts-changed');
  t.match(
    findings,
    [
      { found: 'settled', to: 'settled', means: { zh: /医保应答的金额/, en: /the insurer’s answer/ } },
      { found: 'reversed', to: 'reversed' },
    ],
    'what was settled there cannot be said not to have been',
  );
  t.equal(findings[0].number, undefined, 'its number is known');
  t.match(await (await get(`/v1/exchanges/${inQuestion.exchangeId}`)).json(), { transaction: '2207' });
  const url = `/v1/settlements/${id}/review`;
  isProblem(t, await post(url, { found: 'settled' }), 400, 'request.invalid', '/body/note');
  isProblem(t, await post(url, { found: 'lost', note: 'x' }), 400, 'request.invalid', '/body/found');
  const reviewed = await post(url, { found: 'settled', note: '患者同意' });
  t.match(reviewed.json(), { state: 'settled', cause: { code: 'settlement.reviewed' }, findings: [] });
  t.equal(reviewed.json().inQuestion, undefined);
  t.match((await get(`/v1/settlements/${id}`)).json().history.at(-1), {
    event: 'review-settled',
    note: '患者同意',
    by: 'his',
  });
});

t.test('a person may be given by a reading', async (t) => {
  const { post } = await gateway(t);
  const { identity, ...rest } = bill();
  isProblem(t, await post('/v1/settlements', rest), 400, 'request.invalid', '/body/identity');
  isProblem(
    t,
    await post('/v1/settlements', bill({ readingId: 'reading-1' })),
    400,
    'request.invalid',
    '/body/identity',
  );
  isProblem(t, await post('/v1/settlements', { ...rest, readingId: 'gone' }), 404, 'reading.not-found');
  t.equal((await post('/v1/settlements', { ...rest, readingId: 'reading-1' })).json().state, 'quoted');
  const asked = await post('/v1/eligibility', { insurer: 'fake', readingId: 'reading-1' });
  t.match(asked.json(), { name: identity.name, insurances: [{ insutype: '390', balance: '12.30' }] });
});

t.test('eligibility tells the referral on file that a visit today would follow', async (t) => {
  const onFile = {
    ...{ id: 'referral-1', number: 'R-1', fromCode: 'H1', fromName: '示例镇卫生院' },
    ...({ direction: 'up', date: '2026-03-01' } as const),
  };
  const asked: object[] = [];
  const referrals: VisitReferrals = {
    forVisit: async (visit) => {
      asked.push(visit);
      return { ok: true, value: asked.length === 1 ? onFile : undefined };
    },
  };
  const { post, clock } = await gateway(t, undefined, referrals);
  const ask = async () =>
    (await post('/v1/eligibility', { insurer: 'fake', identity: sampleIdentity })).json();
  t.strictSame((await ask()).referral, { source: 'on-file', ...onFile });
  t.strictSame((await ask()).referral, undefined);
  t.strictSame(asked[0], { identity: sampleIdentity, at: clock.now() });
});

t.test('eligibility tells what the insurer says, whatever it says', async (t) => {
  const { post, insurer } = await gateway(t);
  const ask = () => post('/v1/eligibility', { insurer: 'fake', identity: sampleIdentity });
  t.equal((await ask()).statusCode, 200);
  const cases = [
    ['refuse', 422, 'insurer.refused'],
    ['lose-before', 504, 'insurer.no-answer'],
    ['unreachable', 503, 'insurer.unreachable'],
    ['turn-away', 502, 'insurer.gateway-refused'],
  ] as const;
  for (const [behaviour, status, code] of cases) {
    insurer.say('1101', behaviour);
    const answer = await ask();
    isProblem(t, answer, status, code);
    t.notMatch(answer.body, SAMPLE_NUMBER);
    t.notMatch(answer.body, SAMPLE_NAME);
  }
  isProblem(
    t,
    await post('/v1/eligibility', { insurer: 'none', identity: sampleIdentity }),
    404,
    'insurer.not-found',
  );
});

t.test('any transaction that moves no money, and none that does', async (t) => {
  const { post, get, insurer } = await gateway(t);
  const url = '/v1/insurers/fake/transactions';
  const done = await post(`${url}/3301`, { input: { data: {} } });
  t.match(done.json(), { output: { amount: '12.30' }, exchangeId: String, ownId: String, notes: ['a note'] });
  insurer.say('3301', 'refuse');
  isProblem(t, await post(`${url}/3301`, { input: {} }), 422, 'insurer.refused');
  isProblem(t, await post(`${url}/2207`, { input: {} }), 409, 'insurer.reserved-transaction');
  isProblem(t, await post(`${url}/a-b`, { input: {} }), 400, 'request.invalid');
  isProblem(t, await post('/v1/insurers/none/transactions/3301', { input: {} }), 404, 'insurer.not-found');
  t.same(insurer.received, ['3301', '3301']);
  const insurers = await get('/v1/insurers');
  t.match(insurers.json(), {
    items: [
      {
        id: 'fake',
        capabilities: { waysOutOfDoubt: [{ way: 'reverse-by-own-id', decides: ['2207', '2208'] }] },
      },
    ],
  });
});

t.test('settlements page by cursor, newest first', async (t) => {
  const { post, get } = await gateway(t);
  for (const number of ['1', '2', '3'])
    await post('/v1/settlements', bill({ visit: { ...bill().visit, billNumber: number } }));
  const first = (await get('/v1/settlements?limit=2')).json();
  t.same(
    first.items.map((item: { billNumber: string }) => item.billNumber),
    ['3', '2'],
  );
  const second = (await get(`/v1/settlements?limit=2&after=${first.next}`)).json();
  t.same(
    second.items.map((item: { billNumber: string }) => item.billNumber),
    ['1'],
  );
  t.equal(second.next, undefined);
  t.match((await get('/v1/settlements?billNumber=2')).json().items, [
    { billNumber: '2', insurers: ['fake'] },
  ]);
});

t.test('a person’s settlements are found by who they are, and by nobody’s name in an address', async (t) => {
  const { post } = await gateway(t);
  const first = (await post('/v1/settlements', bill())).json();
  const second = (
    await post('/v1/settlements', bill({ visit: { ...bill().visit, billNumber: 'B-2' } }))
  ).json();
  const { identity } = bill() as { identity: object };
  const found = (await post('/v1/settlements/search', { identity })).json();
  t.same(
    found.items.map(({ id }: { id: string }) => id),
    [second.id, first.id],
  );
  const page = (await post('/v1/settlements/search', { identity, limit: 1 })).json();
  t.equal(page.next, second.id);
  const rest = (await post('/v1/settlements/search', { identity, after: page.next })).json();
  t.match(rest, { items: [{ id: first.id, insurers: ['fake'] }] });
  const other = { ...identity, documentType: 'passport', documentNumber: 'E12345678' };
  t.same((await post('/v1/settlements/search', { identity: other })).json().items, []);
});

t.test('what does not fit is refused with its place, and nothing reaches the insurer', async (t) => {
  const { post, get, insurer, app } = await gateway(t);
  const [line] = bill().charges;
  const bodies: [object, number, string, string][] = [
    [bill({ extra: 1 }), 400, 'request.invalid', '/body/extra'],
    [bill({ insurers: [] }), 400, 'request.invalid', '/body/insurers'],
    [bill({ insurers: 'fake' }), 400, 'request.invalid', '/body/insurers'],
    [bill({ useAccount: 'true' }), 400, 'request.invalid', '/body/useAccount'],
    [bill({ useAccount: null }), 400, 'request.invalid', '/body/useAccount'],
    [bill({ total: 12.3 }), 400, 'request.invalid', '/body/total'],
    [bill({ total: '12.3' }), 400, 'request.invalid', '/body/total'],
    [bill({ total: '12.31' }), 422, 'settlement.charges', '/body/total'],
    [bill({ charges: [] }), 422, 'settlement.charges', '/body/charges'],
    [bill({ charges: [{ ...line, amount: '9.00' }] }), 422, 'settlement.charges', '/body/charges/0/amount'],
    [bill({ charges: [line, line] }), 422, 'settlement.charges', '/body/charges/1/line'],
    [bill({ charges: [{ ...line, count: 2 }] }), 400, 'request.invalid', '/body/charges/0/count'],
    [bill({ charges: [{ ...line, count: '2.00001' }] }), 400, 'request.invalid', '/body/charges/0/count'],
    [bill({ charges: [{ ...line, amount: '-10.00' }] }), 422, 'settlement.charges', '/body/charges/0/amount'],
    [bill({ visit: {} }), 400, 'request.invalid', '/body/visit/billNumber'],
    ...['2026-06-30T23:59:60Z', '2026-03-02T08:00:00+08', '2026-03-02T08:00:00'].map(
      (startedAt): [object, number, string, string] => [
        bill({ visit: { ...bill().visit, startedAt } }),
        ...([400, 'request.invalid', '/body/visit/startedAt'] as const),
      ],
    ),
    [
      bill({ visit: { ...bill().visit, startedAt: 'today' } }),
      400,
      'request.invalid',
      '/body/visit/startedAt',
    ],
    [bill({ diagnoses: [{ code: 'J06' }] }), 400, 'request.invalid', '/body/diagnoses/0/name'],
    [bill({ insurers: ['none'] }), 404, 'insurer.not-found', ''],
    [
      bill({ identity: { ...sampleIdentity, documentNumber: SAMPLE_NUMBER.replace(/0$/, '1') } }),
      ...([400, 'request.invalid', '/body/identity/documentNumber'] as const),
    ],
  ];
  for (const [body, status, code, pointer] of bodies) {
    isProblem(t, await post('/v1/settlements', body), status, code, pointer || undefined);
  }
  isProblem(t, await post('/v1/settlements', '{'), 400, 'request.malformed');
  isProblem(
    t,
    await post('/v1/settlements', '<x/>', { 'content-type': 'application/xml' }),
    415,
    'request.media-type',
  );
  isProblem(t, await post('/v1/settlements', bill(), { 'idempotency-key': '' }), 400, 'request.key-missing');
  isProblem(t, await post('/v1/eligibility', { insurer: 'fake', identity: {} }), 400, 'request.invalid');
  isProblem(t, await post('/v1/eligibility', { insurer: 1 }), 400, 'request.invalid', '/body/insurer');
  isProblem(
    t,
    await post('/v1/insurers/fake/transactions/3301', { input: [] }),
    400,
    'request.invalid',
    '/body/input',
  );
  isProblem(t, await post('/v1/insurers/fake/transactions/3301', {}), 400, 'request.invalid', '/body/input');
  for (const transaction of ['S27', 'MrdzMx', 'FybxJs_Drgs', '2207A']) {
    const answer = await post(`/v1/insurers/none/transactions/${transaction}`, { input: {} });
    isProblem(t, answer, 404, 'insurer.not-found');
  }
  for (const transaction of ['1', 'S-27', 'a'.repeat(31)]) {
    isProblem(
      t,
      await post(`/v1/insurers/fake/transactions/${transaction}`, { input: {} }),
      400,
      'request.invalid',
    );
  }
  isProblem(t, await get('/v1/settlements?state=lost'), 400, 'request.invalid', '/querystring/state');
  isProblem(t, await get('/v1/settlements?limit=0'), 400, 'request.invalid', '/querystring/limit');
  isProblem(t, await get('/v1/settlements/unknown'), 404, 'settlement.not-found');
  isProblem(t, await get('/v1/settlements/unknown/exchanges'), 404, 'settlement.not-found');
  for (const name of ['quote', 'confirm', 'reverse', 'abandon']) {
    isProblem(t, await post(`/v1/settlements/unknown/${name}`), 404, 'settlement.not-found');
    isProblem(
      t,
      await post(`/v1/settlements/x/${name}`, undefined, { 'if-match': 'one' }),
      400,
      'request.invalid',
    );
    isProblem(t, await post(`/v1/settlements/x/${name}`, { id: 1 }), 400, 'request.invalid', '/body');
    isProblem(
      t,
      await post(`/v1/settlements/x/${name}`, undefined, { 'idempotency-key': '' }),
      400,
      'request.key-missing',
    );
  }
  isProblem(t, await app.inject({ method: 'GET', url: '/v1/insurers' }), 401, 'access.unknown-key');
  t.same(insurer.received, []);
  t.same((await get('/v1/settlements')).json().items, []);
});

t.test('nothing personal lies in the store in plain text', async (t) => {
  const folder = temporaryFolder(t);
  const store = await openSqliteStore(join(folder, 'store.db'));
  const { post, insurer } = await gateway(t, store);
  insurer.say('2208', 'refuse');
  const { id } = (await post('/v1/settlements', bill({ confirm: true }))).json();
  await post(`/v1/settlements/${id}/reverse`);
  await post('/v1/eligibility', { insurer: 'fake', identity: sampleIdentity });
  insurer.say('1101', 'refuse');
  await post('/v1/eligibility', { insurer: 'fake', identity: sampleIdentity });
  await store.close();
  for (const file of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, file));
    for (const secret of [SAMPLE_NAME, SAMPLE_NUMBER, '王收费', '李医生', '急性上呼吸道感染', '不符合条件']) {
      t.notOk(bytes.includes(secret), `${secret} in ${file}`);
    }
  }
});
