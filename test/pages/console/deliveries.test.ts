import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { SAMPLE_NUMBER } from '../../helper.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';
import { refer } from '../referrals/sample.ts';

const browser = await browserOrSkip();
const world = await startWorld(t, { clerk: false });
const clinic = new Api(world.url, world.key);
const { store } = world.clinic;
const db = new DatabaseSync(store.kind === 'sqlite' ? store.file : '', { timeout: 5_000 });
t.teardown(() => db.close());

// One message that did arrive; all others are copies of it, so that sending one again has no further effect.
await refer(clinic);
type Listed = { items: { id: string; state: string }[] };
const delivered = () => clinic.get<Listed>('/v1/deliveries?state=delivered&type=referral.request&limit=1');
while ((await delivered()).items.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
const columns = db
  .prepare('pragma table_info(deliveries)')
  .all()
  .map(({ name }) => String(name));

/** Writes down so many more deliveries, older than all others, whose ids begin with `name`. */
function copies(name: string, count: number, changed: Readonly<Record<string, string>>): void {
  const values = { ...changed, id: `'${name}-' || printf('%06d', n.value)` };
  const selected = columns.map((column) => values[column as keyof typeof values] ?? `d.${column}`);
  db.exec(`insert into deliveries (${columns.join(', ')})
    with recursive n(value) as (select 1 union all select value + 1 from n where value < ${count})
    select ${selected.join(', ')} from n, (select * from deliveries where state = 'delivered' limit 1) d`);
}
copies('000-old', 3_000, {});
copies('001-dead', 240, {
  state: "'dead'",
  reason: "'link.not-for-us'",
  last_error: "'422 link.not-for-us'",
  receipt_at: 'null',
});

async function open(t: Test, role: string, address = '/console?section=deliveries') {
  const opened = await openPage(t, browser, world.url + address, {
    name: role,
    password: world.password,
  });
  opened.page.setDefaultTimeout(15_000);
  await opened.page.getByRole('table', { name: '投递' }).getByRole('row').nth(1).waitFor();
  return opened;
}

t.test('a message that was given up is found by keyboard, understood and sent again', async (t) => {
  const { page, complaints } = await open(t, 'operator');
  await page.getByLabel('编号(投递、消息、案例)').focus();
  await page.keyboard.type('001-dead-000007');
  await page.keyboard.press('Enter');
  await page.getByText('共 1 条').waitFor();
  await page.getByRole('table', { name: '投递' }).getByRole('button').focus();
  await page.keyboard.press('Enter');
  await page.getByText('这条消息不是发给本机构的').waitFor();
  t.match(page.url(), /delivery=001-dead-000007/);
  t.strictSame(await violationsOf(page), []);
  await page.getByRole('button', { name: '重新投递', exact: true }).press('Enter');
  await page.getByText('重新投递自').waitFor();
  await page.getByRole('button', { name: '001-dead-000007' }).click();
  await page.getByText('已重新投递为').waitFor();
  t.equal(await page.getByRole('button', { name: '重新投递', exact: true }).count(), 0, 'once is enough');
  t.strictSame(complaints, []);
});

t.test('many are counted first and then sent again, within the filter, with their progress', async (t) => {
  const { page } = await open(t, 'operator');
  await page.getByLabel('失败原因').fill('link.not-for-us');
  await page.getByRole('button', { name: /查\s?询/ }).click();
  await page.getByRole('button', { name: '批量重新投递…' }).click();
  await page.getByText(/将重新投递 (239|240) 条/).waitFor();
  t.strictSame(await violationsOf(page), []);
  await page.getByRole('button', { name: /^重新投递 \d+ 条$/ }).click();
  await page.getByText(/^已重新投递 \d+ 条/).waitFor();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /关\s?闭/ })
    .last()
    .click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '批量重新投递…' }).click();
  await page.getByText('将重新投递 0 条').waitFor();
});

t.test('a long list draws what is seen, reads on where somebody scrolls, and obeys the keys', async (t) => {
  const { page } = await open(t, 'operator');
  const table = page.getByRole('table', { name: '投递' });
  await table.getByRole('button').first().focus();
  const focused = () => page.locator('button:focus').getAttribute('data-row');
  for (let pages = 0; pages < 8; pages += 1) {
    await page.keyboard.press('End');
    await focused();
    await page.getByText('正在读取…').waitFor({ state: 'detached' });
  }
  await page.getByText(/^共 3\d{3} 条/).waitFor();
  await page.keyboard.press('End');
  const last = Number(await focused());
  t.ok(last >= 3_240, `the last row has the focus: ${last}`);
  t.ok((await table.getByRole('row').count()) < 60, 'few rows are there');
  await page.keyboard.press('Home');
  t.equal(await focused(), '0');
});

t.test('who sees referrals finds a person’s messages; the number is in no address', async (t) => {
  const operator = await open(t, 'operator');
  t.equal(await operator.page.getByLabel(/身份证号/).count(), 0, 'an operator does not');
  const { page } = await open(t, 'referral-centre');
  const addresses: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));
  await page.getByLabel(/身份证号/).fill(SAMPLE_NUMBER);
  await page.getByLabel('状态').click();
  await page.getByTitle('已放弃').click();
  const answered = page.waitForResponse(/deliveries\/search/);
  await page.getByRole('button', { name: /查\s?询/ }).click();
  t.equal((await answered).status(), 200);
  await page.getByText(/^共 240 条/).waitFor();
  t.ok(addresses.length > 0);
  t.notMatch(addresses.join(' '), SAMPLE_NUMBER);
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByText('240 in all').waitFor();
  t.strictSame(await violationsOf(page), []);
});

t.test('who stops it keeps what went, and leaves the rest as it was', async (t) => {
  copies('002-late', 150, { state: "'dead'", reason: "'delivery.expired'", receipt_at: 'null' });
  const { page } = await open(t, 'operator');
  await page.getByLabel('失败原因').fill('delivery.expired');
  await page.getByRole('button', { name: /查\s?询/ }).click();
  await page.getByRole('button', { name: '批量重新投递…' }).click();
  await page.getByText('将重新投递 150 条').waitFor();
  let answer: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/v1/deliveries/replay', async (route) => {
    const response = await route.fetch();
    await stopped;
    await route.fulfill({ response });
  });
  await page.getByRole('button', { name: '重新投递 150 条' }).click();
  await page.getByRole('button', { name: /停\s?止/ }).click();
  answer();
  await page.getByText('已停止:重新投递了 100 条(共 150 条),其余没有动').waitFor();
  const left = await clinic.post<{ matched: number }>(
    '/v1/deliveries/replay',
    { filter: { reason: 'delivery.expired' }, dryRun: true },
    'count-what-is-left',
  );
  t.equal(left.matched, 50);
});
