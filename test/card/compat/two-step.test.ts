import t from 'tap';
import { authenticationRequestOf } from '../../../src/card/compat/bas-string.ts';
import { HOLD_MS } from '../../../src/card/compat/dialogue.ts';
import { carriedOut } from '../../../src/sandbox/encryption/machine.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { settle } from '../timers.ts';
import { chip, compatWorld, TestLibrary } from './world.ts';

const STEP1 = 'iReadCardBas_HSM_Step1';
const STEP2 = 'iReadCardBas_HSM_Step2';

/** What the calling system's own way to the encryption machine would bring: here, the sandbox's machine. */
function machineAnswer(stepOne: string): string {
  const asked = authenticationRequestOf(stepOne);
  const { RESULT1, RESULT2 } = carriedOut(
    new Map([
      ['MSGNO', '9013'],
      ['AAB301', asked.region],
      ['AAZ507', asked.resetInformation],
      ['AFLAG', asked.algorithm],
      ['AAZ501', asked.cardId],
      ['SJS1', asked.internalFactor],
      ['SJS2', asked.internalSource],
      ['SJS3', asked.externalFactor],
      ['SJS4', asked.externalSource],
    ]),
  );
  return `${RESULT1}|${RESULT2}|`;
}

t.test('a card of generation 3 is opened by the caller’s own encryption machine', async (t) => {
  const { driver, post, audited, pool } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v3'));
  const first = await post(STEP1, { iType: 1 });
  t.equal(first.body.ret, 0);
  t.match(first.body.pOutInfo, /^639900\|008C544CB386844116018593CA\|03\|[0-9A-F]{32}\|([0-9A-F]{16}\|){4}$/);
  t.equal(pool.status('desk-1').state, 'busy', 'the card stays powered, the reader taken');
  const second = await post(STEP2, { pKey: machineAnswer(first.body.pOutInfo) });
  t.equal(second.body.ret, 0);
  t.match(
    second.body.pOutInfo,
    new RegExp(`\\|${SAMPLE_NUMBER}\\|X00000043\\|.*\\|${SAMPLE_NAME}\\|.*\\|3\\.00\\|`),
  );
  t.equal(pool.status('desk-1').state, 'ready');
  t.strictSame(
    (await audited()).map(({ act, subject, detail }) => [act, subject, detail.function, detail.ret]),
    [
      ['call', 'desk-1', STEP1, 0],
      ['call', 'desk-1', STEP2, 0],
    ],
  );
});

t.test('a card reported lost is refused, whoever has the keys', async (t) => {
  const { driver, post, pool } = await compatWorld(t, { revoked: ['X00000043'] });
  driver.slot.insert(chip('social-security-v3'));
  const first = await post(STEP1, { iType: 1 });
  const second = await post(STEP2, { pKey: machineAnswer(first.body.pOutInfo) });
  t.strictSame(second.body, { ret: -0x6985, pOutInfo: '' });
  t.equal(pool.status('desk-1').state, 'ready');
});

t.test('a card that reads freely has no external half', async (t) => {
  const { driver, post } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v2'));
  const first = await post(STEP1, { iType: 1 });
  t.match(first.body.pOutInfo, /\|01\|[0-9A-F]{32}\|[0-9A-F]{16}\|[0-9A-F]{16}\|\|\|$/);
  const second = await post(STEP2, { pKey: machineAnswer(first.body.pOutInfo) });
  t.match(second.body, { ret: 0, pOutInfo: new RegExp(`\\|${SAMPLE_NUMBER}\\|`) });
});

t.test('an answer that is wrong opens nothing and frees the reader', async (t) => {
  const { driver, post, pool } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v3'));
  const zeroes = '0'.repeat(32);
  const wrong: [string, (right: string) => string, number][] = [
    ['not the fields', () => 'nonsense', -23],
    ['the machine and the card differ', () => `${zeroes}|${zeroes}|`, -25],
    ['the card does not take it', (right) => `${right.split('|')[0]}|${zeroes}|`, -0x63c2],
  ];
  for (const [what, pKeyOf, ret] of wrong) {
    const { pOutInfo } = (await post(STEP1, { iType: 1 })).body;
    const { body } = await post(STEP2, { pKey: pKeyOf(machineAnswer(pOutInfo)) });
    t.strictSame(body, { ret, pOutInfo: '' }, what);
    t.equal(pool.status('desk-1').state, 'ready');
  }
});

t.test('step two without step one, twice, or too late finds a card without power', async (t) => {
  const { driver, post, timers, pool } = await compatWorld(t);
  const noPower = { ret: -3, pOutInfo: '' };
  t.strictSame((await post(STEP2, { pKey: '' })).body, noPower);
  driver.slot.insert(chip('social-security-v3'));
  const first = await post(STEP1, { iType: 1 });
  const pKey = machineAnswer(first.body.pOutInfo);
  t.strictSame((await post('iReadCard_HSM_Step2', { pKey })).body, noPower, 'a step of something else');
  t.equal((await post(STEP2, { pKey })).body.ret, 0);
  t.strictSame((await post(STEP2, { pKey })).body, noPower);
  await post(STEP1, { iType: 1 });
  await timers.advance(HOLD_MS);
  t.equal(pool.status('desk-1').state, 'ready', 'the reader is nobody’s any more');
  t.match(pool.status('desk-1'), { counters: { failures: 0, reopenings: 0 } });
  t.strictSame((await post(STEP2, { pKey })).body, noPower);
  t.equal(timers.count, 0, 'nothing is left behind');
});

t.test('between the steps others are told busy; who began may begin anew', async (t) => {
  const { driver, post, bearer } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v3'));
  await post(STEP1, { iType: 1 });
  t.strictSame((await post('iReadCardBas', { iType: 1 }, bearer('reading'))).body, {
    ret: -12,
    pOutInfo: '',
  });
  t.strictSame((await post(STEP2, { pKey: '' }, bearer('reading'))).body, { ret: -3, pOutInfo: '' });
  t.match((await post('iReadCardBas', { iType: 1 })).body, { ret: -2201 });
  const first = await post(STEP1, { iType: 1 });
  const again = await post(STEP1, { iType: 1 });
  t.not(first.body.pOutInfo, again.body.pOutInfo, 'with other challenges');
  t.equal((await post(STEP2, { pKey: machineAnswer(again.body.pOutInfo) })).body.ret, 0);
});

t.test('a reader that is lost, or a card that is pulled, between the steps ends them', async (t) => {
  const { driver, post, timers } = await compatWorld(t);
  driver.slot.insert(chip('social-security-v3'));
  const first = await post(STEP1, { iType: 1 });
  driver.slot.insert(undefined);
  t.strictSame((await post(STEP2, { pKey: machineAnswer(first.body.pOutInfo) })).body, {
    ret: -4,
    pOutInfo: '',
  });
  driver.slot.insert(chip('social-security-v3'));
  await post(STEP1, { iType: 1 });
  driver.unplug();
  await settle();
  t.strictSame((await post(STEP2, { pKey: '' })).body, { ret: -3, pOutInfo: '' });
  t.strictSame((await post(STEP1, { iType: 1 })).body, { ret: -11, pOutInfo: '' });
  driver.present = true;
  await timers.advance(1_000);
  t.equal((await post(STEP1, { iType: 1 })).body.ret, 0, 'and begin again once it is back');
});

t.test('a vendor’s library does its steps by itself, on a reader that is kept for it', async (t) => {
  const library = new TestLibrary({
    iReloadPIN_HSM_Step1: { ret: 0, out: 'one|' },
    iReloadPIN_HSM_Step2: { ret: 0, out: 'two|' },
    iReloadPIN_HSM_Step3: { ret: 0, out: '' },
    iDoDebit_HSM_Step1: { ret: -37891, out: '' },
  });
  const { post, pool } = await compatWorld(t, { more: { library } });
  const pCardInfo = '639900D15600000500BF7C7A48FB4966|X00000019|';
  const on = { reader: 'desk-1' };
  const step = (n: number, body: object) => post(`iReloadPIN_HSM_Step${n}`, { ...body, ...on });
  t.strictSame((await step(1, { iType: 1, pCardInfo })).body, { ret: 0, pOutInfo: 'one|' });
  t.strictSame((await step(3, { pKey: 'b|' })).body, { ret: -3, pOutInfo: '' }, 'not before step two');
  t.strictSame((await step(2, { pKey: 'a|' })).body, { ret: 0, pOutInfo: 'two|' });
  t.equal(pool.status('desk-1').state, 'busy');
  t.strictSame((await step(3, { pKey: 'b|' })).body, { ret: 0, pOutInfo: '' });
  t.equal(pool.status('desk-1').state, 'ready');
  t.strictSame(library.calls, [
    ['iReloadPIN_HSM_Step1', 1, pCardInfo],
    ['iReloadPIN_HSM_Step2', 'a|'],
    ['iReloadPIN_HSM_Step3', 'b|'],
  ]);
  const pay = { iType: 1, pCardInfo, pPayInfo: '0.1|0.2|20151118185001|', ...on };
  t.strictSame((await post('iDoDebit_HSM_Step1', pay)).body, { ret: -37891, pOutInfo: '' });
  t.equal(pool.status('desk-1').state, 'ready', 'a step that fails ends them');
});
