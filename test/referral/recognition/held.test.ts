import { LosslessNumber } from 'lossless-json';
import t from 'tap';
import { Fault } from '../../../src/errors.ts';
import { heldReportOf, heldReportsOf } from '../../../src/referral/recognition/held.ts';
import type { InsurerInquiries } from '../../../src/referral/recognition/port.ts';
import { must, platformParts } from '../../adapters/insurers/nhsa/helper.ts';
import { clinic, creation, hospital, organisation } from '../organisations.ts';

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
  const { insurer, journal, clock } = await platformParts(t);
  const known = (id: string) => {
    if (id !== 'nhsa') throw new Fault('insurer.not-found');
  };
  const inquiries: InsurerInquiries = {
    async eligibility(id, identity) {
      known(id);
      return must(await insurer.verify({ identity, at: clock.now() }, journal.exchange));
    },
    async transact(id, transaction, { input }) {
      known(id);
      return { output: must(await insurer.transact(transaction, input, {}, journal.exchange)).value };
    },
  };
  const here = await organisation(t, clinic, hospital, { inquiries });
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  const path = `/v1/referrals/${id}/results/insurers/nhsa`;
  const list = await here.call('GET', path);
  t.equal(list.status, 200);
  const items = list.body.items as unknown as { number: string }[];
  t.equal(items.length, 1);
  const one = await here.call('GET', `${path}/reports/R1?institution=H43010000001`);
  t.match(one, { status: 200, body: { insurer: 'nhsa', number: 'R1', items: [{}], values: [{}] } });
  const asked = journal.requests.map(({ transaction, body }) => [
    transaction,
    JSON.parse(String(body)).input,
  ]);
  const psn_no = '43000000000000000001';
  t.match(
    asked.filter(([transaction]) => String(transaction).startsWith('54')),
    [
      ['5401', { bilgiteminfo: { psn_no } }],
      ['5402', { rptdetailinfo: { psn_no, rpotc_no: 'R1', fixmedins_code: 'H43010000001' } }],
    ],
  );
  const looks = await here.store.list<{ act: string }>((db) =>
    db.selectFrom('audit').select('act').where('subject', '=', id).where('act', '=', 'read-held-results'),
  );
  t.equal(looks.length, 2);
  const refusals = [
    [`/v1/referrals/${id}/results/insurers/other`, 'insurer.not-found'],
    ['/v1/referrals/unknown/results/insurers/nhsa', 'referral.not-found'],
    [`${path}/reports/R1`, 'request.invalid'],
  ] as const;
  for (const [url, code] of refusals) t.match(await here.call('GET', url), { body: { code } }, code);
  const reader = { authorization: `Bearer ${here.readerKey}` };
  t.equal((await here.call('GET', path, undefined, reader)).status, 403);
});
