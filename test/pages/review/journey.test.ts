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

/** A bill that is settled while the insurer behaves as it is told to. */
async function settle(
  billNumber: string,
  faults: readonly (readonly [string, string])[],
): Promise<Settlement> {
  const { id } = await api.post<{ id: string }>('/v1/readings', { code: SAMPLE_NUMBER, name: SAMPLE_NAME });
  for (const [transaction, kind] of faults)
    await api.post('/v1/sandbox/insurer/misbehaviour', { transaction, kind });
  return api.post('/v1/settlements', { ...sampleBill(billNumber, id), confirm: true }, testIds.next());
}

interface Book {
  readonly items: readonly { number: string; billNumber: string; transaction: string }[];
}

t.test(
  'what the gateway cannot find out is decided by a person, by keyboard, with the evidence before them',
  async (t) => {
    // It settles, and nobody learns its number; it cannot be undone; and the insurer's list has it.
    const { id, state } = await settle('IN-DOUBT', [
      ['2207', 'wrong-msgid'],
      ['2601', 'refuse'],
    ]);
    t.equal(state, 'in-doubt');
    const { page, complaints } = await openPage(t, browser, `${world.url}/review`, {
      name: 'finance',
      password: world.password,
    });
    await page.getByRole('button', { name: '查看 IN-DOUBT' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: '医保已结算' }).waitFor();
    const evidence = page.getByRole('region', { name: '证据' });
    t.match(
      await evidence.textContent(),
      /我们发出的[\s\S]*2207 结算[\s\S]*收到的[\s\S]*没有可用的应答[\s\S]*对账单说的/,
    );
    await evidence.getByRole('button', { name: '对这一天的账' }).focus();
    await page.keyboard.press('Enter');
    await evidence.getByText('医保的明细里有').waitFor();
    t.match(await evidence.textContent(), /92\.40/);
    t.notMatch(
      await page.content(),
      new RegExp(`${SAMPLE_NAME}|${SAMPLE_NUMBER}`),
      'nothing names the person',
    );
    t.strictSame(await violationsOf(page), []);

    await page.getByRole('radio', { name: '医保没有结算' }).focus();
    await page.keyboard.press('Space');
    t.match(await page.locator('.findings').textContent(), /登记后:未办成[\s\S]*重新结算会重复扣款/);
    await page.keyboard.press('ArrowUp');
    await page.locator('#number').waitFor();
    await page.locator('#basis').fill('王经办 电话核对');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('请填写医保的编号').waitFor();
    t.equal(await page.locator('#basis').inputValue(), '王经办 电话核对', 'what was typed stays');
    const { items } = await api.get<Book>('/v1/sandbox/insurer/ledger');
    const { number } = items.find((item) => item.billNumber === 'IN-DOUBT')!;
    await page.locator('#number').fill(number);
    await page.keyboard.press('Enter');
    await page.getByText('已登记,现在是:已结算').waitFor();
    const settled = await api.get<Settlement>(`/v1/settlements/${id}`);
    t.match(settled, { state: 'settled', legs: [{ number }] });
    t.match(settled.history.at(-1), { event: 'review-settled', note: '王经办 电话核对', by: /finance/ });
    await page.keyboard.press('Enter');
    await page.getByText('没有待核对的业务').waitFor();
    t.strictSame(complaints, []);
  },
);

t.test(
  'new arrivals come without reload; amounts that differ stand side by side, in English too',
  async (t) => {
    const { page, complaints } = await openPage(t, browser, `${world.url}/review`, {
      name: 'reception',
      password: world.password,
    });
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByText('whose outcome is not known').waitFor();
    const { id, state } = await settle('WRONG', [['2207', 'wrong-amounts']]);
    t.equal(state, 'needs-review');
    await page.getByRole('button', { name: 'Open WRONG' }).click();
    await page.getByRole('radio', { name: 'It was reversed' }).waitFor();
    t.equal(
      await page.getByRole('radio', { name: 'It was not settled' }).count(),
      0,
      'it has a number there',
    );
    await page
      .getByRole('row', { name: /differs/ })
      .first()
      .waitFor();
    t.strictSame(await violationsOf(page), []);
    await page.reload();
    await page.getByRole('radio', { name: 'It was reversed' }).click();
    await page.locator('#basis').fill('reversed at the counter');
    await page.getByRole('button', { name: 'Record: It was reversed' }).click();
    await page.getByText('Recorded; it is now: reversed').waitFor();
    t.equal((await api.get<Settlement>(`/v1/settlements/${id}`)).state, 'reversed');
    t.strictSame(complaints, []);
  },
);

t.test('an auditor decides nothing, and what the gateway still finds out about nobody does', async (t) => {
  const { id } = await settle('AUDITED', [['2207', 'wrong-amounts']]);
  // It cannot be undone for now: the gateway goes on trying.
  await settle('WAITING', [
    ['2207', 'wrong-msgid'],
    ...Array.from({ length: 9 }, () => ['2601', '5xx-before'] as const),
  ]);
  const { page, complaints } = await openPage(t, browser, `${world.url}/review?matter=settlement/${id}`, {
    name: 'auditor',
    password: world.password,
  });
  await page.getByText('您的岗位只能查看').waitFor();
  t.equal(await page.getByRole('radio').count(), 0);
  await page.getByRole('button', { name: '返回列表' }).click();
  await page.getByText('结果不明', { exact: true }).waitFor();
  t.strictSame(await violationsOf(page), []);
  await page.getByRole('button', { name: '查看 WAITING' }).click();
  await page.getByText('网关正在自动查清').waitFor();
  t.equal(await page.getByText('您的岗位只能查看').count(), 0, 'there is nothing to decide yet');
  t.strictSame(complaints, []);
  await page.goto(`${world.url}/review?matter=stay/none`);
  await page.getByText('没有这次住院').waitFor();
});
