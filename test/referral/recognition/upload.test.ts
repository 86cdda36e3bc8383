import t from 'tap';
import type { OfferedResult, Result } from '../../../schemas/recognition.ts';
import { uploadOf } from '../../../src/referral/recognition/upload.ts';
import { specification } from '../../adapters/insurers/nhsa/helper.ts';
import { clinic, hospital } from '../organisations.ts';
import { insured } from './insured.ts';

const { code, name } = clinic;
const laboratory: OfferedResult = {
  ...{ code: '250301001', name: '血糖', institution: { code, name } },
  category: 'laboratory',
  ...{ performedAt: '2026-03-01T08:00:00+08:00', value: '6.1', unit: 'mmol/L', reference: '3.9-6.1' },
};
const examination: OfferedResult = {
  ...{ code: '210102015', name: '胸部正位片', institution: { code, name } },
  category: 'examination',
  ...{ performedAt: '2026-02-28T23:30:00Z', value: '两肺纹理清晰' },
};
const said = { visitNumber: 'MZ1', report: 'R1', doctor: '李医生' };

t.test('a result is what 4501 and 4502 ask for, with nothing that nobody said', async (t) => {
  const result: Result = { ...laboratory, number: 1, by: 'initiator' };
  const lab = uploadOf(result, said, 'P1');
  t.same(lab, {
    transaction: '4502',
    input: {
      labinfo: {
        ...{ mdtrt_sn: 'MZ1', psn_no: 'P1', exam_org_code: code, exam_org_name: name, rpotc_no: 'R1' },
        ...{ exam_item_code: '250301001', exam_item_name: '血糖', rpt_date: '2026-03-01' },
        ...{ rpot_doc: '李医生', vali_flag: '1' },
      },
      iteminfo: [
        {
          ...{ rpotc_no: 'R1', ref_val: '3.9-6.1', exam_unt: 'mmol/L', exam_rslt_dicm: '6.1' },
          ...{ exam_item_detl_code: '250301001', exam_item_detl_name: '血糖' },
        },
      ],
      sampleinfo: [],
    },
  });
  const whole = uploadOf({ ...result, value: '140' }, said, 'P1').input.iteminfo as object[];
  t.match(whole, [{ exam_rslt_val: 140 }]);
  t.notOk('exam_rslt_dicm' in whole[0]!, 'a whole number is one');
  const image = uploadOf({ ...examination, number: 1, by: 'initiator' }, said, 'P1');
  t.match(image, {
    transaction: '4501',
    input: { examinfo: { exam_date: '2026-03-01', exam_ccls: '两肺纹理清晰', exe_org_name: name } },
  });
  for (const { transaction, input } of [lab, image])
    t.equal(
      specification.requestProblem(transaction, input),
      undefined,
      `${transaction} keeps to the interface`,
    );
});

t.test('a result of ours is uploaded once, however often it is asked for, and is listed then', async (t) => {
  const { here, id, journal, virtual } = await insured(t);
  await here.call('POST', `/v1/referrals/${id}/results`, { items: [laboratory, examination] });
  const url = (number: number, insurer = 'nhsa') =>
    `/v1/referrals/${id}/results/${number}/insurers/${insurer}`;
  const sent = (infno: string) => journal.transactions().filter((each) => each === infno).length;
  const institution = 'H43010000001';
  const first = await here.call('POST', url(1), { ...said, institution });
  t.match(first, {
    status: 200,
    body: { insurer: 'nhsa', transaction: '4502', report: 'R1', already: false, exchangeId: String },
  });
  t.match(await here.call('POST', url(1), { ...said, institution }), { body: { already: true } });
  t.equal(sent('4502'), 1);

  virtual.misbehave({ infno: '4501', kind: 'lose-answer' });
  const image = { ...said, institution, report: 'R2' };
  t.match(await here.call('POST', url(2), image), { body: { code: 'insurer.no-answer' } });
  t.match(await here.call('POST', url(2), image), { body: { transaction: '4501', already: true } });
  t.equal(sent('4501'), 1, 'what was lost was the answer');

  const twice = { ...image, report: 'R3' };
  const both = await Promise.all([here.call('POST', url(2), twice), here.call('POST', url(2), twice)]);
  t.same(both.map(({ body }) => (body as unknown as { already: boolean }).already).sort(), [false, true]);

  const list = await here.call('GET', `/v1/referrals/${id}/results/insurers/nhsa`);
  t.match(list.body.items, [
    { number: 'R1', name: '血糖' },
    { number: 'R2', conclusion: '两肺纹理清晰', institution: { code: institution, name } },
    { number: 'R3' },
  ]);
  const looks = await here.store.list<{ act: string }>((db) =>
    db.selectFrom('audit').select('act').where('subject', '=', id).where('act', '=', 'upload-result'),
  );
  t.equal(looks.length, 6);
});

t.test('what is not ours is not uploaded', async (t) => {
  const { here, id } = await insured(t);
  const foreign = { ...laboratory, institution: { code: hospital.code, name: hospital.name } };
  await here.call('POST', `/v1/referrals/${id}/results`, { items: [foreign, laboratory] });
  const url = `/v1/referrals/${id}/results`;
  const refusals = [
    [`${url}/1/insurers/nhsa`, said, 'result.not-ours'],
    [`${url}/9/insurers/nhsa`, said, 'result.not-ours'],
    [`${url}/2/insurers/other`, said, 'insurer.not-found'],
    ['/v1/referrals/unknown/results/1/insurers/nhsa', said, 'referral.not-found'],
    [`${url}/2/insurers/nhsa`, { report: 'R1' }, 'request.invalid'],
  ] as const;
  for (const [address, body, expected] of refusals)
    t.match(await here.call('POST', address, body), { body: { code: expected } }, expected);
});
