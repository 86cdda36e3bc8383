import t from 'tap';
import type { LostExchange, Outcome } from '../../../../src/settlement/port.ts';
import { liveSettlements, must, platformParts } from './helper.ts';
import { admitted, billOfStay, DISCHARGE, sampleStay, stayCharges, wardOf } from './ward.ts';

/** The words of a refusal. */
function refused(outcome: Outcome<unknown>): string {
  return outcome.kind === 'refused' ? outcome.reason : `${outcome.kind}!`;
}

t.test('a stay from admission to settlement, reversal and resumption', async (t) => {
  const parts = await platformParts(t);
  const { insurer, journal, virtual } = parts;
  const ward = wardOf(parts);
  const stay = sampleStay();
  const handle = await admitted(parts);
  t.same(journal.transactions(), ['9001', '1101', '2001', '2401']);
  t.match(handle, { psn_no: '43000000000000000001', insutype: '390', mdtrt_id: /Z\d+$/ });
  must(await ward.change({ ...stay, bed: '4' }, handle, journal.exchange));

  const first = stayCharges(1, 100);
  const divided = must(await ward.upload(stay, handle, first, journal.exchange)).value;
  t.equal(divided.length, 100);
  t.match(divided[99], { line: 'L100', inScopeFen: 33_40, fullOwnFen: 0 });

  const midway = billOfStay(handle, first, 'mid-stay');
  const quoted = must(await insurer.quote(midway, journal.exchange)).value;
  // Township: 100.00 deductible, 90 % of the rest.
  t.match(quoted.split, {
    totalFen: 334_000,
    deductibleFen: 10_000,
    funds: [{ code: 'hifp_pay', amountFen: 291_600 }],
  });
  const settled = must(await insurer.settle(midway, quoted, journal.exchange)).value;
  t.equal(settled.statementGroup, '390|21|430100');

  const second = stayCharges(101, 1);
  must(await ward.upload(stay, handle, second, journal.exchange));
  must(await ward.withdraw(stay, handle, second, journal.exchange));
  const third = stayCharges(102, 2);
  must(await ward.upload(stay, handle, third, journal.exchange));
  const end = billOfStay(handle, third);
  t.match(refused(await insurer.quote(end, journal.exchange)), /未办理出院/);
  must(await ward.discharge(stay, handle, DISCHARGE, journal.exchange));
  const endQuote = must(await insurer.quote(end, journal.exchange)).value;
  t.match(endQuote.split, { deductibleFen: 0, inScopeFen: 66_80 }, 'the deductible is one per stay');
  const endSettled = must(await insurer.settle(end, endQuote, journal.exchange)).value;
  t.same(endSettled.faults, undefined);
  t.equal(liveSettlements(virtual).length, 2);

  t.match(refused(await ward.resume(stay, handle, journal.exchange)), /已出院结算/);
  t.match(refused(await insurer.reverse(midway, settled, journal.exchange)), /请先撤销/);
  const reversed = must(await insurer.reverse(end, endSettled, journal.exchange)).value;
  t.equal(reversed.faults, undefined);
  must(await ward.resume(stay, handle, journal.exchange));
  t.match(refused(await ward.cancel(stay, handle, journal.exchange)), /费用明细/);
  must(await insurer.reverse(midway, settled, journal.exchange));
  t.same(liveSettlements(virtual), []);
  must(await ward.withdraw(stay, handle, [...first, ...third], journal.exchange));
  must(await ward.cancel(stay, handle, journal.exchange));
  const notes = journal.verdicts.map((verdict) => (verdict.kind === 'accepted' ? (verdict.notes ?? []) : []));
  t.same(notes.flat(), [], 'the answers keep the specification');
});

t.test('the ward refuses what does not fit', async (t) => {
  const parts = await platformParts(t);
  const { insurer, journal } = parts;
  const ward = wardOf(parts);
  const stay = sampleStay();
  const nowhere = { psn_no: '43000000000000000001', mdtrt_id: '430100Z000000009999', insutype: '390' };
  t.match(refused(await ward.upload(stay, nowhere, stayCharges(1, 1), journal.exchange)), /未查询到住院/);
  const handle = await admitted(parts);
  t.match(refused(await ward.admit(stay, journal.exchange)), /已在院/);
  must(await ward.upload(stay, handle, stayCharges(1, 2), journal.exchange));
  must(await ward.discharge(stay, handle, DISCHARGE, journal.exchange));
  t.match(refused(await ward.upload(stay, handle, stayCharges(3, 1), journal.exchange)), /未在院/);
  t.match(refused(await ward.cancel(stay, handle, journal.exchange)), /未在院/);
  const wrong = billOfStay(handle, stayCharges(1, 1));
  t.match(refused(await insurer.quote(wrong, journal.exchange)), /不一致/);
  t.match(refused(await insurer.quote({ ...wrong, setting: 'mid-stay' }, journal.exchange)), /不能中途结算/);
});

t.test('what is so already is accepted, and tells no division', async (t) => {
  const parts = await platformParts(t);
  const { journal } = parts;
  const ward = wardOf(parts);
  const stay = sampleStay();
  const handle = await admitted(parts);
  const charges = stayCharges(1, 3);
  t.equal(must(await ward.upload(stay, handle, charges, journal.exchange)).value.length, 3);
  t.same(must(await ward.upload(stay, handle, charges, journal.exchange)).value, []);
  for (const _ of [1, 2]) must(await ward.withdraw(stay, handle, charges, journal.exchange));
  for (const _ of [1, 2]) must(await ward.discharge(stay, handle, DISCHARGE, journal.exchange));
  for (const _ of [1, 2]) must(await ward.resume(stay, handle, journal.exchange));
});

t.test('who is in the ward can be asked, by the platform’s number or by ours', async (t) => {
  const parts = await platformParts(t);
  const { find } = wardOf(parts);
  const ask = async (handle: Parameters<NonNullable<typeof find>>[1]) =>
    must(await wardOf(parts).find!(sampleStay(), handle, parts.journal.exchange)).value;
  t.equal(await ask(undefined), undefined);
  const handle = await admitted(parts);
  t.same(await ask(handle), handle);
  t.same(await ask(undefined), handle, 'a handle that was never learnt is found again, whole');
  must(await wardOf(parts).discharge(sampleStay(), handle, DISCHARGE, parts.journal.exchange));
  t.equal(await ask(handle), undefined);
});

for (const kind of [
  'lose-request',
  'lose-answer',
  'system-error',
  'rubbish',
  'truncate',
  '5xx-after',
  '5xx-before',
] as const) {
  t.test(`a 2401 met with ${kind} is undone, and the patient can be admitted again`, async (t) => {
    const parts = await platformParts(t);
    const { journal, virtual } = parts;
    const ward = wardOf(parts);
    virtual.misbehave({ infno: '2401', kind });
    const lost = await ward.admit(sampleStay(), journal.exchange);
    t.equal(lost.kind, 'unknown');
    const exchange: LostExchange = { transaction: '2401', ownId: lost.at.ownId, sentAt: 0, deadlineAt: 0 };
    must(await ward.undoAdmission(sampleStay(), exchange, journal.exchange));
    t.equal(must(await ward.find!(sampleStay(), undefined, journal.exchange)).value, undefined);
    await admitted(parts);
  });
}

for (const [infno, kind, live] of [
  ['2304', 'lose-request', false],
  ['2304', 'lose-answer', true],
  ['2304', 'wrong-msgid', true],
  ['2304', '5xx-after', true],
  ['2305', 'lose-request', true],
  ['2305', 'lose-answer', false],
  ['2305', 'truncate', false],
] as const) {
  t.test(`a ${infno} met with ${kind} is unknown, and 2601 decides it`, async (t) => {
    const parts = await platformParts(t);
    const { insurer, journal, virtual } = parts;
    const handle = await admitted(parts);
    const charges = stayCharges(1, 5);
    must(await wardOf(parts).upload(sampleStay(), handle, charges, journal.exchange));
    must(await wardOf(parts).discharge(sampleStay(), handle, DISCHARGE, journal.exchange));
    const bill = billOfStay(handle, charges);
    const quote = must(await insurer.quote(bill, journal.exchange)).value;
    const settle = () => insurer.settle(bill, quote, journal.exchange);
    const settled = infno === '2305' ? must(await settle()).value : undefined;
    virtual.misbehave({ infno, kind });
    const outcome = settled ? await insurer.reverse(bill, settled, journal.exchange) : await settle();
    t.equal(outcome.kind, 'unknown');
    t.equal(liveSettlements(virtual).length, live ? 1 : 0);
    const lost = { transaction: infno, ownId: outcome.at.ownId, sentAt: 0, deadlineAt: 0, handle };
    const [way] = insurer.waysOut;
    t.ok(way?.decides.includes(infno));
    const doubt = { of: settled ? 'reverse' : 'settle', lost } as const;
    t.match(await way?.take(bill, doubt, journal.exchange), { kind: 'accepted', value: { is: 'undone' } });
    t.equal(liveSettlements(virtual).length, settled ? 1 : 0);
    if (settled) must(await insurer.reverse(bill, settled, journal.exchange));
    else must(await settle());
  });
}

t.test('an admission without a bed is told where the bed is missing', async (t) => {
  const parts = await platformParts(t);
  const { bed: _, ...stay } = sampleStay();
  await t.rejects(wardOf(parts).admit(stay, parts.journal.exchange), {
    code: 'request.invalid',
    context: { pointer: '/bed' },
  });
});

t.test('a stay away from the insured place says of what kind it is', async (t) => {
  const parts = await platformParts(t, { configuration: { mdtrtareaAdmvs: '440100' } });
  await admitted(parts, sampleStay({ emergency: true }));
  const request = parts.journal.requests.find(({ transaction }) => transaction === '2401');
  const { mdtrtinfo } = JSON.parse(String(request?.body)).input;
  t.same(JSON.parse(mdtrtinfo.exp_content), { TRUM_FLAG: '0', IPT_TYPE: '2' });
  t.match(mdtrtinfo, { insuplc_admdvs: '430100', mdtrtarea_admvs: '440100' });
});
