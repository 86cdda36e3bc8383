import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';
import { refer } from './sample.ts';

const browser = await browserOrSkip();
const world = await startWorld(t, { clerk: false });
const clinic = new Api(world.url, world.key);

async function open(t: Test, url: string, name: string) {
  const opened = await openPage(t, browser, `${url}/referrals`, {
    name: name,
    password: world.password,
  });
  await opened.page.getByText('没有转诊').or(opened.page.locator('.referral-item').first()).waitFor();
  return opened;
}

/** By keyboard alone: the button of that name has the focus and is pressed. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true, disabled: false }).focus();
  await page.keyboard.press('Enter');
}

t.test('a referral goes from one gateway’s page to the other’s and back, without a reload', async (t) => {
  const here = await open(t, world.url, 'doctor');
  const there = await open(t, world.hospitalUrl, 'referral-centre');
  await here.page.getByText('转出', { exact: true }).click();

  const sent = await refer(clinic);
  await there.page.getByText('新到 1 份转诊').waitFor();
  await there.page.getByRole('link', { name: /张\*.*示例镇卫生院/ }).focus();
  await there.page.keyboard.press('Enter');
  await there.page.getByText('反复头晕三个月').waitFor();
  t.match(there.page.url(), /\?referral=[\w-]+$/);
  const main = there.page.locator('main');
  t.match(await main.textContent(), /111\*+10/);
  t.notMatch(await main.textContent(), /111111198101011110|示例镇一组/, 'masked until asked for');
  t.strictSame(await violationsOf(there.page), []);
  await press(there.page, '显示完整信息');
  t.match(await main.textContent(), /111111198101011110[\s\S]*示例镇一组/);

  await here.page.getByRole('link', { name: /张\*/ }).click();
  await press(there.page, '领取');
  await there.page.getByText(/^转诊中心.* 领取$/).waitFor();
  await press(there.page, '接收');
  await there.page.keyboard.press('Enter');
  await there.page.getByText('已完成:接收').waitFor();
  t.equal(await there.page.getByRole('alert').count(), 0, 'a second press is no second act');
  await here.page.getByLabel('转诊', { exact: true }).getByText('已接收', { exact: true }).waitFor();

  await press(there.page, '预约');
  await there.page.locator('#schedule_appointment_at:focus').waitFor();
  await there.page.getByLabel('接诊医生').fill('示例主任');
  t.strictSame(await violationsOf(there.page), []);
  await there.page.keyboard.press('Enter');
  await here.page
    .getByText(/09:00 · 心血管内科 · 示例主任/)
    .first()
    .waitFor();
  await press(there.page, '到诊');
  await there.page.getByText('已完成:到诊').waitFor();

  await press(there.page, '填写回转单,完成');
  await there.page.locator('#complete_outcome_diagnosis:focus').waitFor();
  await there.page.keyboard.type('原发性高血压 2 级');
  await there.page.keyboard.press('Enter');
  await there.page.getByText('已完成:填写回转单,完成').waitFor();
  await here.page.getByRole('heading', { name: '双向转诊(回转)单' }).waitFor();
  t.match(await here.page.locator('main').textContent(), /原发性高血压 2 级/);
  t.equal((await clinic.get<{ state: string }>(`/v1/referrals/${sent.id}`)).state, 'completed');
  await here.page.getByRole('tab', { name: /经过/ }).click();
  t.match(
    await here.page.getByRole('tabpanel').textContent(),
    /转诊发出[\s\S]*接收[\s\S]*预约[\s\S]*到诊[\s\S]*完成,回转/,
  );
  t.strictSame(await violationsOf(here.page), []);
  t.strictSame([...here.complaints, ...there.complaints], []);
});
