import { LosslessNumber } from 'lossless-json';
import t from 'tap';
import { heldReportOf, heldReportsOf } from '../../../src/referral/recognition/held.ts';
import { must } from '../../adapters/insurers/nhsa/helper.ts';
import { insured } from './insured.ts';

t.test('the outputs of 5401 and 5402 are read, a list of one as one, numbers to the digit', async (t) => {
  const row = { psn_no: '1', rpotc_no: 'R1', exam_rpotc_name: '胸部CT', fixmedins_code: 'H1', exam_ccls: '' };
  t.same(heldReportsOf('nhsa', { bilgiteminfo: row }), {
    insurer: 'nhsa',
    items: [{ number: 'R1', name: '胸部CT', institution: { code: 'H1' } }],
  });
  t.same(heldReportsOf('nhsa', { bilgiteminfo: [{ rpotc_no: '' }] }).items, [], 'no number, no report');
  for (const output of [null, undefined, {}, 'x', { bilgiteminfo: null }])
    t.same(heldReportsOf('nhsa', output), { insurer: 'nhsa', items: [] });
  const output = {
    inspectionreportinformation: [
      { exam_item_code: '1', exam_item_name: '血糖', rpt_date: '2026-03-01', rpot_doc: '王医生' },
    ],
    inspectiondetails: [{ exam_item_detl_name: '葡萄糖', exam_rslt_val: new LosslessNumber('6.10') }],
  };
  t.same(heldReportOf('nhsa', 'R2', output), {
    insurer: 'nhsa',
    number: 'R2',
    date: '2026-03-01',
    doctor: '王医生',
    items: [{ code: '1', name: '血糖' }],
    values: [{ name: '葡萄糖', value: '6.10' }],
  });
});

t.test('the insurer is asked through its adapter for the reports of the patient, then for one', async (t) => {
  const { insurer, journal, here, id, psn_no } = await insured(t);
  const path = `/v1/referrals/${id}/results/insurers/nhsa`;
  t.same((await here.call('GET', path)).body.items, [], 'it holds none');
  const lab = {
    labinfo: {
      ...{ mdtrt_sn: 'MZ1', psn_no, rpotc_no: 'R1', exam_org_name: '别的医院', exam_item_code: '1' },
      ...{ exam_item_name: '血糖', rpt_date: '2026-03-01', rpot_doc: '王医生', vali_flag: '1' },
    },
    iteminfo: [{ rpotc_no: 'R1', exam_item_detl_name: '葡萄糖', exam_rslt_dicm: '6.1', exam_unt: 'mmol/L' }],
    sampleinfo: [],
  };
  must(await insurer.transact('4502', lab, {}, journal.exchange));
  const list = await here.call('GET', path);
  t.equal(list.status, 200);
  t.match(list.body.items, [
    { number: 'R1', name: '血糖', institution: { code: 'H43010000001', name: '别的医院' } },
  ]);
  const one = await here.call('GET', `${path}/reports/R1?institution=H43010000001`);
  t.match(one, {
    status: 200,
    body: {
      ...{ insurer: 'nhsa', number: 'R1', doctor: '王医生', items: [{ code: '1', name: '血糖' }] },
      values: [{ name: '葡萄糖', words: '6.1', unit: 'mmol/L' }],
    },
  });
  const asked = journal.requests.map(({ transaction, body }) => [
    transaction,
    JSON.parse(String(body)).input,
  ]);
  t.match(
    asked.filter(([transaction]) => String(transaction).startsWith('54')),
    [
      ['5401', { bilgiteminfo: { psn_no } }],
      ['5401', { bilgiteminfo: { psn_no } }],
      ['5402', { rptdetailinfo: { psn_no, rpotc_no: 'R1', fixmedins_code: 'H43010000001' } }],
    ],
  );
  const looks = await here.store.list<{ act: string }>((db) =>
    db.selectFrom('audit').select('act').where('subject', '=', id).where('act', '=', 'read-held-results'),
  );
  t.equal(looks.length, 3);
  const refusals = [
    [`/v1/referrals/${id}/results/insurers/other`, 'insurer.not-found'],
    ['/v1/referrals/unknown/results/insurers/nhsa', 'referral.not-found'],
    [`${path}/reports/R1`, 'request.invalid'],
    [`${path}/reports/R9?institution=H43010000001`, 'insurer.refused'],
  ] as const;
  for (const [url, code] of refusals) t.match(await here.call('GET', url), { body: { code } }, code);
  const reader = { authorization: `Bearer ${here.readerKey}` };
  t.equal((await here.call('GET', path, undefined, reader)).status, 403);
});
