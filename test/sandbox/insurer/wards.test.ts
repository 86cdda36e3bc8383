import t from 'tap';
import { must, platformParts, sampleBill } from '../../adapters/insurers/nhsa/helper.ts';
import {
  admitted,
  billOfStay,
  DISCHARGE,
  sampleStay,
  stayCharges,
  wardOf,
} from '../../adapters/insurers/nhsa/ward.ts';

type Teardown = Parameters<typeof platformParts>[0];

/** A stay of 150 charges of 33.40 each, discharged and settled at an institution. */
async function settledStay(t: Teardown, fixmedinsCode?: string) {
  const parts = await platformParts(t, fixmedinsCode ? { configuration: { fixmedinsCode } } : {});
  const { insurer, journal } = parts;
  const handle = await admitted(parts);
  const charges = stayCharges(1, 150);
  for (const first of [0, 100]) {
    const batch = charges.slice(first, first + 100);
    must(await wardOf(parts).upload(sampleStay(), handle, batch, journal.exchange));
  }
  must(await wardOf(parts).discharge(sampleStay(), handle, DISCHARGE, journal.exchange));
  const bill = billOfStay(handle, charges);
  const quote = must(await insurer.quote(bill, journal.exchange)).value;
  const settled = must(await insurer.settle(bill, quote, journal.exchange)).value;
  const ask = async (infno: string, data: object) =>
    insurer.transact(infno, { data }, { insuredPlace: '430100' }, journal.exchange);
  return { ...parts, handle, bill, settled, ask };
}

t.test('a higher tier has a higher deductible and pays less', async (t) => {
  const township = (await settledStay(t)).settled.split;
  const county = (await settledStay(t, 'H11111100009')).settled.split;
  // 5010.00 in scope: 90 % over 100.00, and 75 % over 400.00.
  t.match(township, { deductibleFen: 10_000, funds: [{ fund: 'pooled', amountFen: 441_900 }] });
  t.match(county, { deductibleFen: 40_000, funds: [{ fund: 'pooled', amountFen: 345_750 }] });
});

t.test('a stay does not use up what a person has for visits', async (t) => {
  const { insurer, journal } = await settledStay(t);
  const visit = must(await insurer.quote(sampleBill(), journal.exchange)).value;
  t.match(visit.split, { deductibleFen: 5_000, funds: [{ code: 'hifp_pay', amountFen: 5_387 }] });
});

t.test('a settlement and its lines can be asked about by its number', async (t) => {
  const { ask, handle, settled } = await settledStay(t);
  const { psn_no, mdtrt_id } = handle;
  const about = { psn_no, mdtrt_id, setl_id: settled.number };
  const found = must(await ask('5203', about)).value;
  t.match(found, { setlinfo: { setl_id: settled.number, medfee_sumamt: '5010.00', clr_type: '21' } });
  const lines = must(await ask('5204', about)).value as { data: { feedetl_sn: string }[] };
  t.equal(lines.data.length, 150);
  t.equal(lines.data[149]?.feedetl_sn, '150');
  t.match(await ask('5204', { ...about, setl_id: 'nothing' }), { kind: 'refused' });
});

t.test('a visit that is not settled can be taken back', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const bill = sampleBill();
  const { handle } = must(await insurer.quote(bill, journal.exchange)).value;
  const { psn_no, mdtrt_id } = handle;
  const data = { psn_no, mdtrt_id, ipt_otp_no: bill.visit.number };
  const cancel = () => insurer.transact('2202', { data }, {}, journal.exchange);
  must(await cancel());
  t.match(await cancel(), { kind: 'refused', reason: '未查询到就诊信息' });
});
