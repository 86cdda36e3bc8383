import t, { type Test } from 'tap';
import type { Referral } from '../../../schemas/referral.ts';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';
import { refer } from './sample.ts';

const contacts = [
  { role: 'chest-pain-centre', name: '胸痛中心', told: 'telephone', telephone: '000-0000' },
] as const;

const browser = await browserOrSkip();
const world = await startWorld(t, {
  clerk: false,
  change: (configuration) => ({ ...configuration, referral: { contacts: [...contacts] } }),
});
const clinic = new Api(world.url, world.key);

async function open(t: Test, url: string, name: string) {
  const opened = await openPage(t, browser, `${url}/referrals`, {
    name: name,
    password: world.password,
  });
  return opened.page;
}

const stateOf = ({ id }: Referral) => clinic.get<Referral>(`/v1/referrals/${id}`);

t.test('two doctors at once: one has it, the other ends that with a reason', async (t) => {
  const sent = await refer(clinic);
  const one = await open(t, world.hospitalUrl, 'doctor');
  const other = await open(t, world.hospitalUrl, 'referral-centre');
  for (const page of [one, other]) await page.getByRole('link', { name: /张\*/ }).click();
  await one.getByRole('button', { name: '领取' }).click();
  await other.getByText(/^医师.*领取$/).waitFor();
  await other.getByRole('button', { name: '接收', exact: true }).click();
  await other.getByText('该转诊已被其他医生领取').waitFor();
  await other.getByRole('button', { name: '代为释放' }).click();
  await other.getByLabel('原因').fill('医师已下班');
  await other.keyboard.press('Enter');
  await one.getByRole('button', { name: '领取' }).waitFor();
  await other.getByRole('button', { name: '接收', exact: true }).click();
  await one.getByRole('button', { name: '预约' }).waitFor();
  t.equal((await stateOf(sent)).state, 'accepted');
});

t.test('what was typed stays when the other side was faster, and says why it can not be sent', async (t) => {
  const sent = await refer(clinic, { priority: 'stat' });
  const there = await open(t, world.hospitalUrl, 'doctor');
  await there.getByRole('link', { name: /特急/ }).click();
  await there.getByRole('button', { name: '接收', exact: true }).click();
  await there.getByRole('button', { name: '病情记录' }).click();
  await there.locator('#note_text').fill('血压平稳');

  const here = await open(t, world.url, 'doctor');
  await here.goto(`${world.url}/referrals?referral=${sent.id}`);
  await here.getByRole('button', { name: '申请撤销' }).click();
  await here.locator('#request-cancellation_reason_code').focus();
  await here.keyboard.type('患者要求');
  await here.keyboard.press('ArrowDown');
  await here.keyboard.press('Enter');
  await here.locator('#request-cancellation_reason_text').focus();
  await here.keyboard.press('Enter');
  await there.getByText(/转诊的状态已变/).waitFor();
  t.equal(await there.locator('#note_text').inputValue(), '血压平稳');
  t.ok(await there.locator('form').getByRole('button', { name: '病情记录' }).isDisabled());
  t.strictSame(await violationsOf(there), []);
  await there.locator('#note_text').press('Escape');
  t.equal(await there.locator('#note_text').count(), 0);
});

t.test('an emergency is told to those who have to know, and who sent it sees that they do', async (t) => {
  const sent = await refer(clinic, {
    channel: 'green',
    priority: 'stat',
    consent: { given: 'deferred', by: 'relative' },
  });
  const here = await open(t, world.url, 'doctor');
  await here.goto(`${world.url}/referrals?referral=${sent.id}`);
  const there = await open(t, world.hospitalUrl, 'doctor');
  await there.getByRole('link', { name: /绿色通道/ }).click();
  await there.getByText(/胸痛中心 · 请打电话告知 000-0000/).waitFor();
  t.strictSame(await violationsOf(there), []);
  await there.getByRole('button', { name: '我已看到' }).click();
  await here.getByText(/胸痛中心.*医师\(示例\).*已看到/).waitFor();
  t.match(await stateOf(sent), {
    contacts: [{ seenBy: { number: 'doctor' } }],
  });
});
