import t from 'tap';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testIds } from '../../helper.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';

const browser = await browserOrSkip();
const world = await startWorld(t);
const api = new Api(world.url, world.key);

const today = new Date().toISOString().slice(0, 10);

const filing = {
  ...{ insurer: 'nhsa', from: today, to: today },
  identity: { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME },
  transfer: {
    diagnosis: { code: 'I10.x00', name: '高血压' },
    ...{ toCode: 'H11111100009', toName: '示例县人民医院', toDivision: '111111', reach: '1' },
    ...{ date: today, reason: '需进一步检查', opinion: '同意' },
  },
};

t.test('a filing that got no answer is looked for at once when asked, and masked as ever', async (t) => {
  await api.post('/v1/sandbox/insurer/misbehaviour', { transaction: '2501', kind: 'lose-answer' });
  const { state } = await api.post<{ state: string }>('/v1/filings', filing, testIds.next());
  t.equal(state, 'in-doubt');
  const { page, complaints } = await openPage(t, browser, `${world.url}/review`, {
    name: 'finance',
    password: world.password,
  });
  const row = page.getByRole('row', { name: /转院备案/ });
  await row.getByRole('button').click();
  const evidence = page.getByRole('region', { name: '证据' });
  await evidence.getByText('没有可用的应答').first().waitFor();
  t.match(await evidence.textContent(), /我们发出的[\s\S]*2501 备案[\s\S]*没有收到应答/);
  t.equal(await page.getByText('对账单说的').count(), 0, 'a filing is in no statement');
  t.strictSame(await violationsOf(page), []);
  const check = page.getByRole('button', { name: '立即查询' });
  // Before its answer can no longer come, looking tells nothing; the gateway, or the next look, finds it.
  while (await check.isVisible()) await check.click({ timeout: 1_000 }).catch(() => undefined);
  await page.getByText('已备案').first().waitFor();
  await page.getByText('现在没有需要您决定的').waitFor();
  t.notMatch(await page.content(), new RegExp(`${SAMPLE_NAME}|${SAMPLE_NUMBER}`));
  t.strictSame(complaints, []);
});
