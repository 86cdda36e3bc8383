import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import type { Referral } from '../../../schemas/referral.ts';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage, violationsOf } from '../page.ts';
import { refer } from './sample.ts';

const browser = await browserOrSkip();
const world = await startWorld(t, { clerk: false });
const clinic = new Api(world.url, world.key);
const hospital = new Api(world.hospitalUrl, world.key);

async function open(t: Test, url: string, name: string, id = '') {
  const opened = await openPage(t, browser, `${url}/referrals${id === '' ? '' : `?referral=${id}`}`, {
    name: name,
    password: world.password,
  });
  return opened;
}

/** The same referral at the hospital, once it is there. */
async function twinOf({ correlationId }: Referral): Promise<string> {
  while (true) {
    const { items } = await hospital.get<{ items: Referral[] }>(
      `/v1/referrals?correlationId=${correlationId}`,
    );
    if (items[0]) return items[0].id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const PDF = Buffer.from('%PDF-1.7\n% a report of nobody\n%%EOF\n');

t.test('a file that one side attaches is there at the other, byte for byte', async (t) => {
  const sent = await refer(clinic);
  const { page: here, complaints } = await open(t, world.url, 'doctor', sent.id);
  const { page: there } = await open(t, world.hospitalUrl, 'referral-centre', await twinOf(sent));
  await here.getByRole('tab', { name: '附件(0)' }).click();
  await here
    .getByLabel('文件')
    .setInputFiles({ name: '检验报告.pdf', mimeType: 'application/pdf', buffer: PDF });
  await here.getByRole('button', { name: '添加附件' }).click();
  await here.getByRole('tab', { name: '附件(1)' }).waitFor();
  await there.getByRole('tab', { name: '附件(1)' }).click();
  await there.getByText('核对无误').waitFor();
  await here.getByText('核对无误').waitFor();
  t.strictSame(await violationsOf(there), []);
  const saving = there.waitForEvent('download');
  await there.getByRole('button', { name: '检验报告.pdf' }).click();
  const saved = await saving;
  t.equal(saved.suggestedFilename(), '检验报告.pdf');
  t.equal(hash('sha256', readFileSync(await saved.path())), hash('sha256', PDF));

  await here
    .getByLabel('文件')
    .setInputFiles({ name: '程序.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ') });
  await here.getByRole('button', { name: '添加附件' }).click();
  await here.getByRole('alert').waitFor();
  t.strictSame(
    complaints.filter((each) => !/status of 4/.test(each)),
    [],
  );
});

t.test('the official form goes to the printer by one press, and nothing else of the page does', async (t) => {
  const sent = await refer(clinic);
  const { page, complaints } = await open(t, world.url, 'doctor', sent.id);
  // What the printer would be given, as it stands when the dialogue opens.
  await page.evaluate(
    `window.print = () => { document.title = document.querySelector('.sheet').textContent; }`,
  );
  await page.getByRole('button', { name: '打印转出单' }).click();
  await page.waitForFunction(`document.title.includes('双向转诊')`);
  const paper = await page.title();
  t.match(paper, /存根[\s\S]*张三[\s\S]*双向转诊\(转出\)单[\s\S]*示例县人民医院[\s\S]*反复头晕三个月/);
  t.equal(await page.locator('.sheet').count(), 0, 'nothing is left behind');
  await page.emulateMedia({ media: 'print' });
  t.equal(await page.evaluate(`document.getElementById('page').innerText.trim()`), '');
  await page.emulateMedia({ media: 'screen' });
  t.equal(
    await page.getByRole('link', { name: 'PDF' }).getAttribute('href'),
    `/v1/referrals/${sent.id}/forms/outgoing.pdf`,
  );
  t.strictSame(complaints, []);
});
