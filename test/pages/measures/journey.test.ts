import t, { type Test } from 'tap';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { sampleBill } from '../../../src/sandbox/demo/bill.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';

const browser = await browserOrSkip();
const world = await startWorld(t);
const api = new Api(world.url, world.key);

await api.put('/v1/sandbox/readers/desk-1/card', { card: 'social-security-v2' });
const { id } = await api.post<{ id: string }>('/v1/readers/desk-1/readings', {
  accept: ['social-security-card'],
});
await api.post('/v1/settlements', { ...sampleBill('M-1', id), confirm: true }, 'measures-1');

async function open(t: Test, user: string) {
  const opened = await openPage(t, browser, `${world.url}/measures`, {
    name: user,
    password: world.password,
  });
  await opened.page.getByRole('tab', { name: '闭环率' }).waitFor();
  return opened;
}

t.test('finance sees who paid, as a chart and as numbers, by keyboard alone', async (t) => {
  const { page, complaints } = await open(t, 'finance');
  await page.getByRole('tab', { name: '闭环率' }).focus();
  for (let presses = 0; presses < 3; presses++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const numbers = page.getByRole('region', { name: '结算' });
  await numbers.getByRole('row', { name: /^nhsa/ }).waitFor();
  t.match(await numbers.textContent(), /统筹基金[\s\S]*nhsa192\.40/);
  await page.getByRole('img', { name: '结算' }).locator('canvas').waitFor();
  t.strictSame(await violationsOf(page), []);
  await page.getByRole('radio', { name: '按医保' }).focus();
  await page.keyboard.press('ArrowRight');
  await numbers.getByRole('row', { name: /^20\d\d-\d\d/ }).waitFor();
  t.strictSame(complaints, []);
});

t.test('the same numbers are a table to take away, with what they mean', async (t) => {
  const { page } = await open(t, 'finance');
  await page.getByRole('tab', { name: '结算' }).click();
  await page.getByRole('region', { name: '结算' }).waitFor();
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: '下载表格' }).click();
  const download = await downloading;
  t.match(download.suggestedFilename(), /^settlements-.*\.csv$/);
  t.match(await page.locator('.meaning').textContent(), /有效/);
});

t.test('in English: readers, the county, and a time that can be changed and come back to', async (t) => {
  const { page, complaints } = await open(t, 'operator');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('tab', { name: 'Readers' }).click();
  await page.getByRole('row', { name: /^desk-1 1 0 0/ }).waitFor();
  t.strictSame(await violationsOf(page), []);
  await page.getByRole('tab', { name: 'In-county share' }).click();
  const county = page.getByRole('region', { name: 'In-county share' });
  await county.getByRole('row', { name: /^Total 1 0 0 100\.00 %/ }).waitFor();
  t.strictSame(await violationsOf(page), []);
  await page.getByLabel('From').fill('2020-01-01');
  await page.getByText('at most 366 days').waitFor();
  await page.getByLabel('To').fill('2020-03-31');
  await county.getByRole('row', { name: /^Total 0 0 0 –/ }).waitFor();
  await page.reload();
  await county.getByRole('row', { name: /^2020-03/ }).waitFor();
  t.equal(await page.getByLabel('To').inputValue(), '2020-03-31');
  const unexpected = complaints.filter((complaint) => !/status of 400/.test(complaint));
  t.strictSame(unexpected, []);
});

t.test('who may not see measures has no way to them', async (t) => {
  const { page } = await openPage(t, browser, `${world.url}/measures`, {
    name: 'reception',
    password: world.password,
  });
  await page.getByRole('link', { name: '挂号收费' }).waitFor();
  t.equal(await page.getByRole('link', { name: '指标' }).count(), 0);
  t.equal(await page.getByRole('tab').count(), 0);
});
