import t, { type Test } from 'tap';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';

const browser = await browserOrSkip();
const world = await startWorld(t, { clerk: false });
const clinic = new Api(world.url, world.key);

async function open(t: Test, role: string, section: string) {
  const opened = await openPage(t, browser, `${world.url}/console?section=${section}`, {
    name: role,
    password: world.password,
  });
  opened.page.setDefaultTimeout(15_000);
  return opened;
}

t.test('an insurer’s latency, doubt and sign-in are seen', async (t) => {
  const identity = { documentType: 'resident-id', documentNumber: '111111198101011110', name: '张三' };
  await clinic.post('/v1/eligibility', { insurer: 'nhsa', identity });
  const { page, complaints } = await open(t, 'operator', 'insurers');
  const row = page.getByRole('row', { name: /nhsa/ }).first();
  await row.getByText(/中位 \d+ 毫秒/).waitFor();
  t.match(await row.textContent(), /没有[\s\S]*成功/, 'no doubt, and signed in');
  t.strictSame(await violationsOf(page), []);
  await page.getByRole('button', { name: 'English' }).click();
  await row.getByText(/median \d+ ms/).waitFor();
  t.strictSame(complaints, []);
});

t.test('what passed with a card is seen byte by byte', async (t) => {
  await clinic.post('/v1/readers/desk-1/readings', { accept: ['social-security-card'] });
  const { page, complaints } = await open(t, 'operator', 'readers');
  await page.getByRole('button', { name: 'desk-1 与卡的往来' }).press('Enter');
  await page.getByText('SELECT').first().waitFor();
  await page.getByText('90 00').first().waitFor();
  const answers = await clinic.get<{ items: object[] }>('/v1/readers/desk-1/traces');
  t.ok(answers.items.length > 0);
  t.notMatch(
    await page.locator('main').textContent(),
    Buffer.from('Z12345678').toString('hex').toUpperCase(),
  );
  t.strictSame(await violationsOf(page), []);
  t.strictSame(complaints, []);
});

t.test('a catalogue is downloaded, and its end is seen', async (t) => {
  const { page, complaints } = await open(t, 'operator', 'catalogues');
  const row = page.getByRole('row', { name: /疾病与诊断/ });
  await row.getByText('整个重新下载').click();
  t.strictSame(await violationsOf(page), []);
  await row.getByRole('button', { name: '下载更新:疾病与诊断' }).press('Enter');
  await row.getByText('已完成').waitFor();
  await row.getByText(/^[1-9]\d{0,3}$/).waitFor();
  t.strictSame(complaints, []);
});

t.test(
  'the configuration in force is shown without its secrets, clients and roles with what they may',
  async (t) => {
    const { page, complaints } = await open(t, 'auditor', 'configuration');
    await page.getByText('requestsPerMinuteMax').waitFor();
    await page.getByText('clients', { exact: true }).click();
    await page.getByText('••••').first().waitFor();
    const text = (await page.locator('main').textContent()) ?? '';
    for (const { keyHash } of world.clinic.clients) t.notMatch(text, keyHash);
    t.strictSame(await violationsOf(page), []);
    await page.getByRole('tab', { name: '客户端和岗位' }).click();
    await page.getByRole('row', { name: /转诊中心/ }).waitFor();
    t.strictSame(await violationsOf(page), []);
    t.strictSame(complaints, []);
  },
);
