import t, { type Test } from 'tap';
import { Specification } from '../../adapters/insurers/nhsa/specification.ts';
import { ClientDirectory, newKey } from '../../src/access/clients.ts';
import { buildGateway } from '../../src/gateway.ts';
import { VirtualDesk } from '../../src/sandbox/desk.ts';
import { startVirtualInsurer } from '../../src/sandbox/insurer/server.ts';
import { sandboxRoutes } from '../../src/sandbox/routes.ts';
import { testIds, testLogger } from '../helper.ts';

const trainer = newKey('trainer');
const his = newKey('his');
const specification = new Specification();

/** Whatever comes in it, the insurer looks first whether it is to misbehave. */
const ENVELOPE = {
  msgid: 'H43010000001202603020900000001',
  mdtrtarea_admvs: '430100',
  insuplc_admdvs: '',
  recer_sys_code: 'FSI',
  infver: 'V1.0',
  opter_type: '1',
  opter: 'op1',
  opter_name: '收费员',
  inf_time: '2026-03-02 09:00:00',
  fixmedins_code: 'H43010000001',
  fixmedins_name: '样例卫生院',
  sign_no: '',
  input: {},
};

async function setUp(t: Test) {
  const desk = await VirtualDesk.start();
  t.teardown(() => desk.close());
  const insurer = await startVirtualInsurer({ port: 0, specification });
  t.teardown(() => insurer.close());
  const app = await buildGateway({
    logger: testLogger(),
    ids: testIds,
    clients: new ClientDirectory([
      { id: 'trainer', keyHash: trainer.hash, scopes: new Set(['sandbox:write'] as const) },
      { id: 'his', keyHash: his.hash, scopes: new Set(['reading:write'] as const) },
    ]),
    requestsPerMinuteMax: 10_000,
    sandbox: true,
    version: '0.0.0',
    features: [sandboxRoutes({ desk, insurer, hospitalUrl: 'http://127.0.0.1:7301' })],
  });
  t.teardown(() => app.close());
  const send = (
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    payload?: object,
    key = trainer.key,
  ) =>
    app.inject({
      method,
      url: `/v1/sandbox${url}`,
      headers: { authorization: `Bearer ${key}` },
      ...(payload === undefined ? {} : { payload }),
    });
  /** What a transaction gets from the insurer now: a status, or that the connection broke. */
  const ask = async (infno: string) => {
    const body = JSON.stringify({ ...ENVELOPE, infno });
    const headers = { 'content-type': 'application/json' };
    return fetch(insurer.url, { method: 'POST', headers, body }).then(
      ({ status }) => status,
      () => 'broken',
    );
  };
  return { send, ask };
}

t.test('the desk is shown, and where the hospital is', async (t) => {
  const { send } = await setUp(t);
  const answer = await send('GET', '');
  t.equal(answer.statusCode, 200);
  t.match(answer.json(), {
    hospitalUrl: 'http://127.0.0.1:7301',
    readers: [
      { id: 'desk-1', card: 'social-security-v2', traffic: { exchanges: 0, bytes: 0, frames: [] } },
      { id: 'desk-2', card: 'resident-id', takes: ['resident-id-card'] },
      { id: 'desk-3', dialect: 'line-scanner', takes: ['insurance-code', 'health-code'] },
    ],
    codes: [{ id: 'insurance-code', code: /^\d{28}$/ }],
  });
  t.notMatch(answer.body, /111111198101011110|张三/, 'cards are shown by their titles');
});

t.test('a card is laid down and taken away, and each answer shows the desk as it is then', async (t) => {
  const { send } = await setUp(t);
  const laid = await send('PUT', '/readers/desk-1/card', { card: 'social-security-v3' });
  t.equal(laid.json().readers[0].card, 'social-security-v3');
  const taken = await send('DELETE', '/readers/desk-1/card');
  t.equal(taken.statusCode, 200);
  t.notOk('card' in taken.json().readers[0]);
  t.same((await send('GET', '')).json(), taken.json());
});

t.test('a code is a card of the tray, and is laid on the scanner', async (t) => {
  const { send } = await setUp(t);
  const { cards, codes } = (await send('GET', '')).json();
  const shownAs = new Map(cards.map((card: { id: string }) => [card.id, card]));
  for (const { id, kind, title } of codes) t.same(shownAs.get(id), { id, kind, title });
  const shown = await send('PUT', '/readers/desk-3/card', { card: 'health-code' });
  t.match(shown.json().readers[2], { card: 'health-code', traffic: { exchanges: 0, frames: [/^← /] } });
  const taken = await send('DELETE', '/readers/desk-3/card');
  t.notOk('card' in taken.json().readers[2]);
});

t.test('what cannot be laid down is refused and changes nothing', async (t) => {
  const { send } = await setUp(t);
  const before = (await send('GET', '')).json();
  const cases: [reader: string, body: object, status: number, code: string][] = [
    ['desk-1', { card: 'resident-id' }, 422, 'reader.unsupported'],
    ['desk-1', { card: 'insurance-code' }, 422, 'reader.unsupported'],
    ['desk-3', { card: 'resident-id' }, 422, 'reader.unsupported'],
    ['desk-1', { card: 'library-card' }, 404, 'sandbox.unknown-card'],
    ['desk-9', { card: 'resident-id' }, 404, 'reader.not-found'],
    ['desk-1', { card: '' }, 400, 'request.invalid'],
    ['desk-1', {}, 400, 'request.invalid'],
  ];
  for (const [reader, body, status, code] of cases) {
    const answer = await send('PUT', `/readers/${reader}/card`, body);
    t.same([answer.statusCode, answer.json().code], [status, code], JSON.stringify(body));
  }
  t.equal((await send('DELETE', '/readers/desk-9/card')).json().code, 'reader.not-found');
  t.same((await send('GET', '')).json(), before);
});

t.test('the insurer misbehaves as often as it is told, at the transaction it is told', async (t) => {
  const { send, ask } = await setUp(t);
  const ordered = await send('POST', '/insurer/misbehaviour', {
    ...{ transaction: '2207', kind: '5xx-before', times: 2 },
  });
  t.equal(ordered.statusCode, 204);
  t.equal(ordered.body, '');
  t.same([await ask('2208'), await ask('2207'), await ask('2207'), await ask('2207')], [200, 502, 502, 200]);
});

t.test('the insurer behaves again at once when it is told to', async (t) => {
  const { send, ask } = await setUp(t);
  await send('POST', '/insurer/misbehaviour', { transaction: '2207', kind: 'lose-request', times: 100 });
  t.equal(await ask('2207'), 'broken');
  t.equal((await send('DELETE', '/insurer/misbehaviour')).statusCode, 204);
  t.equal(await ask('2207'), 200);
});

t.test('what is still to go wrong is told, and one of it can be taken back', async (t) => {
  const { send, ask } = await setUp(t);
  await send('POST', '/insurer/misbehaviour', { transaction: '2207', kind: '5xx-before', times: 2 });
  await send('POST', '/insurer/misbehaviour', { transaction: '2208', kind: '5xx-before' });
  await send('POST', '/insurer/misbehaviour', { transaction: '2207', kind: 'lose-request' });
  await ask('2207');
  const told = async () => (await send('GET', '/insurer/misbehaviour')).json().items;
  t.same(await told(), [
    { transaction: '2207', kind: '5xx-before', times: 1 },
    { transaction: '2208', kind: '5xx-before', times: 1 },
    { transaction: '2207', kind: 'lose-request', times: 1 },
  ]);
  await send('DELETE', '/insurer/misbehaviour?transaction=2207&kind=5xx-before');
  t.equal(await ask('2207'), 'broken');
  t.same(await told(), [{ transaction: '2208', kind: '5xx-before', times: 1 }]);
  t.equal((await send('DELETE', '/insurer/misbehaviour?kind=explode')).statusCode, 400);
});

t.test('a misbehaviour that makes no sense is refused', async (t) => {
  const { send } = await setUp(t);
  const good = { transaction: '2207', kind: 'lose-answer' };
  for (const [change, pointer] of [
    [{ kind: 'explode' }, '/body/kind'],
    [{ transaction: 'settle' }, '/body/transaction'],
    [{ times: 0 }, '/body/times'],
    [{ times: 1_001 }, '/body/times'],
    [{ delayMs: -1 }, '/body/delayMs'],
  ] as const) {
    const answer = await send('POST', '/insurer/misbehaviour', { ...good, ...change });
    t.match(answer.json(), { status: 400, code: 'request.invalid', pointer });
  }
});

t.test('when too many misbehaviours wait to happen, the next is refused', async (t) => {
  const { send } = await setUp(t);
  const order = () => send('POST', '/insurer/misbehaviour', { transaction: '9999', kind: 'rubbish' });
  for (let i = 0; i < 1_000; i++) await order();
  t.match((await order()).json(), { status: 409, code: 'sandbox.misbehaving' });
  await send('DELETE', '/insurer/misbehaviour');
  t.equal((await order()).statusCode, 204);
});

t.test('the insurer’s ledger is empty before anything was settled', async (t) => {
  const { send } = await setUp(t);
  t.same((await send('GET', '/insurer/ledger')).json(), { items: [] });
});

t.test('only who may steer the sandbox does', async (t) => {
  const { send } = await setUp(t);
  const answer = await send('DELETE', '/readers/desk-1/card', undefined, his.key);
  t.match(answer.json(), { status: 403, code: 'access.forbidden', facts: { scope: 'sandbox:write' } });
  t.equal((await send('GET', '')).json().readers[0].card, 'social-security-v2');
});
