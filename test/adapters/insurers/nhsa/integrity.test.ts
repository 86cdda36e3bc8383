import fc from 'fast-check';
import t from 'tap';
import { amountsOf, FUND_FIELDS } from '../../../../adapters/insurers/nhsa/amounts.ts';
import { integrityFaults } from '../../../../adapters/insurers/nhsa/integrity.ts';
import { loadProfile } from '../../../../adapters/insurers/nhsa/profile.ts';
import { readSplit } from '../../../../adapters/insurers/nhsa/split.ts';
import { yuanOf } from '../../../../src/money.ts';

const PLAIN = loadProfile('national');

/** A settlement that holds every rule, amounts as texts. */
function settlement(change: Record<string, string | undefined> = {}) {
  return {
    setlinfo: {
      medfee_sumamt: '100.00',
      inscp_scp_amt: '80.00',
      fulamt_ownpay_amt: '12.00',
      preselfpay_amt: '5.00',
      overlmt_selfpay: '3.00',
      hifp_pay: '40.00',
      hifmi_pay: '10',
      maf_pay: '10.0',
      fund_pay_sumamt: '60.00',
      psn_part_amt: '38.00',
      acct_pay: '8.00',
      psn_cash_pay: '30.00',
      hosp_part_amt: '2.00',
      ...change,
    } as Record<string, string | undefined>,
    setldetail: [
      { fund_pay_type: '390100', fund_payamt: '40.00' },
      { fund_pay_type: '390200', fund_payamt: '10.00' },
      { fund_pay_type: '610100', fund_payamt: '10.00' },
      { fund_pay_type: '390500', fund_payamt: '8.00' },
      { fund_pay_type: '999996', fund_payamt: '2.00' },
    ] as Record<string, string>[],
  };
}

const faultsOf = (output: unknown, options = PLAIN) => integrityFaults(amountsOf(output), options);

t.test('a settlement that adds up has no faults', async (t) => {
  t.same(faultsOf(settlement()), []);
});

t.test('each rule is broken by its own amounts', async (t) => {
  t.same(faultsOf(settlement({ inscp_scp_amt: '79.99' })), ['scope']);
  t.same(faultsOf(settlement({ hifp_pay: '39.99' })), ['funds']);
  t.same(faultsOf(settlement({ psn_part_amt: '37.99' })), ['parts', 'person']);
  t.same(faultsOf(settlement({ psn_cash_pay: '30.01' })), ['person']);
  t.same(faultsOf(settlement({ hosp_part_amt: '2.01' })), ['parts', 'details']);
  t.same(faultsOf({ ...settlement(), setldetail: settlement().setldetail.slice(1) }), ['details']);
  t.same(faultsOf(settlement({ hifob_pay: 'x' })), ['readable']);
  t.same(faultsOf(settlement({ hifob_pay: '0.001' })), ['readable']);
});

t.test('two funds of equal amounts count twice', async (t) => {
  const { split } = readSplit(settlement(), PLAIN);
  t.same(split.funds, [
    { fund: 'pooled', code: 'hifp_pay', amountFen: 4_000 },
    { fund: 'serious-illness', code: 'hifmi_pay', amountFen: 1_000 },
    { fund: 'assistance', code: 'maf_pay', amountFen: 1_000 },
  ]);
  t.equal(
    split.funds.reduce((total, share) => total + share.amountFen, 0),
    split.fundFen,
  );
});

t.test('a list without rows may be one row of empty texts', async (t) => {
  const setldetail = [{ fund_pay_type: '', inscp_scp_amt: '', fund_payamt: '', setl_proc_info: '' }];
  t.same(faultsOf({ ...settlement(), setldetail }), []);
  t.same(faultsOf({ ...settlement(), setldetail: undefined }), []);
  t.same(
    faultsOf({ ...settlement(), setldetail: settlement().setldetail[0] }),
    ['details'],
    'one row as an object',
  );
});

t.test('where the province counts the account as a fund, it is taken out again', async (t) => {
  const output = settlement({ fund_pay_sumamt: '68.00' });
  t.same(faultsOf(output), ['funds', 'parts', 'details']);
  t.same(faultsOf(output, loadProfile('guangdong')), []);
  t.equal(readSplit(output, loadProfile('guangdong')).split.fundFen, 6_000);
});

t.test('medical assistance that stands in setldetail only is a share of its own', async (t) => {
  const rows = settlement().setldetail.filter((row) => row.fund_pay_type !== '610100');
  for (const row of [
    { fund_pay_type: '610100', fund_payamt: '10.00' },
    { fund_pay_type: '610101', fund_payamt: '10.00' },
    { fund_pay_type: '999997', fund_payamt: '10.00', setl_proc_info: '610101' },
  ]) {
    const setldetail = [...rows, row];
    const added = { ...settlement({ maf_pay: '0.00' }), setldetail };
    const within = { ...settlement({ maf_pay: '', oth_pay: '10.00' }), setldetail };
    for (const output of [added, within]) {
      const { split, faults } = readSplit(output, PLAIN);
      t.same(faults, []);
      t.same(
        split.funds.map((share) => [share.fund, share.amountFen]),
        [
          ['pooled', 4_000],
          ['serious-illness', 1_000],
          ['assistance', 1_000],
        ],
      );
    }
  }
});

t.test('a reversal is negative, spells its cash field otherwise, and may leave parts out', async (t) => {
  const { setlinfo, setldetail } = settlement();
  const negative = Object.fromEntries(Object.entries(setlinfo).map(([field, value]) => [field, `-${value}`]));
  const { psn_cash_pay, psn_part_amt, hosp_part_amt, ...rest } = negative;
  const rows = setldetail.map((row) => ({ ...row, fund_payamt: `-${row.fund_payamt}` }));
  const full = {
    setlinfo: { ...rest, psn_part_amt, hosp_part_amt, pdn_cash_pay: psn_cash_pay },
    setldetail: rows,
  };
  t.same(faultsOf(full), []);
  t.equal(readSplit(full, PLAIN).split.cashFen, -3_000);
  const shortened = { setlinfo: { ...rest, pdn_cash_pay: psn_cash_pay }, setldetail: [] };
  t.same(faultsOf(shortened), []);
});

t.test('any settlement made to add up does, and off by one fen anywhere does not', async () => {
  const fen = fc.integer({ min: 0, max: 10 ** 12 });
  const shares = fc.record({
    funds: fc.array(fen, { minLength: FUND_FIELDS.length, maxLength: FUND_FIELDS.length }),
    account: fen,
    cash: fen,
    hospital: fen,
    cut: fc.array(fc.nat(100), { minLength: 3, maxLength: 3 }),
  });
  fc.assert(
    fc.property(
      shares,
      fc.constantFrom('scope', 'funds', 'person', 'none'),
      ({ funds, account, cash, hospital, cut }, break_) => {
        const fund = funds.reduce((total, share) => total + share, 0);
        const total = fund + account + cash + hospital;
        const parts = cut.map((percent) => Math.floor((total / 400) * (percent / 100)));
        const inScope = total - parts.reduce((sum, part) => sum + part, 0);
        const off = (rule: string) => (rule === break_ ? 1 : 0);
        const setlinfo = {
          ...Object.fromEntries(FUND_FIELDS.map((field, index) => [field, yuanOf(funds[index] ?? 0)])),
          medfee_sumamt: yuanOf(total),
          inscp_scp_amt: yuanOf(inScope + off('scope')),
          fulamt_ownpay_amt: yuanOf(parts[0] ?? 0),
          preselfpay_amt: yuanOf(parts[1] ?? 0),
          overlmt_selfpay: yuanOf(parts[2] ?? 0),
          fund_pay_sumamt: yuanOf(fund),
          hifp_pay: yuanOf((funds[0] ?? 0) + off('funds')),
          psn_part_amt: yuanOf(account + cash),
          acct_pay: yuanOf(account),
          psn_cash_pay: yuanOf(cash + off('person')),
          hosp_part_amt: yuanOf(hospital),
        };
        const faults = faultsOf({ setlinfo, setldetail: [] });
        return JSON.stringify(faults) === JSON.stringify(break_ === 'none' ? [] : [break_]);
      },
    ),
  );
});
