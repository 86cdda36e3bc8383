import { createHash } from 'node:crypto';
import t from 'tap';
import { appointment, creation, joined, outcome, type TestOrganisation } from '../organisations.ts';

async function referred(side: TestOrganisation, body: object = creation): Promise<string> {
  const { body: referral, status } = await side.call('POST', '/v1/referrals', body);
  if (status !== 201) throw new Error(`referral ${status} ${JSON.stringify(referral)}`);
  await side.deliverAll();
  return referral.id;
}

async function arrivedAt(there: TestOrganisation): Promise<string> {
  const { body } = await there.call('GET', '/v1/referrals');
  return body.items[0]!.id;
}

t.test('the outgoing form has every field of the official one, at both ends alike', async (t) => {
  const { here, there } = await joined(t);
  const id = await referred(here, {
    ...creation,
    form: { ...creation.form, allergies: '青霉素' },
    patient: { ...creation.patient, recordNumber: 'DA-001' },
  });
  const { status, body } = await here.call('GET', `/v1/referrals/${id}/forms/outgoing`);
  t.equal(status, 200);
  t.match(body, {
    form: 'outgoing',
    title: '双向转诊(转出)单',
    number: id,
    stub: {
      patient: {
        name: '张三',
        sex: { code: '1', name: '男性', table: 'GB/T 2261.1-2003' },
        age: { years: 45, text: '45岁' },
        document: { type: { code: '01', name: '居民身份证' } },
        recordNumber: 'DA-001',
        address: '某县某镇前进村 1 号',
        phone: '13800000000',
      },
      date: '2026-03-02',
      organisation: { code: 'HOSPITAL01', name: '示范县人民医院' },
      department: '心血管内科',
      doctor: '李医生',
      signedOn: '2026-03-02',
    },
    letter: {
      to: { name: '示范县人民医院' },
      patient: { name: '张三' },
      impression: '高血压待查',
      presentIllness: '反复头晕三个月',
      pastHistory: '无特殊',
      treatment: '口服降压药',
      doctor: { name: '李医生', phone: '0000-1234567' },
      organisation: { name: '前进村卫生室' },
      date: '2026-03-02',
    },
    local: { allergies: '青霉素' },
  });
  const other = await there.call('GET', `/v1/referrals/${await arrivedAt(there)}/forms/outgoing`);
  t.same(other.body, body);
});

t.test('an appointment fills in department, doctor and the instructions', async (t) => {
  const { here, there } = await joined(t);
  const id = await referred(here);
  const arrived = await arrivedAt(there);
  await there.act(arrived, { type: 'accept' });
  const at = { ...appointment, department: { name: '内科' }, doctor: '赵医生', instructions: '空腹' };
  await there.act(arrived, { type: 'schedule', appointment: at });
  await there.deliverAll();
  const { body } = await here.call('GET', `/v1/referrals/${id}/forms/outgoing`);
  t.match(body, {
    stub: { department: '内科', receivingDoctor: '赵医生' },
    local: { instructions: '空腹' },
  });
});

t.test('the return form exists once there is an outcome, and has all its fields', async (t) => {
  const { here, there } = await joined(t);
  const id = await referred(here);
  const early = await here.call('GET', `/v1/referrals/${id}/forms/return`);
  t.match(early, { status: 409, body: { code: 'form.no-outcome' } });
  const arrived = await arrivedAt(there);
  await there.act(arrived, { type: 'accept' });
  for (const side of [here, there]) side.clock.advance(86_400_000);
  const result = {
    ...outcome,
    inpatientNumber: 'ZY0001',
    treatment: '氨氯地平',
    rehabilitation: '低盐饮食',
    doctor: { name: '王医生', phone: '0000-7654321' },
  };
  await there.act(arrived, { type: 'complete', outcome: result });
  await there.deliverAll();
  const { body } = await here.call('GET', `/v1/referrals/${id}/forms/return`);
  t.match(body, {
    form: 'return',
    title: '双向转诊(回转)单',
    stub: {
      inpatientNumber: 'ZY0001',
      date: '2026-03-03',
      organisation: { name: '前进村卫生室' },
      receivingDoctor: '李医生',
      doctor: '王医生',
    },
    letter: {
      to: { name: '前进村卫生室' },
      diagnosis: '原发性高血压',
      inpatientNumber: 'ZY0001',
      findings: '心电图未见异常',
      treatment: '氨氯地平',
      nextPlan: '回基层随访',
      rehabilitation: '低盐饮食',
      doctor: { name: '王医生', phone: '0000-7654321' },
      organisation: { name: '示范县人民医院' },
      date: '2026-03-03',
    },
  });
  const { body: same } = await there.call('GET', `/v1/referrals/${arrived}/forms/return`);
  t.same(same, body);
  const page = await here.app.inject({
    url: `/v1/referrals/${id}/forms/return/page`,
    headers: { authorization: `Bearer ${here.key}` },
  });
  const words = [
    '存根',
    '转回',
    '诊断结果',
    '住院病案号',
    '主要检查结果',
    '治疗经过、下一步治疗方案及康复建议',
  ];
  for (const word of words) t.ok(page.body.includes(word), word);
  t.ok(page.body.includes('氨氯地平\n回基层随访\n低盐饮食'));
});

t.test('the page to print holds no script, reaches no host, and shows markup as text', async (t) => {
  const { here } = await joined(t);
  const evil = '<script>alert(1)</script><img src="https://example.com/x">&"\'';
  const id = await referred(here, { ...creation, form: { ...creation.form, impression: evil } });
  const page = await here.app.inject({
    url: `/v1/referrals/${id}/forms/outgoing/page`,
    headers: { authorization: `Bearer ${here.key}` },
  });
  t.equal(page.statusCode, 200);
  t.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  t.notMatch(page.body, /<(script|img|link|iframe|object)/i);
  t.ok(page.body.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
  const style = /<style>([\s\S]*)<\/style>/.exec(page.body)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  t.equal(
    page.headers['content-security-policy'],
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'the style is allowed by its hash, and nothing else is',
  );
  const words = ['存根', '档案编号', '家庭住址', '联系电话', '因病情需要', '接诊医生', '转诊医生(签字)'];
  for (const word of [...words, '初步印象', '主要现病史(转出原因)', '主要既往史', '治疗经过', '张三', '45岁'])
    t.ok(page.body.includes(word), word);
});

t.test('a form is seen only with the right to read, and each look is on the trail', async (t) => {
  const { here } = await joined(t);
  const id = await referred(here);
  const path = `/v1/referrals/${id}/forms/outgoing`;
  const refused = await here.call('GET', path, undefined, { authorization: `Bearer ${here.readerKey}` });
  t.equal(refused.status, 403);
  t.match(await here.call('GET', '/v1/referrals/unknown/forms/outgoing'), {
    status: 404,
    body: { code: 'referral.not-found' },
  });
  t.match(await here.call('GET', `/v1/referrals/${id}/forms/other`), { status: 400 });
  await here.call('GET', path);
  const looks = await here.store.list<{ act: string }>((db) =>
    db.selectFrom('audit').select('act').where('subject', '=', id).where('act', '=', 'form-outgoing'),
  );
  t.equal(looks.length, 1);
});
