import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openSqliteStore } from '../../adapters/stores/sqlite/store.ts';
import { AuditTrail } from '../../src/access/audit.ts';
import { ClientDirectory, newKey, type Scope } from '../../src/access/clients.ts';
import { Dialogues } from '../../src/card/compat/dialogue.ts';
import { compatRoutes } from '../../src/card/compat/routes.ts';
import { CompatService } from '../../src/card/compat/service.ts';
import { FileService } from '../../src/card/files/service.ts';
import { PinService } from '../../src/card/pin/service.ts';
import { ReaderPool } from '../../src/card/pool.ts';
import { cardRoutes } from '../../src/card/routes.ts';
import { CardService, READING_VALID_MS } from '../../src/card/service.ts';
import { Fault } from '../../src/errors.ts';
import { Events } from '../../src/events/events.ts';
import { buildGateway } from '../../src/gateway.ts';
import { Idempotency } from '../../src/http/idempotency.ts';
import {
  loadProfiles,
  type ResidentIdProfile,
  type SocialSecurityProfile,
  virtualCardOf,
  virtualResidentIdOf,
} from '../../src/sandbox/cards/cards.ts';
import {
  SAMPLE_NAME,
  SAMPLE_NUMBER,
  TestClock,
  temporaryFolder,
  testIds,
  testLogger,
  testVault,
} from '../helper.ts';
import { PluggedReader } from './slots.ts';
import { settle, TestTimers } from './timers.ts';

const profiles = loadProfiles();
const chip = (id: string) => virtualCardOf(profiles.get(id) as SocialSecurityProfile);
const residentId = () => virtualResidentIdOf(profiles.get('resident-id') as ResidentIdProfile);

async function desk(t: { teardown(work: () => unknown): void }) {
  const folder = temporaryFolder(t);
  const file = join(folder, 'store.db');
  const store = await openSqliteStore(file);
  const clock = new TestClock();
  const timers = new TestTimers(clock);
  const events = new Events(clock);
  const logger = testLogger();
  const vault = testVault();
  const audit = new AuditTrail(store, 'test', clock);
  const driver = new PluggedReader();
  const pool = new ReaderPool({
    readers: [{ id: 'desk-1', name: '一号窗口', driver }],
    clock,
    timers,
    random: () => 0.5,
    events,
    logger,
  });
  const cards = new CardService({ pool, store, clock, ids: testIds, vault, audit, events, timers });
  const idempotency = new Idempotency({ store, vault, clock, ids: testIds, gatewayId: 'test' });
  const parts = { pool, clock, timers, audit, vault };
  const compat = new CompatService({
    ...parts,
    cards,
    files: new FileService(parts),
    pins: new PinService(parts),
    dialogues: new Dialogues({ timers, logger }),
  });
  const keys: Record<string, string> = {};
  const client = (id: string, scopes: readonly Scope[]) => {
    const { key, hash } = newKey(id);
    keys[id] = key;
    return { id, keyHash: hash, scopes: new Set(scopes) };
  };
  const clients = new ClientDirectory([
    client('his', ['reader:read', 'reading:write']),
    client('console', ['reader:read']),
    client('operator', ['operation:read']),
  ]);
  const app = await buildGateway({
    logger,
    ids: testIds,
    clients,
    requestsPerMinuteMax: 100_000,
    sandbox: false,
    version: '0',
    features: [cardRoutes({ pool, cards, idempotency }), compatRoutes({ compat, timers })],
  });
  t.teardown(async () => {
    await app.close();
    await pool.close();
    await store.close();
  });
  pool.start();
  await settle();
  const call = async (
    method: 'GET' | 'POST',
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const answer = await app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${keys.his}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
  };
  const read = (body: object, headers?: Record<string, string>) =>
    call('POST', '/v1/readers/desk-1/readings', body, headers);
  return { app, store, file, clock, timers, events, audit, driver, pool, cards, keys, call, read };
}

const BOTH = { accept: ['social-security-card', 'resident-id-card'] };

t.test(
  'what passed with a card is told to those who operate the gateway, in the sample’s name',
  async (t) => {
    const { driver, keys, call, read } = await desk(t);
    const operator = { authorization: `Bearer ${keys.operator}` };
    const traces = () => call('GET', '/v1/readers/desk-1/traces', undefined, operator);
    t.strictSame((await traces()).body, { items: [] });
    const profile = profiles.get('social-security-v2') as SocialSecurityProfile;
    driver.slot.insert(virtualCardOf({ ...profile, cardNumber: 'Z98765432' }));
    t.equal((await read(BOTH)).body.identity.cardNumber, 'Z98765432');
    const { status, body } = await traces();
    t.equal(status, 200);
    t.match(body.items, [
      { driver: String, exchanges: [{ place: 'contact', act: 'power-on', answer: /^3B/ }] },
    ]);
    const answers = body.items[0].exchanges.map(({ answer = '' }) => answer).join(' ');
    t.match(answers, Buffer.from('X00000019').toString('hex').toUpperCase());
    t.notMatch(answers, Buffer.from('Z98765432').toString('hex').toUpperCase());
    t.match(await call('GET', '/v1/readers/desk-1/traces'), {
      status: 403,
      body: { code: 'access.forbidden' },
    });
    t.match(await call('GET', '/v1/readers/none/traces', undefined, operator), {
      status: 404,
      body: { code: 'reader.not-found' },
    });
  },
);

t.test('a social-security card is read, kept, and given out again', async (t) => {
  const { driver, call, read } = await desk(t);
  driver.slot.insert(chip('social-security-v2'));
  const { status, body } = await read(BOTH);
  t.equal(status, 201);
  t.match(body, {
    readerId: 'desk-1',
    kind: 'social-security-card',
    holder: 'read',
    verifiedBy: 'nobody',
    identity: {
      documentType: 'resident-id',
      documentNumber: SAMPLE_NUMBER,
      name: SAMPLE_NAME,
      sex: 'male',
      birthDate: '1981-01-01',
      cardNumber: 'X00000027',
    },
    card: {
      version: '2.00',
      region: '639900',
      algorithm: 'des',
      issuedOn: '2016-09-19',
      validTo: '2036-09-19',
    },
    notes: [],
    madeAt: '2026-03-02T09:00:00.000+08:00',
    validUntil: '2026-03-02T21:00:00.000+08:00',
  });
  const again = await call('GET', `/v1/readings/${body.id}`);
  t.equal(again.status, 200);
  t.strictSame(again.body, body);
  t.match((await call('GET', '/v1/readers/desk-1')).body, {
    id: 'desk-1',
    name: '一号窗口',
    state: 'ready',
    reads: ['social-security-card', 'health-card', 'resident-id-card'],
    counters: { readings: 1, failures: 0, reopenings: 0 },
    lastReadingAt: '2026-03-02T09:00:00.000+08:00',
  });
});

t.test('a resident ID card is read, its photo only when asked for', async (t) => {
  const { driver, read, timers } = await desk(t);
  driver.module.lay(residentId());
  const { status, body } = await read(BOTH);
  t.equal(status, 201);
  t.match(body, {
    kind: 'resident-id-card',
    verifiedBy: 'sam',
    identity: { documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME },
    document: { layout: 'resident', validForLife: false, validTo: '2040-01-01', issuer: '某县公安局' },
  });
  t.notOk('photo' in body);
  await timers.advance(500);
  driver.module.lay(residentId());
  const withPhoto = await read({ ...BOTH, photo: true });
  const photo = Buffer.from(withPhoto.body.photo, 'base64');
  t.equal(photo.length, 1024);
  t.equal(photo.subarray(0, 8).toString('hex').toUpperCase(), '574C66007E003200');
});

t.test('a card laid down while the reader waits is read', async (t) => {
  const { driver, read, timers } = await desk(t);
  const reading = read({ ...BOTH, timeoutMs: 5_000 });
  await settle();
  await timers.advance(2_000);
  driver.slot.insert(chip('social-security-v1'));
  await timers.advance(400);
  t.equal((await reading).status, 201);
});

t.test('no card in time is 408, a second reading at the same reader 409', async (t) => {
  const { driver, call, read, timers } = await desk(t);
  t.match(await read({ ...BOTH, timeoutMs: 0 }), { status: 408, body: { code: 'card.none' } });
  const waiting = read({ ...BOTH, timeoutMs: 1_000 });
  await settle();
  t.match((await call('GET', '/v1/readers/desk-1')).body, { state: 'busy' });
  const second = await read(BOTH);
  t.match(second, { status: 409, body: { code: 'reader.busy' }, headers: { 'retry-after': '1' } });
  await timers.advance(1_000);
  t.match(await waiting, { status: 408, body: { code: 'card.none' } });
  t.match((await call('GET', '/v1/readers')).body.items[0], { state: 'ready', counters: { failures: 0 } });
  t.equal(driver.opened, 1);
});

t.test('a reader that is lost is 424, a reader nobody knows 404', async (t) => {
  const { driver, call, read, timers } = await desk(t);
  const reading = read({ ...BOTH, timeoutMs: 5_000 });
  await settle();
  driver.unplug();
  t.match(await reading, { status: 424, body: { code: 'reader.lost' } });
  t.match(await read(BOTH), { status: 424, body: { code: 'reader.absent', facts: { state: 'lost' } } });
  driver.present = true;
  await timers.advance(1_000);
  driver.slot.insert(chip('social-security-v1-early'));
  t.equal((await read(BOTH)).status, 201, 'and read again once it is back');
  t.match(await call('POST', '/v1/readers/desk-2/readings', BOTH), {
    status: 404,
    body: { code: 'reader.not-found' },
  });
  t.match(await call('GET', '/v1/readers/desk-2'), { status: 404, body: { code: 'reader.not-found' } });
});

t.test('a card of generation 3 keeps its holder: 422, or the free part where that is enough', async (t) => {
  const { driver, cards, read } = await desk(t);
  driver.slot.insert(chip('social-security-v3'));
  t.match(await read(BOTH), {
    status: 422,
    body: { code: 'card.locked-data', facts: { document: 'social-security-card', version: '3.00' } },
  });
  const free = await read({ ...BOTH, holder: 'if-readable' });
  t.match(free, { status: 201, body: { holder: 'locked', card: { version: '3.00', algorithm: 'sm4' } } });
  t.notOk('identity' in free.body);
  await t.rejects(cards.identityOf(free.body.id, 'his', 'r'), { code: 'card.locked-data' });
});

t.test('a card that is no social-security card is 422', async (t) => {
  const { driver, read } = await desk(t);
  const atr = Buffer.from('3B690000249987DFED5DFFFFFF', 'hex');
  driver.slot.insert({ reset: () => atr, command: () => Buffer.from('6E00', 'hex') });
  t.match(await read(BOTH), { status: 422, body: { code: 'card.unknown' } });
});

t.test('a reading settles bills for twelve hours, then it is gone', async (t) => {
  const { driver, cards, call, clock, read, audit } = await desk(t);
  driver.slot.insert(chip('social-security-v2'));
  const { body } = await read(BOTH);
  t.match(await cards.identityOf(body.id, 'his', 'request-1'), { documentNumber: SAMPLE_NUMBER });
  clock.advance(READING_VALID_MS);
  await t.rejects(cards.identityOf(body.id, 'his', 'request-2'), { code: 'reading.not-found' });
  t.match(await call('GET', `/v1/readings/${body.id}`), { status: 404, body: { code: 'reading.not-found' } });
  clock.advance(1);
  t.equal(await cards.expire(), 1);
  t.strictSame(await audit.verify(), []);
});

t.test('with an Idempotency-Key a repeat gets the first reading, without a card', async (t) => {
  const { driver, read } = await desk(t);
  const headers = { 'idempotency-key': 'reading-of-visit-1' };
  t.match(await read({ ...BOTH, timeoutMs: 0 }, headers), { status: 408 });
  driver.slot.insert(chip('social-security-v2'));
  const first = await read({ ...BOTH, timeoutMs: 0 }, headers);
  driver.slot.insert(undefined);
  const second = await read({ ...BOTH, timeoutMs: 0 }, headers);
  t.equal(first.status, 201);
  t.strictSame(second.body, first.body);
});

t.test('bad requests are told where they are wrong', async (t) => {
  const { call, read } = await desk(t);
  const refused: [unknown, string][] = [
    [{}, '/body/accept'],
    [{ accept: [] }, '/body/accept'],
    [{ accept: ['passport'] }, '/body/accept/0'],
    [{ accept: ['resident-id-card', 'resident-id-card'] }, '/body/accept'],
    [{ ...BOTH, timeoutMs: '1000' }, '/body/timeoutMs'],
    [{ ...BOTH, timeoutMs: 60_001 }, '/body/timeoutMs'],
    [{ ...BOTH, timeoutMs: -1 }, '/body/timeoutMs'],
    [{ ...BOTH, photo: null }, '/body/photo'],
    [{ ...BOTH, more: 1 }, '/body/more'],
    [null, '/body'],
  ];
  for (const [body, pointer] of refused) {
    const answer = await read(body as object);
    t.match(answer, { status: 400, body: { code: 'request.invalid', pointer } }, JSON.stringify(body));
    t.match(answer.headers['content-type'], /problem\+json/);
  }
  t.match(await read('{' as unknown as object), { status: 400, body: { code: 'request.malformed' } });
  t.match(await read(BOTH, { 'content-type': 'text/xml' }), {
    status: 415,
    body: { code: 'request.media-type' },
  });
  t.match(await call('GET', '/v1/readings/nothing'), { status: 404, body: { code: 'reading.not-found' } });
  t.match(await call('GET', '/v1/readings/%20'), { status: 400, body: { code: 'request.invalid' } });
});

t.test('only those who may', async (t) => {
  const { call, keys, read } = await desk(t);
  const asConsole = { authorization: `Bearer ${keys.console}` };
  t.match(await read(BOTH, asConsole), { status: 403, body: { code: 'access.forbidden' } });
  t.match(await call('GET', '/v1/readings/x', undefined, asConsole), { status: 403 });
  t.match(await call('POST', '/v1/compat/iReadCardBas', { iType: 1 }, asConsole), { status: 403 });
  t.equal((await call('GET', '/v1/readers', undefined, asConsole)).status, 200);
  t.match(await call('GET', '/v1/readers', undefined, { authorization: '' }), { status: 401 });
});

t.test('on the disk there is no name and no number', async (t) => {
  const { driver, file, read, call, audit } = await desk(t);
  driver.slot.insert(chip('social-security-v2'));
  const { body } = await read({ ...BOTH });
  await call('GET', `/v1/readings/${body.id}`);
  const bytes = Buffer.concat([file, `${file}-wal`].map((path) => readFileSync(path)));
  t.ok(bytes.includes(body.id), 'the reading is there');
  for (const secret of [SAMPLE_NAME, SAMPLE_NUMBER, body.identity.cardId, body.identity.cardNumber]) {
    t.notOk(bytes.includes(secret), 'what it says is not');
  }
  t.strictSame(await audit.verify(), []);
});

t.test('what happens is told, without a word about the person', async (t) => {
  const { driver, events, read } = await desk(t);
  driver.slot.insert(chip('social-security-v2'));
  const { body } = await read(BOTH);
  const told = events.since(0);
  t.strictSame(
    told.map((event) => [event.type, event.data.state]),
    [
      ['reader.state', 'ready'],
      ['reader.state', 'busy'],
      ['reader.state', 'ready'],
      ['reading.made', undefined],
    ],
  );
  t.strictSame(told.at(-1)?.data, { readingId: body.id, kind: 'social-security-card' });
  t.notOk(JSON.stringify(told).includes(SAMPLE_NUMBER));
});

t.test('iReadCardBas answers the string and the codes of LD/T 33', async (t) => {
  const { driver, call, timers } = await desk(t);
  const bas = (body: object) => call('POST', '/v1/compat/iReadCardBas', body);
  const none = bas({ iType: 1 });
  await settle();
  await timers.advance(1_000);
  t.strictSame((await none).body, { pOutInfo: '', ret: -2 });
  driver.slot.insert(chip('social-security-v1'));
  t.strictSame((await bas({ iType: 3 })).body, {
    pOutInfo:
      `639900|${SAMPLE_NUMBER}|X00000019|639900D15600000500BF7C7A48FB4966|${SAMPLE_NAME}|00814E43238697159900BF7C7A|` +
      '1.00|20101001|20351001|000000000000|desk-1|',
    ret: 0,
  });
  driver.slot.insert(chip('social-security-v3'));
  t.strictSame((await bas({ iType: 1, reader: 'desk-1' })).body, {
    pOutInfo:
      '639900|||639900D1560000050100000000000004||008C544CB386844116018593CA|3.00|20221116|20321116|' +
      '000000000000|desk-1|',
    ret: -2201,
  });
  t.strictSame((await bas({ iType: 2 })).body, { pOutInfo: '', ret: -13 });
  t.match(await bas({ iType: 5 }), { status: 400, body: { pointer: '/body/iType' } });
  t.match(await bas({ iType: 1, reader: 'desk-9' }), { status: 404, body: { code: 'reader.not-found' } });
  const refusing = { reset: () => Buffer.from('3B6000', 'hex'), command: () => Buffer.from('6A81', 'hex') };
  driver.slot.insert(refusing);
  t.strictSame((await bas({ iType: 1 })).body, { pOutInfo: '', ret: -27265 });
  t.intercept(driver.slot, 'powerOn', {
    value: async () => {
      throw new Fault('reader.silent');
    },
  });
  t.strictSame((await bas({ iType: 1 })).body, { pOutInfo: '', ret: -11 });
  driver.unplug();
  await settle();
  t.strictSame((await bas({ iType: 1 })).body, { pOutInfo: '', ret: -11 });
});
