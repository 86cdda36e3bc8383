import t from 'tap';
import { readSocialSecurityCard } from '../../../src/card/social-security/application.ts';
import { PluggedReader } from '../slots.ts';
import { chip, desk, institution, residentId, until } from './institution.ts';

const READER = 'window-1.reader';
const READ = { accept: ['social-security-card', 'resident-id-card'], timeoutMs: 2_000 };

t.test('a reader of a desk is listed and read as a local one', async (t) => {
  const local = new PluggedReader();
  const gateway = await institution(t, { local: [{ id: 'local', name: '一号窗口', driver: local }] });
  const { driver } = desk(t, gateway.port);
  await until(() => gateway.stateOf(READER) === 'ready');

  const { body: list } = await gateway.call('GET', '/v1/readers');
  t.match(list.items[1], {
    id: READER,
    name: '一号窗口',
    driver: 'a reader in a test',
    state: 'ready',
    reads: list.items[0].reads,
    counters: { readings: 0, failures: 0, reopenings: 0 },
  });
  const { body: desks } = await gateway.call('GET', '/v1/desks');
  t.match(desks.items, [{ id: 'window-1', state: 'joined', readers: [READER] }]);

  for (const profile of ['social-security-v1', 'social-security-v2', 'social-security-v2-long-name']) {
    for (const reader of [local, driver]) reader.slot.insert(chip(profile));
    const here = await gateway.call('POST', '/v1/readers/local/readings', READ);
    const there = await gateway.call('POST', `/v1/readers/${READER}/readings`, READ);
    t.equal(there.status, 201);
    t.strictSame({ ...there.body, id: 0, readerId: 0 }, { ...here.body, id: 0, readerId: 0 }, profile);
  }
  for (const reader of [local, driver]) {
    reader.slot.insert(undefined);
    reader.module.lay(residentId());
  }
  const here = await gateway.call('POST', '/v1/readers/local/readings', { ...READ, photo: true });
  const there = await gateway.call('POST', `/v1/readers/${READER}/readings`, { ...READ, photo: true });
  t.equal(there.body.photo.length, 1368, 'the photo came through');
  t.strictSame({ ...there.body, id: 0, readerId: 0 }, { ...here.body, id: 0, readerId: 0 });

  await until(() => gateway.pool.status(READER).counters.readings === 4);
  t.match(gateway.pool.status(READER), { state: 'ready', lastReadingAt: Number });
});

t.test('a card is read through the slot command by command', async (t) => {
  const gateway = await institution(t);
  const { driver } = desk(t, gateway.port);
  driver.slot.insert(chip('social-security-v2'));
  await until(() => gateway.stateOf(READER) === 'ready');
  const card = await gateway.pool.use(
    READER,
    async (reader) => {
      const atr = await reader.slot!.powerOn(1_000);
      const read = await readSocialSecurityCard(reader.slot!, atr!);
      await reader.slot!.powerOff(1_000);
      return read;
    },
    { limitMs: 10_000 },
  );
  const slot = new PluggedReader().slot;
  slot.insert(chip('social-security-v2'));
  t.strictSame(card, await readSocialSecurityCard(slot, (await slot.powerOn())!));
  t.strictSame(driver.slot.commands, slot.commands, 'each command reached the card once');
});

t.test('what goes wrong at the desk arises at the gateway, with its code and facts', async (t) => {
  const gateway = await institution(t);
  const { driver, pool } = desk(t, gateway.port);
  await until(() => gateway.stateOf(READER) === 'ready');
  driver.slot.insert({ reset: () => Buffer.from('3B00', 'hex'), command: () => Buffer.from('6FFF', 'hex') });
  const here = await pool
    .use('reader', (reader) => readSocialSecurityCard(reader.slot!, Buffer.alloc(2)), { limitMs: 1_000 })
    .catch((fault) => fault);
  const there = await gateway.call('POST', `/v1/readers/${READER}/readings`, READ);
  t.equal(there.status, 422);
  t.match(there.body, { code: here.code, facts: here.context.facts });
  await until(() => gateway.pool.status(READER).counters.failures === 2);
  t.equal(gateway.pool.status(READER).lastError, here.code);

  const { body } = await gateway.call('POST', `/v1/readers/${READER}/readings`, {
    accept: ['insurance-code'],
  });
  t.equal(body.code, 'reader.unsupported');
  driver.slot.insert(undefined);
  const none = await gateway.call('POST', `/v1/readers/${READER}/readings`, { ...READ, timeoutMs: 0 });
  t.equal(none.body.code, 'card.none');
  t.equal((await gateway.call('POST', '/v1/readers/window-2.reader/readings', READ)).status, 404);
});

t.test('one user at a time; who gives up frees the reader', async (t) => {
  const gateway = await institution(t);
  desk(t, gateway.port);
  await until(() => gateway.stateOf(READER) === 'ready');
  const cancelled = new AbortController();
  const waiting = gateway.cards.read(
    READER,
    { accept: ['resident-id-card'], timeoutMs: 60_000 },
    { client: 'his', requestId: 'r' },
    { cancelled: cancelled.signal },
  );
  waiting.catch(() => {});
  await until(() => gateway.stateOf(READER) === 'busy');
  t.match((await gateway.call('POST', `/v1/readers/${READER}/readings`, READ)).body, { code: 'reader.busy' });
  cancelled.abort();
  await t.rejects(waiting, { code: 'card.none' });
  await until(() => gateway.stateOf(READER) === 'ready');
  t.equal(gateway.pool.status(READER).counters.failures, 0, 'nobody came: the reader has not failed');
  t.strictSame(
    gateway.told.map(({ type, subject, data }) => [type, subject, data.state]),
    ['ready', 'busy', 'ready'].map((state) => ['reader.state', READER, state]),
  );
});

t.test('a use that never ends is ended, and the reader opened anew', async (t) => {
  const gateway = await institution(t);
  const { driver } = desk(t, gateway.port);
  await until(() => gateway.stateOf(READER) === 'ready');
  const used = t.rejects(
    gateway.pool.use(READER, () => new Promise(() => {}), { limitMs: 5_000 }),
    { code: 'reader.lost' },
  );
  await until(() => gateway.stateOf(READER) === 'busy');
  await gateway.timers.advance(5_000);
  await used;
  await until(() => driver.opened === 2 && gateway.stateOf(READER) === 'ready');
});

t.test('a reader that is unplugged at the desk ends what is done with it', async (t) => {
  const gateway = await institution(t);
  const { driver } = desk(t, gateway.port);
  await until(() => gateway.stateOf(READER) === 'ready');
  const used = gateway.pool.use(READER, () => new Promise(() => {}), { limitMs: 5_000 });
  await until(() => gateway.stateOf(READER) === 'busy');
  driver.unplug();
  await t.rejects(used, { code: 'reader.lost' });
  await until(() => gateway.stateOf(READER) === 'absent');
  t.match((await gateway.call('POST', `/v1/readers/${READER}/readings`, READ)).body, {
    code: 'reader.absent',
    facts: { state: 'absent' },
  });
});
