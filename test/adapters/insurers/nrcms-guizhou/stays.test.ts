import t from 'tap';
import type { LostExchange, Stay, StayCharge } from '../../../../src/settlement/port.ts';
import { must } from '../nhsa/helper.ts';
import { bodyXmlOf, guizhouParts, identity, liveHandles, type Parts, ruralBill } from './helper.ts';

const DAY_MS = 86_400_000;
const admittedAt = Date.parse('2026-03-02T08:00:00+08:00');

function stayOf(more: Partial<Stay> = {}): Stay {
  return {
    id: 'stay-1',
    number: 'ZY001',
    identity,
    medType: '21',
    admittedAt,
    departmentCode: 'A03',
    departmentName: '内科',
    departmentClass: 'A03',
    doctorCode: 'D1',
    doctorName: '样例医生',
    bed: '12',
    ward: '内一',
    diagnoses: [{ code: 'J18.900', name: '肺炎' }],
    ...more,
  };
}

function charge(serial: string, amountFen: number, more: Partial<StayCharge> = {}): StayCharge {
  return {
    line: `L${serial}`,
    serial,
    nationalCode: 'XA01',
    localCode: 'A1',
    name: '样例药',
    count: '2',
    price: '250',
    amountFen,
    occurredAt: admittedAt + DAY_MS,
    ...more,
  };
}

const discharge = {
  at: admittedAt + 3 * DAY_MS,
  way: '1',
  departmentCode: 'A03',
  departmentName: '内科',
  diagnoses: [{ code: 'J18.900', name: '肺炎' }],
};

const lost = (transaction: string): LostExchange => ({
  transaction,
  ownId: 'lost',
  sentAt: admittedAt,
  deadlineAt: admittedAt + 3_000,
});

async function admitted(parts: Parts) {
  const stay = stayOf();
  return { stay, handle: must(await parts.insurer.stays.admit(stay, parts.journal.exchange)).value };
}

t.test('a stay is opened, charged, ended, settled and reversed', async (t) => {
  const parts = await guizhouParts(t);
  const { insurer, journal, virtual } = parts;
  const { stays } = insurer;
  const { exchange } = journal;
  const { stay, handle } = await admitted(parts);
  t.match(bodyXmlOf(journal, 'S04'), /<inpatientNo>ZY001<.*<diseaseCode>J18.900<.*<isReferra>0</);

  const lines = must(
    await stays.upload(stay, handle, [charge('1', 50_000), charge('2', 50_000)], exchange),
  ).value;
  t.match(lines[0], { line: 'L1', inScopeFen: 45_000, fullOwnFen: 5_000 });
  must(await stays.withdraw(stay, handle, [charge('2', 50_000)], exchange));
  t.match(
    await stays.withdraw(stay, handle, [charge('3', 99_999)], exchange),
    { kind: 'refused' },
    'a line that was never uploaded',
  );
  must(await stays.change(stayOf({ bed: '13' }), handle, exchange));
  const bill = ruralBill({
    setting: 'inpatient',
    charges: [],
    totalFen: 50_000,
    stay: { id: stay.id, handle, endedAt: discharge.at },
  });
  t.match(await insurer.quote(bill, exchange), { kind: 'refused', reason: /出院/ });
  must(await stays.discharge(stay, handle, discharge, exchange));
  must(await stays.resume(stay, handle, exchange));
  must(await stays.discharge(stay, handle, discharge, exchange));

  const quote = must(await insurer.quote(bill, exchange)).value;
  // 500.00: 450.00 in scope, 200.00 deductible, 80 % of 250.00 pooled, a tenth of the rest assistance.
  t.match(quote.split, { totalFen: 50_000, deductibleFen: 20_000, fundFen: 23_000, cashFen: 27_000 });
  t.same(virtual.ledger(), []);
  const settled = must(await insurer.settle(bill, quote, exchange)).value;
  t.same(settled.split, quote.split);
  t.same(liveHandles(virtual), [handle.inpId]);
  must(await insurer.reverse(bill, settled, exchange));
  t.same(liveHandles(virtual), []);
  t.same(
    journal.transactions().filter((operation) => /S1[3-6]/.test(operation)),
    ['S13', 'S13', 'S14', 'S15'],
  );
});

t.test('what became of a lost S14 or S15 is told by the statement of the stay', async (t) => {
  const parts = await guizhouParts(t);
  const { insurer, journal, virtual } = parts;
  const { stay, handle } = await admitted(parts);
  must(await insurer.stays.upload(stay, handle, [charge('1', 50_000)], journal.exchange));
  must(await insurer.stays.discharge(stay, handle, discharge, journal.exchange));
  const bill = ruralBill({
    setting: 'inpatient',
    charges: [],
    totalFen: 50_000,
    stay: { id: stay.id, handle, endedAt: discharge.at },
  });
  const quote = must(await insurer.quote(bill, journal.exchange)).value;
  const [way] = insurer.waysOut;
  const ofSettle = { of: 'settle', quote, lost: lost('S14') } as const;

  virtual.misbehave({ infno: 'S14', kind: 'lose-request' });
  t.match(await insurer.settle(bill, quote, journal.exchange), { kind: 'unknown' });
  t.same(must(await way!.take(bill, ofSettle, journal.exchange)).value, { is: 'undone' });
  t.notOk(journal.transactions().includes('S19'), 'the stay itself is left as it is');
  virtual.misbehave({ infno: 'S14', kind: 'lose-answer' });
  t.match(await insurer.settle(bill, quote, journal.exchange), { kind: 'unknown' });
  const proof = must(await way!.take(bill, ofSettle, journal.exchange)).value;
  t.match(proof, { is: 'settled', settled: { split: quote.split, number: handle.inpId } });

  const settled = proof.is === 'settled' ? proof.settled : undefined;
  const ofReverse = { of: 'reverse', quote, settled: settled!, lost: lost('S15') } as const;
  virtual.misbehave({ infno: 'S15', kind: 'lose-request' });
  t.match(await insurer.reverse(bill, settled!, journal.exchange), { kind: 'unknown' });
  t.same(must(await way!.take(bill, ofReverse, journal.exchange)).value, { is: 'undone' });
  virtual.misbehave({ infno: 'S15', kind: '5xx-after' });
  t.match(await insurer.reverse(bill, settled!, journal.exchange), { kind: 'unknown' });
  t.match(must(await way!.take(bill, ofReverse, journal.exchange)).value, { is: 'reversed' });
});

t.test(
  'a lost admission is found by its hospital number and taken back, and may then be made anew',
  async (t) => {
    const { insurer, journal, virtual } = await guizhouParts(t);
    const stay = stayOf();
    for (const kind of ['lose-answer', 'lose-request'] as const) {
      virtual.misbehave({ infno: 'S04', kind });
      t.match(await insurer.stays.admit(stay, journal.exchange), { kind: 'unknown' });
      t.same(
        must(await insurer.stays.undoAdmission(stay, lost('S04'), journal.exchange)).value,
        'undone',
        kind,
      );
    }
    const { value: handle } = must(await insurer.stays.admit(stay, journal.exchange));
    must(await insurer.stays.cancel(stay, handle, journal.exchange));
  },
);

t.test('an admission needs a diagnosis, and tells of the referral that it follows', async (t) => {
  const { insurer, journal } = await guizhouParts(t, { crossProvince: { areaCode: '520100' } });
  await t.rejects(insurer.stays.admit(stayOf({ diagnoses: [] }), journal.exchange), {
    code: 'request.invalid',
    context: { pointer: '/diagnoses' },
  });
  const from = { fromCode: 'H520100001', fromName: '样例卫生院', date: '2026-03-01' };
  const cases = [
    ['up', '1'],
    ['across', '2'],
  ] as const;
  for (const [direction, mode] of cases) {
    const stay = stayOf({ number: `ZY-${direction}`, referral: { number: 'R1', direction, ...from } });
    must(await insurer.stays.admit(stay, journal.exchange));
    t.match(bodyXmlOf(journal, 'S04'), /<isReferra>1<.*<isReferraNo>R1</);
    t.match(
      bodyXmlOf(journal, 'S04'),
      `<turnMode>${mode}</turnMode><turnCode>R1</turnCode><turnDate>2026-03-01 00:00:00</turnDate>`,
    );
  }
});

t.test('lines that are not all answered leave the upload in doubt', async (t) => {
  const parts = await guizhouParts(t);
  const { stay, handle } = await admitted(parts);
  const twice = [charge('1', 50_000), charge('1', 50_000)];
  must(await parts.insurer.stays.upload(stay, handle, twice.slice(0, 1), parts.journal.exchange));
  parts.virtual.misbehave({ infno: 'S10', kind: 'truncate' });
  t.match(await parts.insurer.stays.upload(stay, handle, twice, parts.journal.exchange), { kind: 'unknown' });
  const finer = [charge('9', 50_000, { price: '0.000001' })];
  await t.rejects(parts.insurer.stays.upload(stay, handle, finer, parts.journal.exchange), {
    code: 'settlement.charges',
    context: { pointer: '/charges/0/price' },
  });
});
