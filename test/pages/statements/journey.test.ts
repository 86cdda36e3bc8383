import type { Page } from 'playwright-core';
import t from 'tap';
import type { Settlement } from '../../../schemas/settlement.ts';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { sampleBill } from '../../../src/sandbox/demo/bill.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testIds } from '../../helper.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';

const browser = await browserOrSkip();
const world = await startWorld(t);
const api = new Api(world.url, world.key);
const misbehave = (transaction: string, kind: string) =>
  api.post('/v1/sandbox/insurer/misbehaviour', { transaction, kind });

async function settle(billNumber: string): Promise<Settlement> {
  const { id } = await api.post<{ id: string }>('/v1/readings', { code: SAMPLE_NUMBER, name: SAMPLE_NAME });
  return api.post('/v1/settlements', { ...sampleBill(billNumber, id), confirm: true }, testIds.next());
}

/** What the day that is open comes to, as the page says it. */
const result = (page: Page, text: string) =>
  page
    .getByRole('status')
    .filter({ hasText: new RegExp(`^${text}$`) })
    .waitFor();

t.test('a day is compared, what differs is mended, and it balances: by keyboard alone', async (t) => {
  t.equal((await settle('KNOWN')).state, 'settled');
  // It settles there; nobody learns of it, and it cannot be undone for now.
  await misbehave('2207', 'wrong-msgid');
  await misbehave('2601', 'refuse');
  const { id } = await settle('LOST');
  const { page, complaints } = await openPage(t, browser, `${world.url}/review?matter=settlement/${id}`, {
    name: 'finance',
    password: world.password,
  });
  // The gateway has taken all its ways before the statement tells.
  await page.getByRole('radio').first().waitFor();
  await page.getByRole('link', { name: '对账', exact: true }).click();
  await page.getByText('还没有对账').waitFor();
  t.strictSame(await violationsOf(page), []);
  const state = async () => (await api.get<Settlement>(`/v1/settlements/${id}`)).state;

  await page.getByRole('button', { name: '对账', exact: true }).focus();
  await page.keyboard.press('Enter');
  await result(page, '不平');
  const totals = page.getByRole('table', { name: '分组合计' });
  t.match(await totals.textContent(), /390\|11\|[\s\S]*92\.40[\s\S]*不平/);
  const difference = page.getByRole('article', { name: '第 1 项' });
  t.match(
    await difference.textContent(),
    /待处理[\s\S]*本机构没有[\s\S]*医保[\s\S]*92\.40[\s\S]*处理时会做什么[\s\S]*冲正/,
  );
  t.match(await page.getByRole('table', { name: '没有定论,未计入合计' }).textContent(), /LOST/);
  t.strictSame(await violationsOf(page), []);
  t.notMatch(await page.content(), new RegExp(`${SAMPLE_NAME}|${SAMPLE_NUMBER}`), 'nothing names the person');

  await difference.getByRole('button', { name: '处理 第 1 项' }).focus();
  await page.keyboard.press('Enter');
  await difference.getByText('已处理', { exact: true }).waitFor();
  t.equal(await state(), 'failed', 'it is undone at the insurer, and recorded');
  t.equal(await difference.getByRole('button').count(), 0, 'what is mended is not offered again');

  await page.getByRole('button', { name: '重新对账' }).focus();
  await page.keyboard.press('Enter');
  await result(page, '平');
  // The calendar shows the day green, and arrow keys walk it.
  const today = page.locator('.day[aria-pressed="true"]');
  t.match(await today.getAttribute('aria-label'), /^\d{4}-\d\d-\d\d 平$/);
  await page.getByRole('button', { name: /全月$/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('还没有对账').waitFor();
  await page.getByRole('button', { name: '对账', exact: true }).focus();
  await page.keyboard.press('Enter');
  await result(page, '平');
  t.strictSame(complaints, []);
});
