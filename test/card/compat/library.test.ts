import t from 'tap';
import { Fault } from '../../../src/errors.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { settle } from '../timers.ts';
import { compatWorld, TestLibrary } from './world.ts';

/** The sample of the standard, word for word, with a vendor's fields 10 and 11. */
const VENDORS =
  `639900|${SAMPLE_NUMBER}|X00000019|639900D15600000500BF7C7A48FB4966|${SAMPLE_NAME}|` +
  '00814E43238697159900BF7C7A|1.00    |20101001|20201001|410100813475|终端设备号|';
const CARD = '639900D15600000500BF7C7A48FB4966|X00000019|';

t.test('the vendor’s own string comes back as it is, fields 10 and 11 and blanks included', async (t) => {
  const library = new TestLibrary({
    iReadCardBas: { ret: 0, out: VENDORS },
    iGetReaderInfo: { ret: 0, out: '00041186201603000534|440300907950|' },
    iReadDebitRecord: { ret: 0, out: 'whatever|the vendor|says|' },
  });
  const { post, audited } = await compatWorld(t, { more: { library } });
  t.strictSame((await post('iReadCardBas', { iType: 3 })).body, { ret: 0, pOutInfo: VENDORS });
  t.match((await post('iGetReaderInfo', {})).body, { pOutInfo: '00041186201603000534|440300907950|' });
  t.match((await post('iReadDebitRecord', { iType: 1 })).body, { pOutInfo: 'whatever|the vendor|says|' });
  t.strictSame(library.calls, [['iReadCardBas', 3], ['iGetReaderInfo'], ['iReadDebitRecord', 1]]);
  t.match((await audited())[0], {
    client: 'desk',
    act: 'call',
    kind: 'reader',
    subject: 'desk-1',
    detail: { function: 'iReadCardBas', ret: 0 },
  });
  t.notMatch(JSON.stringify(await audited()), SAMPLE_NUMBER);
});

t.test('its arguments go in the standard’s order, its codes come back as they are', async (t) => {
  const library = new TestLibrary({
    iReadCard: { ret: -27266, out: '' },
    iVerifyPIN: { ret: -51, out: 'PIN 校验失败(剩余 2 次)' },
  });
  const { post } = await compatWorld(t, { more: { library } });
  const read = { pFileAddr: 'SSSEEF05|06|$', pCardInfo: CARD, iAuthType: 2, iType: 1 };
  t.strictSame((await post('iReadCard', read)).body, { ret: -27266, pOutInfo: '' });
  t.strictSame(library.calls[0], ['iReadCard', 1, 2, CARD, 'SSSEEF05|06|$']);
  t.strictSame((await post('iVerifyPIN', { iType: 1 })).body, {
    ret: -51,
    pOutInfo: 'PIN 校验失败(剩余 2 次)',
  });
  t.strictSame((await post('iUnblockPIN', { iType: 1, pCardInfo: CARD })).body, { ret: -13, pOutInfo: '' });
});

t.test('a library’s string does not get a card past the list of those reported lost', async (t) => {
  const library = new TestLibrary({
    iReadCardBas: { ret: 0, out: VENDORS },
    iReadCard: { ret: 0, out: 'SSSEEF06|whatever|$' },
  });
  const { post } = await compatWorld(t, { more: { library }, revoked: ['X00000019'] });
  t.strictSame((await post('iReadCardBas', { iType: 3 })).body, { ret: -0x6985, pOutInfo: '' });
  const read = { pFileAddr: 'SSSEEF06|08|$', pCardInfo: CARD, iAuthType: 2, iType: 1 };
  t.strictSame((await post('iReadCard', read)).body, { ret: -0x6985, pOutInfo: '' });
  t.strictSame(library.calls, [['iReadCardBas', 3]], 'a card that is named is not even asked');
});

t.test('what writes or pays is on the audit trail before it is made and after', async (t) => {
  const library = new TestLibrary({ iDoDebit: { ret: -37889, out: '' } });
  const { post, audited } = await compatWorld(t, { more: { library } });
  const pPayInfo = '0.1|0.2|20151118185001|';
  t.match((await post('iDoDebit', { iType: 1, pCardInfo: CARD, pPayInfo })).body, { ret: -37889 });
  t.strictSame(
    (await audited()).map(({ detail }) => detail),
    [{ function: 'iDoDebit' }, { function: 'iDoDebit', ret: -37889 }],
  );
});

t.test('looking for a card in vain fills no audit trail', async (t) => {
  const library = new TestLibrary({ iReadCardBas: { ret: -2, out: '' } });
  const { post, audited } = await compatWorld(t, { more: { library } });
  t.match((await post('iReadCardBas', { iType: 3 })).body, { ret: -2 });
  t.strictSame(await audited(), []);
});

t.test(
  'a library that lost its reader, crashed or hangs is opened anew, and the caller is told',
  async (t) => {
    const library = new TestLibrary({ iReadCardBas: { ret: -11, out: '读卡器未连接' } });
    const { post, driver, timers } = await compatWorld(t, { more: { library } });
    t.strictSame((await post('iReadCardBas', { iType: 3 })).body, { ret: -11, pOutInfo: '读卡器未连接' });
    t.equal(driver.closed, 1);
    await timers.advance(1_000);
    library.script.iReadCardBas = new Fault('reader.lost', { detail: 'the library crashed' });
    t.strictSame((await post('iReadCardBas', { iType: 3 })).body, { ret: -11, pOutInfo: '' });
    await timers.advance(2_000);
    library.script.iReadCardBas = { ret: 0, out: VENDORS };
    t.match((await post('iReadCardBas', { iType: 3 })).body, { ret: 0 });
    t.equal(driver.opened, 3);
  },
);

t.test(
  'a step that writes is on the audit trail before it is made, too, and may fail meanwhile',
  async (t) => {
    const library = new TestLibrary({
      iWriteCard_HSM_Step1: { ret: 0, out: 'challenge' },
      iWriteCard_HSM_Step2: new Fault('reader.lost'),
    });
    const { post, store, audited } = await compatWorld(t, { more: { library } });
    const first = { iType: 1, pCardInfo: '', pFileAddr: '' };
    t.equal((await post('iWriteCard_HSM_Step1', first)).body.ret, 0);
    // What is written at once shows no order: the trail is held up while the step is asked for.
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    const write = store.write.bind(store);
    store.write = (async (...args: Parameters<typeof write>) => {
      await held;
      return write(...args);
    }) as typeof store.write;
    const answer = post('iWriteCard_HSM_Step2', { pKey: '', pWriteData: '' });
    await settle();
    t.equal(library.calls.length, 1, 'not before it is on the trail');
    goOn();
    t.not((await answer).body.ret, 0);
    t.strictSame((await audited()).at(-1)?.detail, { function: 'iWriteCard_HSM_Step2' });
  },
);

t.test('of two steps one at a time the first goes on, and the second takes nothing from it', async (t) => {
  const library = new TestLibrary({
    iWriteCard_HSM_Step1: { ret: 0, out: 'challenge' },
    iWriteCard_HSM_Step2: { ret: 0, out: '' },
  });
  const { post, store } = await compatWorld(t, { more: { library } });
  // Both wait for their notes on the trail, when neither has begun.
  const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
  const write = store.write.bind(store);
  store.write = (async (...args: Parameters<typeof write>) => {
    await held;
    return write(...args);
  }) as typeof store.write;
  const first = { iType: 1, pCardInfo: '', pFileAddr: '' };
  const both = [1, 2].map(() => post('iWriteCard_HSM_Step1', first));
  await settle();
  goOn();
  t.equal((await Promise.all(both)).filter(({ body }) => body.ret === 0).length, 1);
  t.equal((await post('iWriteCard_HSM_Step2', { pKey: '', pWriteData: '' })).body.ret, 0);
});
