import t, { type Test } from 'tap';
import type { Referral } from '../../../schemas/referral.ts';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';
import { clearReaders } from './sample.ts';

const browser = await browserOrSkip();
const world = await startWorld(t, {
  clerk: false,
  change: (configuration) => ({ ...configuration, referral: { review: { out: true, in: ['complete'] } } }),
});
const hospital = new Api(world.hospitalUrl, world.key);

async function open(t: Test, url: string, name: string, filter?: string) {
  const { page, complaints } = await openPage(t, browser, `${url}/referrals`, {
    name: name,
    password: world.password,
  });
  if (filter) {
    await page.getByText('转出', { exact: true }).click();
    await page.getByText(filter, { exact: true }).click();
  }
  return { page, complaints };
}

t.test('what is reviewed goes out when another person has let it go', async (t) => {
  await clearReaders(new Api(world.url, world.key));
  const { page: doctor, complaints } = await open(t, world.url, 'doctor');
  await doctor.getByRole('button', { name: '新的转诊' }).click();
  await doctor.locator('#new_person_code').fill('111111198101011110');
  await doctor.locator('#new_person_name').fill('张三');
  await doctor.locator('#new_person_name').press('Enter');
  await doctor.locator('#new_department_name').fill('心血管内科');
  await doctor.locator('#new_form_impression').fill('高血压');
  await doctor.locator('#new_form_presentIllness').fill('反复头晕三个月');
  await doctor.getByRole('button', { name: '发出转诊' }).click();
  await doctor.getByText('等待另一位审核人审核').waitFor();
  t.equal(await doctor.getByRole('button', { name: '审核通过' }).count(), 0, 'nobody reviews their own');

  const { page: centre } = await open(t, world.url, 'referral-centre', '待审');
  await centre.getByRole('link', { name: /张\*/ }).click();
  await centre.getByRole('button', { name: '退回修改' }).click();
  await centre.locator('#review_send-back_reason_code').click();
  await centre.getByTitle('转诊单填写不完整').click();
  t.equal(await centre.locator('#review_send-back_reason_text').inputValue(), '转诊单填写不完整');
  await centre.locator('#review_send-back_text').fill('请补充既往史');
  t.strictSame(await violationsOf(centre), []);
  await centre.locator('form').getByRole('button', { name: '退回修改' }).click();
  await doctor.getByText('转诊中心(示例) 退回:转诊单填写不完整').waitFor();

  await doctor.getByRole('button', { name: '提交审核' }).click();
  await doctor.locator('#review_submit_form_pastHistory').fill('否认糖尿病');
  await doctor.locator('form').getByRole('button', { name: '提交审核' }).click();
  await centre.getByRole('button', { name: '审核通过' }).click();
  await doctor
    .getByText(/已发出,待送达|已送达,待受理/)
    .first()
    .waitFor();
  const { items } = await hospital.get<{ items: Referral[] }>('/v1/referrals');
  t.equal(items.length, 1);
  t.match(await hospital.get<Referral>(`/v1/referrals/${items[0]?.id}`), {
    form: { pastHistory: '否认糖尿病', doctor: { name: '医师(示例)' } },
  });
  t.strictSame(complaints, []);
});
