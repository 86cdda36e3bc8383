import t from 'tap';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';

const browser = await browserOrSkip();
const world = await startWorld(t);
const api = new Api(world.url, world.key);

t.test('a long run shows how far it is and can be cancelled, in English', async (t) => {
  const slow = { transaction: '3201', kind: 'delay', times: 9, delayMs: 2_500 };
  await api.post('/v1/sandbox/insurer/misbehaviour', slow);
  const { page, complaints } = await openPage(t, browser, `${world.url}/statements`, {
    name: 'finance',
    password: world.password,
  });
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: /^Compare/ }).click();
  await page.getByRole('progressbar', { name: /Progress: \d+ of [1-9]/ }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('status').getByText('incomplete', { exact: true }).waitFor();
  await page.getByText('The comparison was cancelled before it was complete').waitFor();
  t.strictSame(await violationsOf(page), []);
  t.equal(await page.getByRole('progressbar').count(), 0);
  await api.delete('/v1/sandbox/insurer/misbehaviour');
  await page.getByRole('button', { name: 'Compare again' }).click();
  await page.getByRole('status').getByText('balanced', { exact: true }).waitFor();
  t.strictSame(complaints, []);
});

t.test(
  'arrow keys walk the days; what is still to come cannot be opened; an auditor only looks',
  async (t) => {
    const { page, complaints } = await openPage(
      t,
      browser,
      `${world.url}/statements?insurer=nhsa&period=2026-03-12`,
      {
        name: 'auditor',
        password: world.password,
      },
    );
    await page.getByText('nhsa 2026-03-12 对账单').waitFor();
    await page.getByText('还没有对账').waitFor();
    t.equal(await page.getByRole('button', { name: '对账', exact: true }).count(), 0);
    await page.locator('[data-day="2026-03-12"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    t.equal(await page.locator(':focus').getAttribute('data-day'), '2026-03-20');
    await page.keyboard.press('Enter');
    await page.getByText('nhsa 2026-03-20 对账单').waitFor();
    await page.getByRole('button', { name: '上个月' }).click();
    await page.getByText('nhsa 2026-02 对账单').waitFor();
    t.equal(await page.locator('.day').count(), 28);
    t.strictSame(await violationsOf(page), []);
    t.strictSame(complaints, []);
  },
);

t.test('a month that is over is closed by a person, and nothing of it is compared any more', async (t) => {
  const { page, complaints } = await openPage(
    t,
    browser,
    `${world.url}/statements?insurer=nhsa&period=2026-03`,
    {
      name: 'finance',
      password: world.password,
    },
  );
  await page.getByRole('button', { name: '对账', exact: true }).click();
  await page.getByRole('status').getByText('平', { exact: true }).waitFor();
  const close = page.getByRole('button', { name: '月结' });
  t.ok(await close.isDisabled(), 'it cannot be taken back: the person says that it is sure first');
  await page.getByRole('checkbox').check();
  await close.click();
  await page.getByText(/月结$/).last().waitFor();
  await page.locator('[data-day="2026-03-12"]').click();
  await page.getByText('该月已月结,不再对账').waitFor();
  t.equal(await page.getByRole('button', { name: '对账', exact: true }).count(), 0);
  t.strictSame(complaints, []);
});

t.test('a doctor has no such page', async (t) => {
  const { page } = await openPage(t, browser, `${world.url}/statements`, {
    name: 'doctor',
    password: world.password,
  });
  await page.getByRole('navigation').waitFor();
  t.equal(await page.getByRole('link', { name: '对账' }).count(), 0);
});
