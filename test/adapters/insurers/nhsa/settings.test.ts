import t from 'tap';
import type { Bill, Settled } from '../../../../src/settlement/port.ts';
import type { Journal } from './helper.ts';
import { liveSettlements, must, type Parts, platformParts, sampleBill } from './helper.ts';

/** The `input` of the last request of a transaction. */
function inputOf(journal: Journal, infno: string) {
  const request = journal.requests.findLast(({ transaction }) => transaction === infno);
  return JSON.parse(String(request?.body)).input;
}

async function settleAndReverse({ insurer, journal }: Parts, bill: Bill): Promise<Settled> {
  const quoted = must(await insurer.quote(bill, journal.exchange));
  const settled = must(await insurer.settle(bill, quoted.value, journal.exchange));
  const reversed = must(await insurer.reverse(bill, settled.value, journal.exchange));
  if (settled.value.faults || reversed.value.faults) throw new Error('faults');
  return settled.value;
}

function noNotes({ journal }: Parts): string[] {
  return journal.verdicts.flatMap((verdict) => (verdict.kind === 'accepted' ? (verdict.notes ?? []) : []));
}

t.test('a chronic visit names its disease in the visit and on each charge', async (t) => {
  const parts = await platformParts(t);
  const base = sampleBill({ setting: 'chronic' });
  const disease = { code: 'M03900', name: '高血压' };
  const bill = { ...base, visit: { ...base.visit, medType: '14', disease } };
  const settled = await settleAndReverse(parts, bill);
  t.match(inputOf(parts.journal, '2203').mdtrtinfo, {
    med_type: '14',
    dise_codg: 'M03900',
    dise_name: '高血压',
  });
  for (const line of inputOf(parts.journal, '2204').feedetail) t.equal(line.dise_codg, 'M03900');
  t.equal(settled.statementGroup, '390|14|430100');
  t.same(noNotes(parts), []);
  const wrong = { ...bill, visit: { ...bill.visit, medType: '11' } };
  await t.rejects(parts.insurer.quote(wrong, parts.journal.exchange), {
    code: 'request.invalid',
    context: { pointer: '/visit/medType' },
  });
});

t.test('a registration is settled without diagnoses', async (t) => {
  const parts = await platformParts(t);
  const base = sampleBill({ setting: 'registration', diagnoses: [], totalFen: 4_000 });
  const bill = { ...base, charges: base.charges.slice(2), visit: { ...base.visit, medType: '12' } };
  const settled = await settleAndReverse(parts, bill);
  t.same(parts.journal.transactions(), ['9001', '1101', '2001', '2201', '2204', '2206', '2207', '2208']);
  t.equal(settled.statementGroup, '390|12|430100');
  const wrong = { ...bill, visit: { ...bill.visit, medType: '11' } };
  await t.rejects(parts.insurer.quote(wrong, parts.journal.exchange), { code: 'request.invalid' });
});

t.test('drugs of a pharmacy are asked about, sold and taken back', async (t) => {
  const parts = await platformParts(t);
  const base = sampleBill({ setting: 'pharmacy', totalFen: 11_085 });
  const bill = { ...base, charges: base.charges.slice(0, 2), visit: { ...base.visit, medType: '41' } };
  const settled = await settleAndReverse(parts, bill);
  t.same(parts.journal.transactions(), ['9001', '1101', '2101', '2102', '2103']);
  t.same(inputOf(parts.journal, '2101').drugdetail, inputOf(parts.journal, '2102').drugdetail);
  t.match(settled, {
    split: { fundFen: 0, accountFen: 11_085, cashFen: 0 },
    statementGroup: '390|41|430100',
  });
  t.not(settled.handle.mdtrt_id, '', 'the number of the sale is known once it is settled');
  t.same(noNotes(parts), []);
});

t.test('an account pays, a family’s account, or none', async (t) => {
  const flags: [Partial<Bill>, string][] = [
    [{ useAccount: false, useFamilyAccount: true }, '0'],
    [{ useAccount: true }, '1'],
    [{ useAccount: true, useFamilyAccount: true }, '2'],
  ];
  for (const [accounts, flag] of flags) {
    const { insurer, journal } = await platformParts(t);
    must(await insurer.quote(sampleBill(accounts), journal.exchange));
    t.equal(inputOf(journal, '2206').data.acct_used_flag, flag);
  }
});

for (const [setting, medType, infno, reversal] of [
  ['pharmacy', '41', '2102', '2103'],
  ['registration', '12', '2207', '2208'],
] as const) {
  t.test(`a lost ${infno} of ${setting} is undone by 2601, and so is a lost ${reversal}`, async (t) => {
    const { insurer, journal, virtual } = await platformParts(t);
    const base = sampleBill({ setting });
    const bill = { ...base, visit: { ...base.visit, medType } };
    const quote = must(await insurer.quote(bill, journal.exchange)).value;
    const undo = async (transaction: string, ownId: string) => {
      const [way] = insurer.waysOut;
      const lost = { transaction, ownId, sentAt: 0, deadlineAt: 0, handle: quote.handle };
      return way?.take(bill, { of: 'settle', lost }, journal.exchange);
    };
    virtual.misbehave({ infno, kind: 'lose-answer' });
    const lost = await insurer.settle(bill, quote, journal.exchange);
    t.equal(lost.kind, 'unknown');
    t.match(await undo(infno, lost.at.ownId), { kind: 'accepted', value: { is: 'undone' } });
    t.same(liveSettlements(virtual), []);

    const settled = must(await insurer.settle(bill, quote, journal.exchange));
    virtual.misbehave({ infno: reversal, kind: 'rubbish' });
    const reversed = await insurer.reverse(bill, settled.value, journal.exchange);
    t.equal(reversed.kind, 'unknown');
    t.same(liveSettlements(virtual), []);
    t.match(await undo(reversal, reversed.at.ownId), { kind: 'accepted' });
    t.same(liveSettlements(virtual), [settled.at.ownId], 'the settlement stands again');
  });
}

t.test('a card that is somebody else’s is told from the person’s own', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const base = sampleBill();
  // The platform answers with the person the card belongs to; here, with one that the document isn’t.
  const impostor = async (request: Parameters<typeof journal.exchange>[0]) => {
    const outcome = await journal.exchange(request);
    if (request.transaction !== '1101' || outcome.kind !== 'accepted') return outcome;
    const output = outcome.output as { baseinfo: object };
    return { ...outcome, output: { ...output, baseinfo: { ...output.baseinfo, psn_name: '样例乙' } } };
  };
  await t.rejects(insurer.quote(base, impostor), { code: 'settlement.other-person' });
  t.same(journal.transactions(), ['9001', '1101'], 'nothing was opened for them');
});

t.test('what a bill has wrong is told at its place, whatever transaction finds it', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const base = sampleBill({ setting: 'pharmacy' });
  const visit = { ...base.visit, medType: '41' };
  const broken = { ...base.charges[1]!, nationalCode: '' };
  const bill = { ...base, visit, charges: [base.charges[0]!, broken] };
  await t.rejects(insurer.quote(bill, journal.exchange), {
    code: 'settlement.charges',
    context: { pointer: '/charges/1/nationalCode' },
  });
  const unknown = { ...sampleBill(), visit: { ...base.visit, medType: '77' } };
  await t.rejects(insurer.quote(unknown, journal.exchange), {
    code: 'request.invalid',
    context: { pointer: '/visit/medType' },
  });
});

t.test('visits can be asked about without the number of a settlement', async (t) => {
  const parts = await platformParts(t);
  const { insurer, journal } = parts;
  const bill = sampleBill();
  const { handle } = must(await insurer.quote(bill, journal.exchange)).value;
  const data = {
    psn_no: handle.psn_no,
    begntime: '2026-03-02',
    endtime: '2026-03-02',
    med_type: '11',
  };
  const answer = must(await insurer.transact('5201', { data }, {}, journal.exchange));
  t.match(answer.value, { mdtrtinfo: [{ mdtrt_id: handle.mdtrt_id, ipt_otp_no: bill.visit.number }] });
  t.same(noNotes(parts), []);
});
