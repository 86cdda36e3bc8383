import t, { type Test } from 'tap';
import { ClientDirectory, newKey, SCOPES } from '../../../src/access/clients.ts';
import { Fault } from '../../../src/errors.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testIds, testLogger, testVault } from '../../helper.ts';
import { sampleIdentity } from '../parts.ts';
import { filingWorld } from './fake.ts';

const key = newKey('his');

async function gateway(t: Test) {
  const world = await filingWorld(t);
  const side = world.start();
  const parts = { store: world.store, vault: testVault(), clock: world.clock, ids: testIds };
  const idempotency = new Idempotency({ ...parts, gatewayId: 'test' });
  const readings = {
    identityOf: async (readingId: string) => {
      if (readingId === 'reading-2') return { ...sampleIdentity, documentNumber: 'E00000009' };
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
  const post = (url: string, payload?: object, headers: Record<string, string> = {}) =>
    app.inject({
      ...{ method: 'POST', url },
      ...(payload === undefined ? {} : { payload }),
      headers: { authorization, 'idempotency-key': testIds.next(), ...headers },
    });
  const get = (url: string) => app.inject({ method: 'GET', url, headers: { authorization } });
  return { ...world, side, post, get };
}

const transfer = {
  diagnosis: { code: 'I10.x00', name: '高血压' },
  ...{ toCode: 'H11111100009', toName: '示例县人民医院', toDivision: '111111', reach: '1' },
  ...{ date: '2026-03-02', reason: '需进一步检查', opinion: '同意' },
};

const request = {
  ...{ insurer: 'fake', identity: sampleIdentity, from: '2026-03-02', telephone: '13800000000' },
  transfer,
};

const chronic = {
  disease: { code: 'M03900', name: '高血压' },
  ...{
    hospitalCode: 'H11111100009',
    hospitalName: '示例县人民医院',
    doctorCode: 'D1',
    doctorName: '样例医生',
  },
  identifiedOn: '2026-03-01',
};

const designated = {
  ...{ business: '05', order: 1, institutionCode: 'H11111100001', institutionName: '样例卫生院' },
};

t.test('a filing is made, read and withdrawn; who it is about is masked', async (t) => {
  const { post, get, side } = await gateway(t);
  const events: object[] = [];
  side.events.listen(({ type, data }) => events.push({ type, state: data.state }));
  const made = await post('/v1/filings', { ...request, referralId: 'ref-1' });
  t.equal(made.statusCode, 201);
  const { id, ...body } = made.json();
  t.match(body, {
    ...{ insurer: 'fake', kind: 'transfer', state: 'filed', number: 'N3', referralId: 'ref-1', version: 2 },
    ...{ actions: ['withdraw'], from: '2026-03-02', telephone: '13800000000', transfer },
    person: { name: '张*' },
    history: [
      { event: 'create', to: 'sending', by: 'his' },
      { event: 'accepted', to: 'filed' },
    ],
  });
  t.notOk(made.body.includes(SAMPLE_NUMBER));
  const read = await get(`/v1/filings/${id}`);
  t.same(read.json(), { id, ...body });
  t.equal(read.headers.etag, '"2"');

  const stale = await post(`/v1/filings/${id}/withdraw`, { reason: '填错' }, { 'if-match': '"1"' });
  t.equal(stale.json().code, 'request.version');
  const withdrawn = await post(`/v1/filings/${id}/withdraw`, { reason: '填错' }, { 'if-match': '"2"' });
  t.equal(withdrawn.statusCode, 200);
  t.match(withdrawn.json(), { state: 'withdrawn', actions: [], history: [{}, {}, { note: '填错' }, {}] });
  t.equal((await post(`/v1/filings/${id}/withdraw`, { reason: '填错' })).json().code, 'filing.state');
  t.same(
    events,
    ['sending', 'filed', 'withdrawing', 'withdrawn'].map((state) => ({ type: 'filing.state', state })),
  );
});

t.test('a repeat under the same key gets the same answer and files nothing more', async (t) => {
  const { post, fake } = await gateway(t);
  const once = { 'idempotency-key': 'the-same-key' };
  const first = await post('/v1/filings', request, once);
  const second = await post('/v1/filings', request, once);
  t.equal(second.body, first.body);
  t.equal((await post('/v1/filings', { ...request, from: '2026-03-03' }, once)).statusCode, 422);
  const again = await post('/v1/filings', request);
  t.match(again.json(), { code: 'filing.live', facts: { filingId: first.json().id, state: 'filed' } });
  t.same(fake.received, ['who', 'file']);
});

t.test('a refusal is shown in the insurer’s words, its numbers and the name masked', async (t) => {
  const { post, get, fake } = await gateway(t);
  fake.say('file', 'refuse');
  const refused = await post('/v1/filings', request);
  t.equal(refused.statusCode, 201);
  t.match(refused.json(), {
    state: 'refused',
    cause: { code: 'insurer.refused', reason: '张* 111*************10 不符合条件' },
  });
  const list = await get('/v1/filings');
  t.match(list.json().items, [{ state: 'refused', cause: 'insurer.refused' }]);
  for (const { body } of [refused, list]) t.notOk(body.includes(SAMPLE_NAME) || body.includes(SAMPLE_NUMBER));
});

t.test('a filing without an answer is in doubt; a check decides it as soon as it can', async (t) => {
  const { post, fake, clock } = await gateway(t);
  fake.say('file', 'lose-before');
  const made = await post('/v1/filings', request);
  t.match(made.json(), { state: 'in-doubt', doubtOf: 'file', actions: ['check'] });
  const check = () => post(`/v1/filings/${made.json().id}/check`);
  t.equal((await check()).statusCode, 202);
  clock.advance(120_000);
  const checked = await check();
  t.equal(checked.statusCode, 200);
  t.match(checked.json(), { state: 'not-filed', cause: { code: 'filing.absent' }, actions: [] });
  t.equal((await post('/v1/filings', request)).json().state, 'filed', 'it may now be filed anew');
});

t.test('a person records what they found where the gateway could not tell', async (t) => {
  const { post, get, fake, clock, side } = await gateway(t);
  fake.say('file', 'lose-after');
  fake.say('find', 'open', 'open', 'open', 'open', 'open', 'open', 'open');
  const { id } = (await post('/v1/filings', request)).json();
  for (let day = 0; day < 7; day++) {
    clock.advance(86_400_000);
    await side.filings.takeUpDue();
  }
  t.match((await get(`/v1/filings/${id}`)).json(), {
    exchangeId: String,
    findings: [
      { found: 'filed', to: 'filed', number: 'may', means: { zh: /已备案/, en: /filed/ } },
      { found: 'not-filed', to: 'not-filed' },
      { found: 'withdrawn', to: 'withdrawn' },
    ],
  });
  const review = { found: 'filed', note: '电话核对', number: 'N3' };
  t.equal((await post(`/v1/filings/${id}/review`, { ...review, found: 'perhaps' })).statusCode, 400);
  t.match((await post(`/v1/filings/${id}/review`, review)).json(), { state: 'filed', number: 'N3' });
});

t.test('all three kinds are filed, each by its own part of the request', async (t) => {
  const { post, get } = await gateway(t);
  const { transfer: _, ...common } = request;
  t.match((await post('/v1/filings', { ...common, chronic })).json(), { kind: 'chronic', chronic });
  t.match((await post('/v1/filings', { ...common, designated })).json(), { kind: 'designated', designated });
  t.match((await get('/v1/filings?kind=chronic')).json().items, [{ kind: 'chronic' }]);
  const wrong = [common, { ...common, chronic, designated }, { ...request, to: '2026-03-01' }];
  for (const body of wrong) t.match((await post('/v1/filings', body)).json(), { code: 'request.invalid' });
  const long = { ...request, transfer: { ...transfer, reason: '长'.repeat(101) } };
  t.match((await post('/v1/filings', long)).json(), { pointer: '/body/transfer/reason' });
  t.equal((await post('/v1/filings', { ...request, insurer: 'none' })).json().code, 'insurer.not-found');
  t.equal((await get('/v1/filings/none')).json().code, 'filing.not-found');
});

t.test(
  'filings are listed by what is asked, newest first, page by page, and found by a reading',
  async (t) => {
    const { post, get } = await gateway(t);
    const { identity: _, ...anyone } = request;
    const ids: string[] = [];
    for (const [from, person] of [
      ['2026-03-02', { identity: sampleIdentity }],
      ['2026-03-03', { readingId: 'reading-1' }],
      ['2026-03-04', { readingId: 'reading-2' }],
    ] as const) {
      ids.push(
        (await post('/v1/filings', { ...anyone, ...person, from, referralId: `r-${from}` })).json().id,
      );
    }
    const list = async (query: string) => (await get(`/v1/filings?${query}`)).json();
    const idsOf = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id);
    t.same(idsOf(await list('')), ids.toReversed());
    const page = await list('limit=2');
    t.same(idsOf(await list(`limit=2&after=${page.next}`)), [ids[0]]);
    t.same(idsOf(await list('readingId=reading-1')), [ids[1], ids[0]], 'whichever way the person was named');
    t.same(idsOf(await list('referralId=r-2026-03-04&insurer=fake&state=filed')), [ids[2]]);
    t.same(idsOf(await list('state=in-doubt')), []);
    t.equal((await list('readingId=nobody')).code, 'reading.not-found');
  },
);

t.test('what the insurer has on file is asked of it, and its failures told', async (t) => {
  const { post, fake } = await gateway(t);
  await post('/v1/filings', request);
  const asked = { insurer: 'fake', kind: 'transfer', identity: sampleIdentity };
  const ask = (more: object = {}) => post('/v1/filings/on-file', { ...asked, ...more });
  t.match((await ask()).json().items, [{ kind: 'transfer', from: '2026-03-02' }]);
  t.same((await ask({ kind: 'designated', business: '05', since: '2026-01-01' })).json().items, []);
  t.match((await ask({ business: '05' })).json(), { pointer: '/body/business' });
  t.match((await ask({ kind: 'designated' })).json(), { pointer: '/body/business' });
  fake.say('find', 'unreachable', 'lose-after', 'refuse');
  t.equal((await ask()).json().code, 'insurer.unreachable');
  t.equal((await ask()).json().code, 'insurer.no-answer');
  const refused = await ask();
  t.equal(refused.json().code, 'insurer.refused');
  t.notOk(refused.body.includes(SAMPLE_NAME) || refused.body.includes(SAMPLE_NUMBER));
});
