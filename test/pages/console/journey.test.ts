import t, { type Test } from 'tap';
import { startVirtualReader } from '../../../src/sandbox/readers/server.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';

const browser = await browserOrSkip();
const reader = await startVirtualReader({ dialect: 'sam-v', host: '127.0.0.1', port: 0 });
t.teardown(() => reader.close());
const transport = { kind: 'tcp', host: '127.0.0.1', port: reader.port } as const;
const spare = { id: 'spare', name: '备用', dialect: 'sam-v', transport } as const;
const world = await startWorld(t, {
  // The clinic's gateway has readers; the hospital's has none.
  change: ({ readers, ...rest }) => ({ ...rest, readers: readers.length > 0 ? [...readers, spare] : [] }),
});

/** The console as somebody of this role has it before him. */
async function open(t: Test, role: string, section: string) {
  const opened = await openPage(t, browser, `${world.url}/console?section=${section}`, {
    name: role,
    password: world.password,
  });
  opened.page.setDefaultTimeout(8_000);
  return opened;
}

t.test('a reader that is unplugged and plugged in again is seen to go and to come back', async (t) => {
  const { page, complaints } = await open(t, 'operator', 'readers');
  const row = page.getByRole('row', { name: /spare/ });
  await row.getByText('就绪').waitFor();
  t.strictSame(await violationsOf(page), []);
  await reader.unplug();
  await row.getByText(/断开|未连接/).waitFor();
  t.match(await row.textContent(), /reader\.(lost|absent)/);
  await reader.plug();
  await row.getByText('就绪').waitFor();
  t.strictSame(complaints, []);
});

t.test('a user is created, given another password and disabled, by keyboard alone', async (t) => {
  const { page, complaints } = await open(t, 'operator', 'users');
  await page.getByRole('button', { name: '新建用户' }).press('Enter');
  await page.locator('#name:focus').waitFor();
  await page.keyboard.type('wang');
  await page.keyboard.press('Tab');
  await page.keyboard.type('王收费');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  t.strictSame(await violationsOf(page), []);
  await page.getByLabel('初始密码').press('w');
  await page.keyboard.press('Enter');
  await page.getByText('至少 10 位', { exact: true }).waitFor();
  await page.getByLabel('初始密码').fill('made-up-secret-1');
  await page.keyboard.press('Enter');
  const row = page.getByRole('row', { name: /王收费/ });
  await row.getByText('须更换密码').waitFor();
  t.match(await row.textContent(), /挂号收费/);

  await row.getByRole('button', { name: '重设密码' }).press('Enter');
  await page.getByLabel('初始密码').fill('made-up-other-2');
  await page.keyboard.press('Enter');
  await page.getByLabel('初始密码').waitFor({ state: 'hidden' });

  await row.getByRole('button', { name: /停\s?用/ }).press('Enter');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /停\s?用/ })
    .press('Enter');
  await row.getByText('已停用').waitFor();
  t.strictSame(complaints, []);
});

t.test('a name that is taken is refused with what to do, and nothing typed is lost', async (t) => {
  const { page } = await open(t, 'operator', 'users');
  await page.getByRole('button', { name: '新建用户' }).click();
  await page.getByLabel('登录名').fill('doctor');
  await page.getByLabel('姓名或工位').fill('李医生');
  await page.getByLabel('医生', { exact: true }).check();
  await page.getByLabel('初始密码').fill('made-up-secret-1');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('user.exists').waitFor();
  t.equal(await page.getByLabel('姓名或工位').inputValue(), '李医生');
});

t.test('the auditor sees the trail and that it holds, in English, and may change nobody', async (t) => {
  const { page } = await open(t, 'auditor', 'audit');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Check the hash chains' }).click();
  await page.getByText('The hash chains hold').waitFor();
  t.strictSame(await violationsOf(page), []);
  await page.getByRole('tab', { name: 'Users' }).click();
  await page.getByRole('row', { name: /operator/ }).waitFor();
  t.equal(await page.getByRole('button', { name: 'New user' }).count(), 0);
  t.strictSame(await violationsOf(page), []);
  t.equal(await page.getByRole('tab', { name: 'Readers' }).count(), 0, 'nor any reader');
});

t.test('the links are told by organisation', async (t) => {
  const { page } = await open(t, 'operator', 'links');
  await page.getByRole('columnheader', { name: '最近回执' }).waitFor();
  await page.getByRole('row').nth(1).waitFor();
  t.strictSame(await violationsOf(page), []);
});
