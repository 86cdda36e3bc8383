import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Printer } from '../../../../src/referral/forms/print/printer.ts';
import { sheetOf } from '../../../../src/referral/forms/sheet.ts';
import { temporaryFolder } from '../../../helper.ts';
import { creation, joined } from '../../organisations.ts';
import { FONT_FILE, outgoing, textOf } from './world.ts';

const sheet = sheetOf(outgoing);

t.test('many forms are printed, one after the other, and the thread goes at the end', async (t) => {
  const printer = new Printer([{ file: FONT_FILE }]);
  const printed = await Promise.all([0, 1, 2].map(() => printer.print(sheet, 0)));
  t.ok(printed.every(({ pdf }) => pdf.equals(printed[0]!.pdf)));
  await printer.stop();
  t.ok((await printer.print(sheet, 0)).pdf.equals(printed[0]!.pdf), 'another form begins another thread');
  await printer.stop();
});

t.test('a font that is not there, or none, is named', async (t) => {
  const folder = temporaryFolder(t);
  const useless = join(folder, 'text.ttf');
  writeFileSync(useless, 'not a font');
  for (const [file, reason] of [
    [join(folder, 'absent.ttf'), 'ENOENT'],
    [useless, 'not a font'],
  ] as const) {
    const printer = new Printer([{ file: FONT_FILE }, { file }]);
    t.teardown(() => printer.stop());
    await t.rejects(printer.print(sheet, 0), {
      code: 'form.no-font',
      context: { facts: { file, reason } },
    });
  }
});

t.test('who comes while fifty wait is told to come again', async (t) => {
  const printer = new Printer([{ file: join(temporaryFolder(t), 'absent.ttf') }]);
  t.teardown(() => printer.stop());
  const waiting = Array.from({ length: 50 }, () => printer.print(sheet, 0).catch(({ code }) => code));
  await t.rejects(printer.print(sheet, 0), { code: 'gateway.busy' });
  t.same(new Set(await Promise.all(waiting)), new Set(['form.no-font']));
  await t.rejects(printer.print(sheet, 0), { code: 'form.no-font' }, 'and may when they are done');
});

t.test('over HTTP: by its own address, or where a PDF is asked for', async (t) => {
  const { here } = await joined(t);
  const identity = { ...creation.patient.identity, name: '张\u{2A6B2}三' };
  const { body } = await here.call('POST', '/v1/referrals', {
    ...creation,
    patient: { ...creation.patient, identity },
  });
  const url = `/v1/referrals/${body.id}/forms/outgoing`;
  const authorization = `Bearer ${here.key}`;
  const byName = await here.app.inject({ url: `${url}.pdf`, headers: { authorization } });
  t.equal(byName.statusCode, 200);
  t.match(byName.headers, {
    'content-type': 'application/pdf',
    'content-disposition': 'inline; filename="outgoing.pdf"',
    'x-yikatong-missing-characters': 'U+2A6B2',
    'cache-control': 'no-store',
  });
  const [page = ''] = await textOf(byName.rawPayload);
  for (const words of [
    '现有患者张[U+2A6B2]三',
    '主要现病史(转出原因):反复头晕三个月',
    `转诊编号${body.caseId}`,
  ])
    t.ok(page.includes(words), words);

  const accept = 'application/pdf, text/html;q=0.5';
  const asked = await here.app.inject({ url, headers: { authorization, accept } });
  t.ok(asked.rawPayload.equals(byName.rawPayload));
  for (const accept of ['*/*', 'application/json, application/pdf;q=0.5', undefined]) {
    const data = await here.app.inject({ url, headers: { authorization, ...(accept ? { accept } : {}) } });
    t.match(data.headers['content-type'], 'application/json', String(accept));
    t.equal(data.json().form, 'outgoing');
  }
  const early = await here.app.inject({
    url: `/v1/referrals/${body.id}/forms/return.pdf`,
    headers: { authorization },
  });
  t.match(early.json(), { code: 'form.no-outcome' });
  const other = await here.app.inject({
    url: `/v1/referrals/${body.id}/forms/else.pdf`,
    headers: { authorization },
  });
  t.equal(other.statusCode, 400);
  const looks = await here.store.list<{ act: string }>((db) =>
    db.selectFrom('audit').select('act').where('subject', '=', body.id),
  );
  t.ok(looks.filter(({ act }) => act === 'form-outgoing').length >= 2, 'each look is on the trail');
});
