import type { LightMyRequestResponse } from 'fastify';
import t, { type Test } from 'tap';
import { ClientDirectory, newKey, SCOPES } from '../../../src/access/clients.ts';
import { Fault } from '../../../src/errors.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testIds, testLogger, testVault } from '../../helper.ts';
import { sampleIdentity } from '../parts.ts';
import { wardWorld } from './parts.ts';

const key = newKey('his');

async function gateway(t: Test) {
  const world = await wardWorld(t);
  const side = world.start();
  const parts = {
    store: world.store,
    vault: testVault(),
    clock: world.clock,
    ids: testIds,
    gatewayId: 'test',
  };
  const readings = {
    identityOf: async (readingId: string) => {
      if (readingId !== 'reading-1') throw new Fault('reading.not-found');
      return sampleIdentity;
    },
  };
  const app = await buildGateway({
    ...{ logger: testLogger(), ids: testIds, requestsPerMinuteMax: 10_000, sandbox: false, version: '0' },
    clients: new ClientDirectory([{ id: 'his', keyHash: key.hash, scopes: new Set(SCOPES) }]),
    features: side.routes({ readings, idempotency: new Idempotency(parts) }),
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
  const admit = async () => {
    const admitted = await post('/v1/stays', stay());
    t.equal(admitted.statusCode, 201, admitted.body);
    return `/v1/stays/${admitted.json().id}`;
  };
  return { ...world, side, post, get, admit };
}

function stay(over: object = {}) {
  return {
    insurer: 'fake',
    number: 'ZY001',
    identity: sampleIdentity,
    operator: { no: '001', name: '王登记' },
    medType: '2101',
    admittedAt: '2026-03-01T10:00:00+08:00',
    ...{ departmentCode: 'A03', departmentName: '内科', departmentClass: 'A03' },
    ...{ doctorCode: 'DR1', doctorName: '李医生', bed: '3' },
    diagnoses: [{ code: 'J18.900', name: '肺炎' }],
    ...over,
  };
}

function charge(line: string, over: object = {}) {
  return {
    ...{ line, nationalCode: 'N1', localCode: 'C1', name: '项目', count: '2', price: '5', amount: '10.00' },
    occurredAt: '2026-03-01T12:00:00+08:00',
    ...over,
  };
}

const discharge = {
  ...{ at: '2026-03-02T08:00:00+08:00', way: '1', departmentCode: 'A03', departmentName: '内科' },
  diagnoses: [{ code: 'J18.900', name: '肺炎' }],
};

function isProblem(t: Test, answer: LightMyRequestResponse, status: number, code: string, pointer?: string) {
  t.equal(answer.statusCode, status, `${code}: ${answer.body}`);
  t.match(answer.json(), { code, ...(pointer === undefined ? {} : { pointer }) });
}

t.test('a patient is admitted, charged and discharged over HTTP', async (t) => {
  const { post, get, admit } = await gateway(t);
  const url = await admit();
  const admitted = (await get(url)).json();
  t.match(admitted, {
    ...{ insurer: 'fake', number: 'ZY001', state: 'admitted', admittedAt: '2026-03-01T10:00:00.000+08:00' },
    actions: ['change', 'charge', 'withdraw', 'discharge', 'cancel'],
    charges: { lines: 0, total: '0.00' },
    history: [
      { event: 'accepted', by: 'his' },
      { event: 'create', to: 'working', act: 'admit' },
    ],
  });
  const stale = await post(`${url}/change`, { bed: '4' }, { 'if-match': '"1"' });
  isProblem(t, stale, 412, 'request.version');
  const changed = await post(`${url}/change`, { bed: '4' }, { 'if-match': `"${admitted.version}"` });
  t.equal(changed.statusCode, 200, changed.body);
  const charged = await post(`${url}/charges`, { charges: [charge('1'), charge('2'), charge('3')] });
  t.match(charged.json(), {
    state: 'admitted',
    charges: { ...{ lines: 3, total: '30.00', freeLines: 3, free: '30.00', inScope: '30.00' }, undivided: 0 },
  });
  const withdrawn = await post(`${url}/charges/withdraw`, { lines: ['2'] });
  t.match(withdrawn.json().charges, { lines: 2, withdrawn: 1, total: '20.00' });
  const left = await post(`${url}/discharge`, discharge);
  t.match(left.json(), {
    state: 'discharged',
    dischargedAt: '2026-03-02T08:00:00.000+08:00',
    actions: ['resume'],
  });
  t.equal(left.headers.etag, `"${left.json().version}"`);
  isProblem(t, await post(`${url}/charges`, { charges: [charge('4')] }), 409, 'stay.state');
  t.match((await post(`${url}/resume`)).json(), { state: 'admitted' });
  isProblem(t, await post(`${url}/cancel`), 409, 'stay.has-charges');

  const exchanges = await get(`${url}/exchanges`);
  t.same(
    exchanges.json().items.map(({ transaction }: { transaction: string }) => transaction),
    ['2405', '2402', '2302', '2301', '2403', '2401'],
  );
  t.match(exchanges.json().items[0], { purpose: 'stay', effect: 'record', outcome: 'accepted' });
  for (const { body } of [left, exchanges, await get(url)]) {
    t.notMatch(body, SAMPLE_NUMBER);
    t.notMatch(body, SAMPLE_NAME);
  }
});

t.test('a repeat gets the stored answer, and one in doubt says so', async (t) => {
  const { post, get, admit, ward, side, clock } = await gateway(t);
  const url = await admit();
  const same = { 'idempotency-key': 'one-and-the-same' };
  const first = await post(`${url}/charges`, { charges: [charge('1')] }, same);
  const second = await post(`${url}/charges`, { charges: [charge('1')] }, same);
  t.equal(second.headers['idempotency-replayed'], 'true');
  t.same(second.json(), first.json());
  ward.say('2402', 'lose-after');
  const lost = await post(`${url}/discharge`, discharge);
  t.equal(lost.statusCode, 202);
  t.match(lost.json(), {
    state: 'in-doubt',
    act: 'discharge',
    actions: [],
    cause: { code: 'insurer.no-answer' },
  });
  isProblem(t, await post(`${url}/discharge`, discharge), 409, 'stay.state');
  clock.advance(60_000);
  await side.stays.worker.runOnce();
  t.match((await get(url)).json(), { state: 'discharged' });
});

t.test('stays are listed by state and number', async (t) => {
  const { post, get, admit } = await gateway(t);
  await admit();
  await post('/v1/stays', stay({ number: 'ZY002', identity: undefined, readingId: 'reading-1' }));
  const all = (await get('/v1/stays?limit=1')).json();
  t.equal(all.items[0].number, 'ZY002');
  const rest = (await get(`/v1/stays?after=${all.next}`)).json();
  t.match(rest.items, [{ number: 'ZY001', state: 'admitted' }]);
  t.equal((await get('/v1/stays?number=ZY002')).json().items.length, 1);
  t.same((await get('/v1/stays?state=discharged')).json().items, []);
});

t.test('bad input is told where it stands', async (t) => {
  const { post, get, admit, ward } = await gateway(t);
  const url = await admit();
  const cases: [string, object | undefined, number, string, string?][] = [
    ['/v1/stays', stay({ diagnoses: [] }), 400, 'request.invalid', '/body/diagnoses'],
    ['/v1/stays', stay({ identity: undefined }), 400, 'request.invalid', '/body/identity'],
    ['/v1/stays', stay({ insurer: 'nobody' }), 404, 'insurer.not-found'],
    ['/v1/stays', stay(), 409, 'stay.number-live'],
    [`${url}/change`, {}, 400, 'request.invalid'],
    [`${url}/change`, { number: 'ZY9' }, 400, 'request.invalid'],
    [`${url}/charges`, { charges: [] }, 400, 'request.invalid', '/body/charges'],
    [`${url}/charges`, { charges: [charge('1', { amount: '10.001' })] }, 400, 'request.invalid'],
    [
      `${url}/charges`,
      { charges: [charge('1', { amount: '99.00' })] },
      422,
      'settlement.charges',
      '/body/charges/0/amount',
    ],
    [
      `${url}/charges`,
      { charges: [charge('1'), charge('1')] },
      422,
      'settlement.charges',
      '/body/charges/1/line',
    ],
    [`${url}/charges/withdraw`, { lines: ['7'] }, 422, 'stay.unknown-line', '/body/lines/0'],
    [`${url}/discharge`, { ...discharge, way: '7' }, 400, 'request.invalid', '/body/way'],
    [
      `${url}/discharge`,
      { ...discharge, at: '2026-02-01T08:00:00+08:00' },
      400,
      'request.invalid',
      '/body/at',
    ],
    [`${url}/review`, { found: 'done', note: '…' }, 409, 'stay.state'],
    [`${url}/cancel`, { now: true }, 400, 'request.invalid'],
    ['/v1/stays/nobody/cancel', undefined, 404, 'stay.not-found'],
  ];
  for (const [path, body, status, code, pointer] of cases)
    isProblem(t, await post(path, body), status, code, pointer);
  isProblem(t, await get('/v1/stays/nobody'), 404, 'stay.not-found');
  const keyless = await post(`${url}/cancel`, undefined, { 'idempotency-key': '' });
  isProblem(t, keyless, 400, 'request.key-missing');
  t.same(ward.received, ['2401'], 'and nothing of it reached the insurer');
});

t.test('ten thousand charges fit into one request', async (t) => {
  const { post, admit } = await gateway(t);
  const url = await admit();
  const name = '注射用哌拉西林钠他唑巴坦钠及其一次性输注器具组合包';
  const charges = Array.from({ length: 10_000 }, (_, index) =>
    charge(`2026030112000000${index}`, { nationalCode: 'XJ01CRP074B001010101234', name }),
  );
  const charged = await post(`${url}/charges`, { charges });
  t.equal(charged.statusCode, 200, charged.body.slice(0, 300));
  t.match(charged.json().charges, { lines: 10_000, total: '100000.00' });
});
