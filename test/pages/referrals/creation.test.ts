import t, { type Test } from 'tap';
import type { Referral } from '../../../schemas/referral.ts';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';
import { clearReaders } from './sample.ts';

const browser = await browserOrSkip();
const world = await startWorld(t, { clerk: false });
const clinic = new Api(world.url, world.key);
const hospital = new Api(world.hospitalUrl, world.key);

t.beforeEach(() => clearReaders(clinic));

async function open(t: Test) {
  const { page, complaints } = await openPage(t, browser, `${world.url}/referrals`, {
    name: 'doctor',
    password: world.password,
  });
  await page.getByRole('button', { name: '新的转诊' }).waitFor();
  return { page, complaints };
}

async function countOf(api: Api): Promise<number> {
  return (await api.get<{ items: unknown[] }>('/v1/referrals')).items.length;
}

async function newest(api: Api): Promise<Referral> {
  const { items } = await api.get<{ items: { id: string }[] }>('/v1/referrals?limit=1');
  return api.get<Referral>(`/v1/referrals/${items[0]?.id}`);
}

t.test('an emergency is on its way in two clicks, with the card on the reader', async (t) => {
  await clinic.put('/v1/sandbox/readers/desk-1/card', { card: 'social-security-v2' });
  const { page, complaints } = await open(t);
  await page.getByRole('button', { name: '急诊绿色通道' }).click();
  await page.getByText(/张三 111/).waitFor();
  t.strictSame(await violationsOf(page), []);
  await page.getByRole('button', { name: '胸痛' }).click();
  await page.getByText('急诊绿色通道:不等受理,患者在途').waitFor();
  const sent = await newest(clinic);
  t.match(sent, {
    channel: 'green',
    priority: 'stat',
    state: 'active',
    patient: { identity: { name: '张三', documentNumber: '111111198101011110' } },
    form: { impression: '胸痛', doctor: { name: '医师(示例)', number: 'doctor' } },
    consent: { given: 'deferred' },
  });
  t.strictSame(await violationsOf(page), []);
  await page.getByRole('button', { name: '补知情同意' }).click();
  await page.getByRole('group', { name: '补知情同意' }).or(page.getByLabel('补知情同意')).first().waitFor();
  await page.locator('form#consent').getByRole('button', { name: '补知情同意' }).click();
  await page.getByText('已完成:补知情同意').waitFor();
  t.equal((await newest(clinic)).consent.given, 'written');
  t.strictSame(complaints, []);
});

t.test(
  'a number that is typed and the form by keyboard alone make a referral; nothing typed is lost',
  async (t) => {
    const { page, complaints } = await open(t);
    await page.getByRole('button', { name: '新的转诊' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('#new_person_code').focus();
    await page.keyboard.type('111111198101011110');
    await page.keyboard.press('Tab');
    await page.keyboard.type('张三');
    await page.keyboard.press('Enter');
    await page.getByText(/张三 111\*+10/).waitFor();
    t.strictSame(await violationsOf(page), []);
    await page.locator('#new_department_name').focus();
    await page.keyboard.type('心血管内科');
    await page.locator('#new_form_impression').focus();
    await page.keyboard.type('原发性高血压');
    await page.keyboard.press('Enter');
    await page.getByText('必须填写').waitFor();

    await page.getByText('转出', { exact: true }).click();
    await page.getByRole('link', { name: /张\*/ }).first().click();
    await page.getByRole('button', { name: '新的转诊(继续填写)' }).click();
    t.equal(await page.locator('#new_form_impression').inputValue(), '原发性高血压', 'put aside, not lost');
    await page.locator('#new_form_presentIllness').fill('反复头晕三个月');
    await page.getByRole('button', { name: '放弃', exact: true }).click();
    await page.getByRole('button', { name: '确定放弃?' }).waitFor();
    // The gateway does it, and its answer is lost on the way.
    await page.route('**/v1/referrals', async (route) => {
      await route.fetch();
      await route.abort();
    });
    const before = await countOf(clinic);
    await page.getByRole('button', { name: '发出转诊' }).click();
    await page.getByText('连不上网关').waitFor();
    await page.unroute('**/v1/referrals');
    await page.getByRole('button', { name: '发出转诊' }).click();
    await page
      .getByText(/已发出,待送达|已送达,待受理/)
      .first()
      .waitFor();
    t.match(await newest(hospital), {
      patient: { identity: { name: '张三', documentNumber: '111111198101011110' } },
      department: { name: '心血管内科' },
      form: { impression: '原发性高血压', presentIllness: '反复头晕三个月' },
    });
    t.equal(await countOf(clinic), before + 1, 'pressed twice, made once');
    t.notMatch(page.url(), /1111/);
    t.strictSame(
      complaints.filter((each) => !/ERR_FAILED/.test(each)),
      [],
    );
  },
);
