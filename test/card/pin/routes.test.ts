import t from 'tap';
import { pinRoutes } from '../../../src/card/pin/routes.ts';
import { PinService } from '../../../src/card/pin/service.ts';
import { Fault } from '../../../src/errors.ts';
import {
  type HealthCardProfile,
  loadProfiles,
  type SocialSecurityProfile,
  virtualCardOf,
} from '../../../src/sandbox/cards/cards.ts';
import { query } from '../../../src/store/query.ts';
import { gatewayWith, logged } from '../gateway.ts';
import { TestPinPad } from '../slots.ts';

const full = loadProfiles().get('social-security-v2-full') as SocialSecurityProfile;
const VERIFY = 'desk-1/pin/verify';
const CHANGE = 'desk-1/pin/change';
const NOW = { timeoutMs: 0 };

const trail = query<object, { act: string; kind: string; subject: string; detail: string }>(
  'test.trail',
  (db) => db.selectFrom('audit').select(['act', 'kind', 'subject', 'detail']).orderBy('seq'),
);

async function desk(
  t: Parameters<typeof gatewayWith>[0],
  card = virtualCardOf(full),
  admit?: (cardId: string) => void,
) {
  const gateway = await gatewayWith(t, (parts) => [pinRoutes({ pins: new PinService({ ...parts, admit }) })]);
  const pad = new TestPinPad();
  gateway.driver.more = { pinPad: pad };
  gateway.driver.unplug();
  gateway.driver.present = true;
  await gateway.timers.advance(1_000);
  gateway.driver.slot.insert(card);
  const outcomes = async () =>
    (await gateway.store.all(trail, {})).map(({ act, detail }) => [act, JSON.parse(detail).outcome]);
  return { ...gateway, pad, outcomes };
}

t.test('the PIN is typed on the reader’s keys and verified by the card', async (t) => {
  const { call, pad, outcomes, driver } = await desk(t);
  pad.typed.push(['123456']);
  t.match(await call('POST', VERIFY, NOW), { status: 200, body: { verified: true, triesLeftBefore: 3 } });
  t.ok(driver.slot.commands.includes('0020000003123456'), 'packed as it was captured');
  t.strictSame(await outcomes(), [['verify-pin', 'done']]);
});

t.test('nobody types a PIN for a card reported lost, and the attempt is on the trail', async (t) => {
  const admit = (cardId: string) => {
    if (cardId === full.cardId) throw new Fault('card.revoked');
  };
  const { call, pad, outcomes } = await desk(t, virtualCardOf(full), admit);
  pad.typed.push(['123456']);
  t.match(await call('POST', VERIFY, NOW), { status: 422, body: { code: 'card.revoked' } });
  t.equal(pad.typed.length, 1);
  t.strictSame(await outcomes(), [['verify-pin', 'card.revoked']]);
});

t.test('a wrong PIN tells how often it may still be tried, at last that it is locked', async (t) => {
  const { call, pad, outcomes, driver } = await desk(t);
  pad.typed.push(['000000'], ['00000'], ['111111']);
  t.match(await call('POST', VERIFY, NOW), {
    status: 422,
    body: { code: 'pin.wrong', facts: { triesLeft: 2 } },
  });
  t.match(await call('POST', VERIFY, NOW), {
    status: 422,
    body: { code: 'pin.wrong', facts: { triesLeft: 1 } },
  });
  t.ok(driver.slot.commands.includes('002000000300000F'), 'an odd count is padded F');
  t.match(await call('POST', VERIFY, NOW), { status: 422, body: { code: 'pin.locked' } });
  pad.typed.push(['123456']);
  t.match(await call('POST', VERIFY, NOW), { status: 422, body: { code: 'pin.locked' } });
  t.equal(pad.typed.length, 1, 'nobody types in vain');
  t.strictSame(
    (await outcomes()).map(([, outcome]) => outcome),
    ['pin.wrong', 'pin.wrong', 'pin.locked', 'pin.locked'],
  );
});

t.test('the right PIN gives the tries back', async (t) => {
  const { call, pad } = await desk(t);
  pad.typed.push(['000000'], ['123456'], ['123456']);
  await call('POST', VERIFY, NOW);
  t.match(await call('POST', VERIFY, NOW), { status: 200, body: { triesLeftBefore: 2 } });
  t.match(await call('POST', VERIFY, NOW), { status: 200, body: { triesLeftBefore: 3 } });
});

t.test('the PIN is changed: the old one, FF, the new one', async (t) => {
  const { call, pad, outcomes, driver } = await desk(t);
  pad.typed.push(['123456', '87654321'], ['123456'], ['87654321']);
  t.match(await call('POST', CHANGE, NOW), { status: 200, body: { changed: true, triesLeftBefore: 3 } });
  t.ok(driver.slot.commands.includes('805E010008123456FF87654321'));
  t.match(await call('POST', VERIFY, NOW), { body: { code: 'pin.wrong' } });
  t.match(await call('POST', VERIFY, NOW), { status: 200 });
  pad.typed.push(['123456', '000000']);
  t.match(await call('POST', CHANGE, NOW), {
    status: 422,
    body: { code: 'pin.wrong', facts: { triesLeft: 2 } },
  });
  t.strictSame((await outcomes())[0], ['change-pin', 'done']);
});

t.test('a card that does not tell its tries is asked all the same', async (t) => {
  const inner = virtualCardOf(full);
  const { call, pad, driver } = await desk(t, {
    reset: () => inner.reset(),
    command: (apdu) =>
      apdu[1] === 0x20 && apdu.length < 6 ? Buffer.from('6C03', 'hex') : inner.command(apdu),
  });
  pad.typed.push(['123456']);
  const { status, body } = await call('POST', VERIFY, NOW);
  t.equal(status, 200);
  t.notOk('triesLeftBefore' in body);
  t.equal(
    driver.slot.commands.filter((command) => command.startsWith('0020')).length,
    2,
    'and not with a length of its own',
  );
});

t.test('what the holder does at the pad has its own code', async (t) => {
  const { call, pad, outcomes } = await desk(t);
  for (const [code, status] of [
    ['pin.cancelled', 422],
    ['pin.timeout', 408],
    ['pin.length', 422],
    ['pin.differs', 422],
  ] as const) {
    pad.typed.push(new Fault(code));
    t.match(await call('POST', CHANGE, NOW), { status, body: { code } });
    t.strictSame((await outcomes()).at(-1), ['change-pin', code]);
  }
});

t.test('a reader without keys says so before anybody lays a card down', async (t) => {
  const { call, driver } = await gatewayWith(t, (parts) => [pinRoutes({ pins: new PinService(parts) })]);
  driver.slot.insert(virtualCardOf(full));
  t.match(await call('POST', VERIFY, NOW), { status: 422, body: { code: 'pin.unsupported' } });
  t.strictSame(driver.slot.commands, []);
});

t.test(
  'no card, another card, no right, no such reader, a PIN in the request: nothing is typed',
  async (t) => {
    const { call, driver, pad } = await desk(t);
    pad.typed.push(['123456']);
    t.match(await call('POST', 'desk-9/pin/verify', NOW), {
      status: 404,
      body: { code: 'reader.not-found' },
    });
    t.match(await call('POST', VERIFY, NOW, {}, 'none'), { status: 403 });
    t.match(await call('POST', VERIFY, { pin: '123456' }), { status: 400, body: { pointer: '/body/pin' } });
    t.match(await call('POST', VERIFY, { spot: 'contactless', timeoutMs: 0 }), {
      body: { code: 'reader.unsupported' },
    });
    driver.slot.insert(virtualCardOf(loadProfiles().get('health-card') as HealthCardProfile));
    t.match(await call('POST', VERIFY, NOW), { status: 422, body: { code: 'card.unknown' } });
    driver.slot.insert(undefined);
    t.match(await call('POST', VERIFY, NOW), { status: 408, body: { code: 'card.none' } });
    t.equal(pad.typed.length, 1);
  },
);

t.test('no PIN and no card id stands in an answer, a log or on the audit trail', async (t) => {
  const { call, pad, store, audit } = await desk(t);
  pad.typed.push(['987654'], ['123456', '876543'], ['876543']);
  const answers = [
    await call('POST', VERIFY, NOW),
    await call('POST', CHANGE, NOW),
    await call('POST', VERIFY, NOW),
  ];
  const rows = await store.all(trail, {});
  t.equal(rows.length, 3);
  t.equal(new Set(rows.map(({ subject }) => subject)).size, 1, 'the same card is known again');
  const everything = [...answers.map(({ text }) => text), JSON.stringify(rows), logged()].join('\n');
  for (const secret of ['987654', '876543', full.cardId]) t.notOk(everything.includes(secret), secret);
  t.strictSame(await audit.verify(), []);
});
