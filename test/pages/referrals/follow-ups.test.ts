import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import type { Referral } from '../../../schemas/referral.ts';
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
  return opened;
}

const stateOf = ({ id }: Referral) => clinic.get<Referral>(`/v1/referrals/${id}`);

/** What people wrote, and what they and their organisations are called, is in no language of the page's. */
const WRITTEN = ['张三', '张*', '示例县人民医院', '心血管内科', '原发性高血压', '反复头晕三个月', '示例医师'];

/** Takes the reason that is called so from the table of the open form. */
async function reason(page: Page, act: string, title: string): Promise<void> {
  await page.locator(`#${act}_reason_code`).click();
  await page.getByTitle(title).click();
}

t.test(
  'in English: a cancellation that is asked for at one end is refused at the other, with a reason',
  async (t) => {
    const { page: here } = await open(t, world.url, 'doctor');
    await here.getByRole('button', { name: 'English' }).click();
    await here.getByText('Outbox', { exact: true }).click();
    const sent = await refer(clinic);
    await here.getByRole('link', { name: /张\*/ }).click();
    await here.getByRole('button', { name: 'Request cancellation' }).waitFor();
    t.strictSame(await violationsOf(here), []);
    const text = (await here.locator('main').textContent()) ?? '';
    t.notMatch(
      WRITTEN.reduce((text, each) => text.replaceAll(each, ''), text),
      /\p{Script=Han}/u,
    );
    await here.getByRole('button', { name: 'Request cancellation' }).click();
    await reason(here, 'request-cancellation', 'the patient asks for it');
    await here.locator('form').getByRole('button', { name: 'Request cancellation' }).click();
    await here.getByText('Done: Request cancellation').waitFor();

    const { page: there } = await open(t, world.hospitalUrl, 'referral-centre');
    await there.getByRole('link', { name: /申请撤销/ }).click();
    await there.getByRole('button', { name: '不同意撤销' }).click();
    await there.locator('#refuse-cancellation_reason_text').fill('患者已在路上');
    await there.locator('form').getByRole('button', { name: '不同意撤销' }).click();
    await here.getByRole('tab', { name: /Timeline/ }).click();
    await here.getByText('患者已在路上').waitFor();
    t.equal((await stateOf(sent)).state, 'received');
  },
);

t.test(
  'a return takes the patient back and closes the loop; both are one case on the timeline',
  async (t) => {
    const sent = await refer(clinic, { priority: 'stat' });
    const { page: there, complaints } = await open(t, world.hospitalUrl, 'doctor');
    await there.getByRole('link', { name: /特急/ }).click();
    await there.getByRole('button', { name: '接收', exact: true }).click();
    await there.getByText('已完成:接收').waitFor();
    await there.getByRole('button', { name: '回转', exact: true }).click();
    await there.getByLabel('诊断结果 *').fill('高血压 2 级');
    await there.getByLabel('下一步治疗方案').fill('回基层随访');
    t.strictSame(await violationsOf(there), []);
    await there.getByRole('button', { name: '发出转诊' }).click();
    await there.getByText('下转', { exact: true }).waitFor();
    await there.getByRole('tab', { name: /经过/ }).click();
    await there.getByRole('link', { name: '示例镇卫生院 转来' }).first().waitFor();
    await there.getByRole('link', { name: '转往 示例镇卫生院' }).first().waitFor();

    const { page: here } = await open(t, world.url, 'doctor');
    await here.getByRole('link', { name: /张\*.*来自 示例县人民医院/ }).click();
    await here.getByRole('tabpanel').getByText('回基层随访').first().waitFor();
    t.match(await stateOf(sent), { state: 'completed', outcome: { diagnosis: '高血压 2 级' } });
    t.strictSame(complaints, []);
  },
);

t.test('who may only read is offered no act; an emergency is told to whoever looks elsewhere', async (t) => {
  const { page: auditor, complaints } = await open(t, world.url, 'auditor');
  await auditor.getByText('转出', { exact: true }).click();
  await auditor.getByRole('link', { name: /张\*/ }).first().click();
  await auditor.getByRole('button', { name: '打印转出单' }).waitFor();
  const buttons = await auditor.locator('main').getByRole('button').allTextContents();
  t.strictSame(buttons, ['打印转出单', '显示完整信息']);
  t.strictSame(complaints, []);

  const { page: there } = await open(t, world.hospitalUrl, 'doctor');
  await there.getByText('转出', { exact: true }).click();
  await there.getByRole('link', { name: /转往/ }).first().waitFor();
  await refer(clinic, { channel: 'green', priority: 'stat', consent: { given: 'deferred', by: 'relative' } });
  await there.getByText('急诊绿色通道:新到 1 份,请到转入查看').waitFor();
  await there.getByText('转入', { exact: true }).click();
  t.match(
    await there.locator('.referral-item').first().textContent(),
    /绿色通道/,
    'the emergency comes first',
  );
  t.strictSame(await violationsOf(there), []);
});
