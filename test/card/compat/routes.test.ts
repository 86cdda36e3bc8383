import t from 'tap';
import { libraryFunctions } from '../../../src/card/compat/functions.ts';
import { documentOfIdentityString } from '../../../src/card/compat/identity-string.ts';
import { Fault } from '../../../src/errors.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { CardInSlot, TestPinPad } from '../slots.ts';
import { settle } from '../timers.ts';
import { chip, compatWorld, profileOf, residentId } from './world.ts';

const full = profileOf('social-security-v2-full');
const OF_FIRST_CARD =
  `639900|${SAMPLE_NUMBER}|X00000019|639900D15600000500BF7C7A48FB4966|${SAMPLE_NAME}|` +
  '00814E43238697159900BF7C7A|1.00|20101001|20351001|000000000000|desk-1|';

t.test('the string of the standard’s sample, over the contacts and over the antenna', async (t) => {
  const antenna = new CardInSlot(undefined);
  const { driver, post, look } = await compatWorld(t, { more: { contactless: antenna } });
  const expected = { ret: 0, pOutInfo: OF_FIRST_CARD };
  driver.slot.insert(chip('social-security-v1'));
  t.strictSame((await post('iReadCardBas', { iType: 1 })).body, expected);
  t.strictSame((await post('iReadCardBas', { iType: 3 })).body, expected);
  t.strictSame(
    (await post('iReadCardBas', { iType: 4 })).body,
    expected,
    'the contacts where the antenna has none',
  );
  t.strictSame((await look('iReadCardBas', { iType: 2 })).body, { ret: -2, pOutInfo: '' });
  driver.slot.insert(undefined);
  antenna.insert(chip('social-security-v1'));
  t.strictSame((await post('iReadCardBas', { iType: 2 })).body, expected);
  t.strictSame((await post('iReadCardBas', { iType: 3 })).body, expected);
  driver.slot.insert(chip('social-security-v2'));
  t.match((await post('iReadCardBas', { iType: 3 })).body, { pOutInfo: /\|2\.00\|/ }, 'the contacts first');
  t.strictSame((await post('iReadCardBas', { iType: 4 })).body, expected, 'the antenna first');
});

t.test('an answer is UTF-8, whatever the card was written in', async (t) => {
  const { app, driver, bearer } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v1'));
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/compat/iReadCardBas',
    headers: bearer('desk'),
    payload: { iType: 1 },
  });
  t.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  t.ok(answer.rawPayload.includes(Buffer.from(SAMPLE_NAME, 'utf8')));
});

t.test('each way a reader or a card can fail has its return code', async (t) => {
  const { driver, post, look, pool, timers } = await compatWorld(t);
  const bas = async () => (await post('iReadCardBas', { iType: 1 })).body;
  t.strictSame((await look('iReadCardBas', { iType: 1 })).body, { ret: -2, pOutInfo: '' }, 'no card');
  t.strictSame((await post('iReadCardBas', { iType: 2 })).body, { ret: -13, pOutInfo: '' }, 'no antenna');
  const waiting = post('iReadCardBas', { iType: 1 });
  await settle();
  t.strictSame(await bas(), { ret: -12, pOutInfo: '' }, 'busy');
  await timers.advance(1_000);
  await waiting;
  driver.slot.insert(chip('social-security-v3'));
  t.match(
    await bas(),
    { ret: -2201, pOutInfo: /^639900\|\|\|.*\|3\.00\|/ },
    'locked, and what is free of it',
  );
  const another = { readerId: 'desk-1', client: 'another', holdMs: 60_000, waitMs: 0 };
  const { id } = await pool.leases.ask(another);
  t.strictSame(await bas(), { ret: -12, pOutInfo: '' }, 'leased to another');
  t.match((await post('iReadCardBas', { iType: 1, lease: id })).body, { ret: -2201 }, 'under the lease');
  pool.leases.release('desk-1', id, 'another');
  driver.slot.insert({
    reset: () => Buffer.from('3B6000', 'hex'),
    command: () => Buffer.from('6E00', 'hex'),
  });
  t.strictSame(await bas(), { ret: -1, pOutInfo: '' }, 'another card');
  driver.slot.insert({
    reset: () => Buffer.from('3B6000', 'hex'),
    command: () => Buffer.from('9303', 'hex'),
  });
  t.strictSame(await bas(), { ret: -0x9303, pOutInfo: '' }, 'a status word');
  driver.unplug();
  await settle();
  t.strictSame(await bas(), { ret: -11, pOutInfo: '' }, 'unplugged');
  t.match(await post('iReadCardBas', { iType: 1, reader: 'desk-9' }), {
    status: 404,
    body: { code: 'reader.not-found' },
  });
});

t.test('files are read by their addresses, and only of the card that is meant', async (t) => {
  const { driver, post } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v2-full'));
  const read = async (pFileAddr: string, pCardInfo = '') =>
    (await post('iReadCard', { iType: 1, iAuthType: 2, pCardInfo, pFileAddr })).body;
  const expected = { ret: 0, pOutInfo: `SSSEEF05|20360919|X00000051|$SSSEEF06|${SAMPLE_NUMBER}|$` };
  t.strictSame(await read('SSSEEF05|06|07|$SSSEEF06|08|$'), expected);
  t.strictSame(await read('SSSEEF05|06|07|$SSSEEF06|08|$', `${full.cardId}|X00000051|`), expected);
  t.strictSame(await read('SSSEEF05|06|$', `${full.cardId.replace(/.$/, '0')}||`), {
    ret: -22,
    pOutInfo: '',
  });
  t.strictSame(await read('nonsense'), { ret: -23, pOutInfo: '' });
});

t.test('files are written, value by value, and read back', async (t) => {
  const { driver, post, audited } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v2-full'));
  const write = async (pCardInfo: string, pWriteData: string) =>
    (await post('iWriteCard', { iType: 1, pCardInfo, pFileAddr: 'SSSEEF05|06|$', pWriteData })).body;
  t.strictSame(await write(`${full.cardId}|X00000051|`, '20370919|'), { ret: 0, pOutInfo: '' });
  t.match((await post('iReadCardBas', { iType: 1 })).body, { pOutInfo: /\|20370919\|/ });
  t.strictSame(await write('', '20380919|'), { ret: -23, pOutInfo: '' }, 'a card must be named');
  t.strictSame(await write(`${full.cardId}|`, 'no date|'), { ret: -23, pOutInfo: '' });
  t.strictSame(await write(`${full.cardId}|`, '1|2|3|'), { ret: -23, pOutInfo: '' });
  t.match(
    (await audited()).filter(({ act }) => act === 'write-files').map(({ kind }) => kind),
    ['card', 'card', 'card'],
  );
});

t.test('a PIN is typed on the reader’s keys: −51 with the tries left, then −52', async (t) => {
  const pad = new TestPinPad();
  const { driver, post } = await compatWorld(t, { more: { pinPad: pad } });
  driver.slot.insert(chip('social-security-v2-full'));
  const verify = async () => (await post('iVerifyPIN', { iType: 1 })).body;
  pad.typed.push(['123456'], ['000000'], ['000000'], new Fault('pin.cancelled'), new Fault('pin.timeout'));
  t.strictSame(await verify(), { ret: 0, pOutInfo: '' });
  t.strictSame(await verify(), { ret: -51, pOutInfo: 'PIN 校验失败(剩余 2 次)' });
  t.strictSame(await verify(), { ret: -51, pOutInfo: 'PIN 校验失败(剩余 1 次)' });
  t.strictSame(await verify(), { ret: -31, pOutInfo: '' });
  t.strictSame(await verify(), { ret: -32, pOutInfo: '' });
  pad.typed.push(['123456', '654321'], new Fault('pin.differs'));
  t.strictSame((await post('iChangePIN', { iType: 1 })).body, { ret: 0, pOutInfo: '' });
  t.strictSame((await post('iChangePIN', { iType: 1 })).body, { ret: -34, pOutInfo: '' });
  pad.typed.push(['123456'], ['123456'], ['123456']);
  await verify();
  await verify();
  t.strictSame(await verify(), { ret: -52, pOutInfo: '' });
  t.strictSame(await verify(), { ret: -52, pOutInfo: '' }, 'and nobody types in vain');
});

t.test('without keys on the reader there is no PIN', async (t) => {
  const { driver, post } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v2-full'));
  t.strictSame((await post('iVerifyPIN', { iType: 1 })).body, { ret: -13, pOutInfo: '' });
  t.match(await post('iVerifyPIN', { iType: 1, pin: '123456' }), {
    status: 400,
    body: { code: 'request.invalid', pointer: '/body/pin' },
  });
});

t.test('a resident ID card is told in the order of iReadIdentityCard', async (t) => {
  const { driver, post, look } = await compatWorld(t);
  t.strictSame((await look('iReadIdentityCard', {})).body, { ret: -2, pOutInfo: '' });
  const card = residentId();
  driver.module.lay(card);
  const { body } = await post('iReadIdentityCard', {});
  t.equal(body.ret, 0);
  t.match(
    body.pOutInfo,
    new RegExp(`^\\|${SAMPLE_NAME}\\|[男女]\\|[^|]+\\|19810101\\|[^|]*\\|${SAMPLE_NUMBER}\\|`),
  );
  t.equal(body.pOutInfo.split('|').length, 12, 'eleven bars');
  t.strictSame(documentOfIdentityString(body.pOutInfo).photo, card.photo);
});

t.test('a code is told as it was scanned', async (t) => {
  const scanned = ['6900000000000000000000000001'];
  const { post } = await compatWorld(t, { more: { codes: { next: async () => scanned.shift() } } });
  const scan = async () => (await post('iScan2DBarcode', { iTimeout: 5 })).body;
  t.strictSame(await scan(), { ret: 0, pOutInfo: '6900000000000000000000000001' });
  t.strictSame(await scan(), { ret: -2, pOutInfo: '' });
});

t.test('what a reader without a vendor’s library cannot do is −13', async (t) => {
  const { driver, post } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v2-full'));
  const all = { iType: 1, pCardInfo: `${full.cardId}|`, pFileAddr: 'SSSEEF05|06|$', pPayInfo: '0.1|0.2|' };
  for (const name of ['iReloadPIN', 'iUnblockPIN', 'iDoDebit', 'iReadDebitRecord', 'iReadCard_HSM_Step1']) {
    const { takes } = libraryFunctions[name as keyof typeof libraryFunctions];
    const body = Object.fromEntries(takes.map((each) => [each, all[each as keyof typeof all]]));
    t.strictSame((await post(name, body)).body, { ret: -13, pOutInfo: '' }, name);
  }
  t.strictSame((await post('iScan2DBarcode', { iTimeout: 1, reader: 'desk-1' })).body, {
    ret: -13,
    pOutInfo: '',
  });
  t.strictSame((await post('iGetReaderInfo', {})).body, { ret: 0, pOutInfo: 'desk-1|000000000000|' });
});

t.test('a function that the standard has not, or one that takes a PIN as text, is not known', async (t) => {
  const { post, app, bearer } = await compatWorld(t);
  for (const name of ['iNoSuch', 'PKI_SignData', 'iGetPassword', '__proto__', 'constructor']) {
    t.match(await post(name, {}), { status: 404, body: { code: 'compat.unknown' } }, name);
  }
  const get = await app.inject({ url: '/v1/compat/iReadCardBas', headers: bearer('desk') });
  t.match(get.json(), { status: 405, code: 'request.method' });
});

t.test('reading, writing and paying need their scopes', async (t) => {
  const { post, bearer } = await compatWorld(t);
  const pay = { iType: 1, pCardInfo: '', pPayInfo: '' };
  t.match(await post('iVerifyPIN', { iType: 1 }, bearer('reading')), {
    status: 403,
    body: { code: 'access.forbidden', facts: { scope: 'card:write' } },
  });
  t.match(await post('iDoDebit', pay, bearer('reading')), { body: { facts: { scope: 'purse:write' } } });
  t.match(await post('iReadCardBas', { iType: 1 }, bearer('console')), {
    body: { facts: { scope: 'reading:write' } },
  });
  t.match(await post('iReadCardBas', { iType: 1 }, {}), {
    status: 401,
    body: { code: 'access.unknown-key' },
  });
});
