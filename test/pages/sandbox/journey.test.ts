import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage, signIn, violationsOf } from '../page.ts';

const browser = await browserOrSkip();
const world = await startWorld(t);
const api = new Api(world.url, world.key);
for (const reader of ['desk-1', 'desk-2']) await api.delete(`/v1/sandbox/readers/${reader}/card`);
t.afterEach(async () => {
  await api.delete('/v1/sandbox/readers/desk-1/card');
  await api.delete('/v1/sandbox/insurer/misbehaviour');
});

async function openTray(t: Test) {
  const opened = await openPage(t, browser, `${world.url}/desk`, {
    name: 'reception',
    password: world.password,
  });
  const { page } = opened;
  await page.getByRole('button', { name: '试一试' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '社会保障卡,第二代', exact: true }).waitFor();
  return opened;
}

/** Tab as often as it takes. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await page.locator(`${selector}:focus`).count()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no Tab leads to ${selector}`);
}

t.test(
  'a card of the tray is laid down and taken away by keyboard, and the desk beside it reads it',
  async (t) => {
    const { page, complaints } = await openTray(t);
    t.strictSame(await violationsOf(page), []);
    const card = page.getByRole('button', { name: '社会保障卡,第二代', exact: true });
    await card.focus();
    await page.keyboard.press('Enter');
    await page.getByText('账户余额').waitFor();
    t.match(await page.locator('main').textContent(), /张三/);
    await page.locator('[aria-pressed=true]').waitFor();
    t.equal(await card.getAttribute('aria-pressed'), 'true');
    t.strictSame(await violationsOf(page), []);
    // The desk has taken the keyboard for its bill.
    await card.focus();
    await page.keyboard.press('Enter');
    await page.locator('[aria-pressed=true]').waitFor({ state: 'detached' });
    const { readers } = (await api.get('/v1/sandbox')) as { readers: { card?: string }[] };
    t.equal(readers[0]?.card, undefined);
    t.strictSame(complaints, []);
  },
);

t.test('what is switched on goes wrong until it is switched off', async (t) => {
  const { page } = await openTray(t);
  await page.getByRole('button', { name: 'English' }).click();
  const refuse = page.getByRole('switch', { name: 'The person’s insurance is refused' });
  await tabTo(page, '#switch-unknownPerson');
  await page.keyboard.press('Space');
  await page.locator('#switch-unknownPerson[aria-checked=true]').waitFor();
  t.strictSame(await violationsOf(page), []);
  const card = page.getByRole('button', { name: 'Social-security card, generation 2', exact: true });
  await card.click();
  await page.locator('main').getByText('The insurer refused').first().waitFor();
  await refuse.click();
  await page.locator('#switch-unknownPerson[aria-checked=false]').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Account balance').waitFor();
});

t.test('the tray stays out on the way to another page, and comes to whoever is signed in', async (t) => {
  const { page } = await openTray(t);
  await page.reload();
  await page.getByRole('complementary', { name: '试一试' }).waitFor();
  await page.getByRole('button', { name: '试一试' }).click();
  await page.getByRole('complementary', { name: '试一试' }).waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('button', { name: '试一试', expanded: false }).waitFor();
});

t.test('the county hospital is a second window, in which somebody else is signed in', async (t) => {
  const { page } = await openTray(t);
  const opening = page.context().waitForEvent('page');
  await page.getByRole('link', { name: '打开县医院的窗口' }).click();
  const hospital = await opening;
  await hospital.waitForLoadState();
  t.equal(new URL(hospital.url()).origin, world.hospitalUrl);
  await signIn(hospital, 'referral-centre', world.password);
  await hospital.getByText('转诊中心(示例)').waitFor();
  t.equal(await hospital.getByRole('button', { name: '试一试' }).count(), 0, 'it has no desk to play with');
  await page.reload();
  await page.getByText('收费员(示例)').waitFor();
});
