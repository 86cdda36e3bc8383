import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage, signIn as signInAs, violationsOf } from '../page.ts';

const browser = await browserOrSkip();
const world = await startWorld(t);
const api = new Api(world.url, world.key);
const lay = (card: string) => api.put('/v1/sandbox/readers/desk-1/card', { card });
t.afterEach(() => api.delete('/v1/sandbox/readers/desk-1/card'));

const open = (t: Test) => openPage(t, browser, `${world.url}/desk`);

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
  t.strictSame(complaints, []);
});

t.test('what the insurer does not answer is told as unknown, and settles itself', async (t) => {
  const { page } = await open(t);
  await signIn(page);
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
});

t.test('when the session ends, the bill that was typed is still there after signing in again', async (t) => {
  const { page } = await open(t);
  await signIn(page);
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
  const { page } = await open(t);
  await signIn(page);
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
