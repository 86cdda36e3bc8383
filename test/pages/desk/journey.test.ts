import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import type { Settlement, SettlementRequest } from '../../../schemas/settlement.ts';
import { chargesOf } from '../../../src/pages/app/desk/charges.ts';
import { sampleBill } from '../../../src/pages/app/desk/sample.ts';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { SAMPLE_NUMBER } from '../../helper.ts';
import { sampleIdentity } from '../../settlement/parts.ts';
import { browserOrSkip, type OpenPage, openPage, signIn as signInAs, violationsOf } from '../page.ts';

const browser = await browserOrSkip();
const world = await startWorld(t);
const api = new Api(world.url, world.key);
const lay = (card: string) => api.put('/v1/sandbox/readers/desk-1/card', { card });
t.afterEach(() => api.delete('/v1/sandbox/readers/desk-1/card'));

/** As a HIS opens it: quoted, for whoever is at the desk to settle. */
function openBill(content: Pick<SettlementRequest, 'charges' | 'total'>): SettlementRequest {
  return {
    insurers: ['nhsa'],
    identity: sampleIdentity,
    operator: { no: '001', name: '收费员' },
    visit: {
      ...{ billNumber: 'HIS-1', number: 'V-1', medType: '11', departmentCode: '0201' },
      ...{ departmentName: '全科医疗科', departmentClass: 'A02', doctorCode: 'D111111000001' },
      ...{ doctorName: '示例医师', startedAt: new Date().toISOString() },
    },
    diagnoses: [{ code: 'J06.900', name: '急性上呼吸道感染' }],
    ...content,
  };
}

const open = (t: Test) => openPage(t, browser, `${world.url}/desk`);

/** For tests of what comes after; that one signs in by keyboard is shown by the first. */
async function openSignedIn(t: Test): Promise<OpenPage> {
  const who = { name: 'reception', password: world.password };
  const opened = await openPage(t, browser, `${world.url}/desk`, who);
  await opened.page.getByText('请放卡或扫码').waitFor();
  return opened;
}

async function signIn(page: Page): Promise<void> {
  await signInAs(page, 'reception', world.password);
  await page.getByText('请放卡或扫码').waitFor();
}

t.test('from the card to the settled bill in two key presses', async (t) => {
  const { page, complaints } = await open(t);
  await signIn(page);
  t.strictSame(await violationsOf(page), []);
  await lay('social-security-v2');
  await page.getByText('账户余额').waitFor();
  t.match(await page.locator('main').textContent(), /张三[\s\S]*111\*+110/);
  t.notMatch(
    await page.locator('main').textContent(),
    /111111198101011110/,
    'the number is masked until asked for',
  );
  await page.getByRole('button', { name: '填入一张示例账单' }).click();
  t.strictSame(await violationsOf(page), []);
  await page.locator('#billNumber').focus();
  await page.keyboard.press('Enter');
  await page.getByText('已试算').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('已结算').waitFor();
  t.match(await page.locator('main').textContent(), /92\.40/);
  t.strictSame(await violationsOf(page), []);

  await page.getByRole('button', { name: '显示完整号码' }).click();
  await page.getByText(SAMPLE_NUMBER).waitFor();

  await page.getByRole('button', { name: '冲销' }).click();
  await page.keyboard.press('Enter');
  await page.getByText('请填写冲销原因').waitFor();
  await page.keyboard.type('患者换了药');
  await page.keyboard.press('Enter');
  await page.getByText('已冲销').waitFor();
  const { items } = await api.get<{ items: { id: string }[] }>('/v1/settlements?state=reversed');
  const reversed = await api.get<Settlement>(`/v1/settlements/${items[0]?.id}`);
  t.match(reversed.history, [{ event: 'create' }, {}, {}, {}, { event: 'reverse', note: '患者换了药' }]);
  t.strictSame(await violationsOf(page), []);
  t.strictSame(complaints, []);
});

t.test('a bill that the HIS has opened is one key press away, and settled with the next', async (t) => {
  const { charges, total } = chargesOf(sampleBill().charges);
  const opened = await api.post<Settlement>('/v1/settlements', openBill({ charges, total }), 'open-bill');
  t.equal(opened.state, 'quoted');
  const { page } = await openSignedIn(t);
  await lay('social-security-v2');
  await page.getByRole('button', { name: '取账单 HIS-1,92.40 元' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '确认结算' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('已结算').waitFor();
  t.match(await api.get(`/v1/settlements/${opened.id}`), { state: 'settled', billNumber: 'HIS-1' });
});

t.test('what the insurer does not answer is told as unknown, and settles itself', async (t) => {
  const { page } = await openSignedIn(t);
  await lay('social-security-v2');
  await page.getByText('账户余额').waitFor();
  await page.getByRole('button', { name: '填入一张示例账单' }).click();
  await page.getByRole('button', { name: '试算' }).click();
  await page.getByText('已试算').waitFor();
  await api.post('/v1/sandbox/insurer/misbehaviour', { transaction: '2207', kind: 'lose-answer' });
  await page.keyboard.press('Enter');
  await page.getByText('结果不明').waitFor();
  await page.getByText(/^(已结算|已试算|没有结算)$/).waitFor();
});

t.test('a wrong password says so and keeps the page; English is one click away', async (t) => {
  const { page } = await open(t);
  await page.getByLabel('登录名').fill('reception');
  await page.getByLabel('密码').fill('not-the-password');
  await page.keyboard.press('Enter');
  await page.getByText('登录名或密码不对').waitFor();
  await page.getByLabel('密码').fill(world.password);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByText('Lay the card down or scan a code').waitFor();
  t.equal(await page.locator('html').getAttribute('lang'), 'en');
  t.strictSame(await violationsOf(page), []);
});

t.test('when the session ends, the bill that was typed is still there after signing in again', async (t) => {
  const { page } = await openSignedIn(t);
  await lay('social-security-v2');
  await page.getByText('账户余额').waitFor();
  await page.locator('#charges').fill('X,Y,示例药,1,12.30');
  await page.context().clearCookies();
  await page.getByRole('button', { name: '试算' }).click();
  await page.getByRole('dialog').waitFor();
  await page.getByLabel('登录名').fill('reception');
  await page.getByLabel('密码').fill(world.password);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  t.equal(await page.locator('#charges').inputValue(), 'X,Y,示例药,1,12.30');
});

t.test('somebody else who signs in does not get the page of the one before', async (t) => {
  const { page } = await openSignedIn(t);
  await lay('social-security-v2');
  await page.getByText('账户余额').waitFor();
  await page.locator('#charges').fill('X,Y,示例药,1,12.30');
  await page.context().clearCookies();
  await page.getByRole('button', { name: '试算' }).click();
  await api.delete('/v1/sandbox/readers/desk-1/card');
  await page.getByLabel('登录名').fill('finance');
  await page.getByLabel('密码').fill(world.password);
  await page.keyboard.press('Enter');
  await page.getByText('财务(示例)').waitFor();
  t.notMatch(await page.locator('body').textContent(), /张三/);
});
