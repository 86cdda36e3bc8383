import t from 'tap';
import { creation, joined, outcome } from '../organisations.ts';

interface Group {
  group: string;
  occurrence?: string;
  elements: { name: string; value: string; code?: string; table?: string }[];
}

interface Missing {
  group: string;
  occurrence?: string;
  elements: string[];
}

interface DataSet {
  standard: string;
  number: string;
  groups: Group[];
  missing: Missing[];
}

/** The elements of a data set by `group/occurrence/element`. */
function valuesOf({ groups }: DataSet): Record<string, string> {
  return Object.fromEntries(
    groups.flatMap(({ group, occurrence, elements }) =>
      elements.map(({ name, value, code }) => [
        [group, occurrence, name].filter((part) => part !== undefined).join('/'),
        code === undefined ? value : `${code} ${value}`,
      ]),
    ),
  );
}

t.test(
  'the data set has what a referral holds, tells what it lacks, and is alike at both ends',
  async (t) => {
    const { here, there } = await joined(t);
    const { body: referral } = await here.call('POST', '/v1/referrals', {
      ...creation,
      patient: { ...creation.patient, recordNumber: 'DA-001' },
    });
    await here.deliverAll();
    const path = `/v1/referrals/${referral.id}/forms/record`;
    const { status, body } = (await here.call('GET', path)) as unknown as { status: number; body: DataSet };
    t.equal(status, 200);
    t.equal(body.standard, 'WS 445.16-2014');
    t.equal(body.number, referral.id);
    t.match(valuesOf(body), {
      '文档标识/名称': '转诊(院)记录',
      '文档标识/管理机构名称': '前进村卫生室',
      '文档标识/号码': referral.id,
      '文档标识/生效日期': '2026-03-02',
      '姓名/姓名': '张三',
      '标识号/身份证件/类别代码': '01 居民身份证',
      '标识号/身份证件/号码': '111111198101011110',
      '标识号/健康档案/号码': 'DA-001',
      '人口学/出生日期': '1981-01-01',
      '人口学/性别': '1 男性',
      '人口学/年龄': '45岁',
      '地址/地址': '某县某镇前进村 1 号',
      '机构/转入机构/名称': '示范县人民医院',
      '机构/转入机构/组织机构代码': 'HOSPITAL01',
      '机构/转入机构/科室': '心血管内科',
      '服务者/转诊医生/姓名': '李医生',
      '症状/描述': '反复头晕三个月',
      '诊断/初步诊断/疾病名称': '高血压待查',
      '诊断/初步诊断/日期': '2026-03-02',
      '诊疗过程/转出前/描述': '口服降压药',
    });
    const lacking = (group: string, occurrence?: string) =>
      body.missing.find((each) => each.group === group && each.occurrence === occurrence)?.elements;
    t.same(lacking('文档标识'), ['类别代码', '失效日期']);
    t.same(lacking('标识号', '健康档案'), ['类别代码', '生效日期', '提供标识机构']);
    t.same(lacking('主诉'), ['主诉']);
    t.ok(lacking('服务者', '接诊医生')?.includes('姓名'), 'nobody received the patient yet');
    t.ok(lacking('观察')?.includes('结果描述'), 'there are no findings yet');
    const present = new Set(Object.keys(valuesOf(body)));
    for (const { group, occurrence, elements } of body.missing) {
      for (const name of elements) {
        const key = [group, occurrence, name].filter((part) => part !== undefined).join('/');
        t.notOk(present.has(key), `${key} is either held or missing`);
      }
    }
    const { body: list } = await there.call('GET', '/v1/referrals');
    const arrived = list.items[0]!.id;
    t.same((await there.call('GET', `/v1/referrals/${arrived}/forms/record`)).body, body);

    await there.act(arrived, { type: 'accept' });
    for (const side of [here, there]) side.clock.advance(86_400_000);
    await there.act(arrived, { type: 'complete', outcome });
    await there.deliverAll();
    const after = (await here.call('GET', path)).body as unknown as DataSet;
    t.match(valuesOf(after), {
      '服务者/接诊医生/姓名': outcome.doctor.name,
      '观察/结果描述': '心电图未见异常',
      '诊断/转回诊断/机构': '示范县人民医院',
      '诊断/转回诊断/疾病名称': '原发性高血压',
      '诊断/转回诊断/日期': '2026-03-03',
    });
  },
);

t.test('the data set is seen only with the right to read, and each look is on the trail', async (t) => {
  const { here } = await joined(t);
  const { body: referral } = await here.call('POST', '/v1/referrals', creation);
  const path = `/v1/referrals/${referral.id}/forms/record`;
  const refused = await here.call('GET', path, undefined, { authorization: `Bearer ${here.readerKey}` });
  t.equal(refused.status, 403);
  t.match(await here.call('GET', '/v1/referrals/unknown/forms/record'), {
    status: 404,
    body: { code: 'referral.not-found' },
  });
  await here.call('GET', path);
  const looks = await here.store.list<{ act: string }>((db) =>
    db.selectFrom('audit').select('act').where('subject', '=', referral.id).where('act', '=', 'form-record'),
  );
  t.equal(looks.length, 1);
});

t.test('each result that was offered is an observation, a number told from words', async (t) => {
  const { here, there } = await joined(t);
  const { body: referral } = await here.call('POST', '/v1/referrals', creation);
  const glucose = {
    category: 'laboratory',
    code: '250302001',
    name: '葡萄糖测定',
    institution: { code: 'CLINIC0001', name: '前进村卫生室' },
    performedAt: '2026-03-01T09:00:00+08:00',
    value: '6.1',
    unit: 'mmol/L',
  };
  const heart = { ...glucose, category: 'examination', code: '310701001', name: '常规心电图检查' };
  await here.call('POST', `/v1/referrals/${referral.id}/results`, {
    items: [glucose, { ...heart, value: '未见异常', unit: undefined }],
  });
  await here.deliverAll();
  const { body } = await here.call('GET', `/v1/referrals/${referral.id}/forms/record`);
  t.match(valuesOf(body as unknown as DataSet), {
    '观察/转出机构结果 1/类别': '检验',
    '观察/转出机构结果 1/项目': '250302001 葡萄糖测定',
    '观察/转出机构结果 1/结果数值': '6.1',
    '观察/转出机构结果 1/计量单位': 'mmol/L',
    '观察/转出机构结果 2/类别': '检查',
    '观察/转出机构结果 2/结果描述': '未见异常',
  });
  const { body: list } = await there.call('GET', '/v1/referrals');
  t.same((await there.call('GET', `/v1/referrals/${list.items[0]!.id}/forms/record`)).body, body);
});
