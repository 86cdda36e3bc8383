import { settlementOutput } from './answers.ts';
import { divideBy, divideLine, NOTHING_USED, type Plan, planOf, type Shares } from './benefits.ts';
import type { Person, VisitRow } from './book.ts';
import { checkCredential } from './codes.ts';
import { Refusal } from './envelope.ts';
import { byNumber, type Context, fen, type Handler, insuranceOf, node, rows, text } from './inputs.ts';
import { insuredOf } from './insured.ts';
import { facts, record, reverse } from './settling.ts';
import { uploadLine } from './visits.ts';

/** Sales of a retail pharmacy: the personal account pays, no fund does. */
export const pharmacyHandlers: Readonly<Record<string, Handler>> = {
  '2101': (context) => {
    const { visit, person, shares } = divide(context, '');
    return settlementOutput({ ...facts(context, visit, person), shares, sign: 1 });
  },

  '2102': (context) => {
    const { book, request } = context;
    const mdtrtId = `${request.area}Y${String(book.nextNumber('visit')).padStart(12, '0')}`;
    const { visit, person, shares } = divide(context, mdtrtId);
    book.openVisit(visit);
    const sale = node(request.input, 'druginfo');
    book.wards.noteTime(mdtrtId, text(sale.begntime));
    for (const row of rows(request.input, 'drugdetail')) uploadLine(context, row, visit, mdtrtId);
    return record(context, '2102', {
      ...{ visit, person, shares, batch: mdtrtId },
      billNumber: text(sale.invono),
    });
  },

  '2103': (context) => reverse(context, '2102', '2103'),
};

function divide(context: Context, mdtrtId: string): { visit: VisitRow; person: Person; shares: Shares } {
  const { book, request, now } = context;
  const sale = node(request.input, 'druginfo');
  checkCredential(sale);
  const person = byNumber(context, text(sale.psn_no));
  const { insutype } = insuranceOf(person, text(sale.insutype));
  const visit: VisitRow = {
    mdtrt_id: mdtrtId,
    psn_no: person.psn_no,
    insutype,
    med_type: text(sale.med_type),
    ipt_otp_no: '',
  };
  const lines = rows(request.input, 'drugdetail');
  if (lines.length === 0) throw new Refusal('没有购药明细');
  const amounts = lines.map((row) => fen(row.det_item_fee_sumamt, 'det_item_fee_sumamt'));
  const totalFen = amounts.reduce((total, amount) => total + amount, 0);
  if (totalFen !== fen(sale.medfee_sumamt, 'medfee_sumamt')) throw new Refusal('医疗费总额与费用明细不一致');
  const plan = planOfSale(insutype);
  if (!plan) throw new Refusal('该险种不能在药店使用');
  const divided = lines.map((row, index) =>
    divideLine(text(row.med_list_codg), text(row.cnt), amounts[index]!),
  );
  const insured = { ...insuredOf(book, visit, person, visit.med_type, now), classes: [] };
  const shares = divideBy(plan, divided, insured, text(sale.acct_used_flag) !== '0');
  return { visit, person, shares: { ...shares, uses: NOTHING_USED } };
}

/** No fund pays, and nothing counts towards a year's deductible. */
function planOfSale(insutype: string): Plan | undefined {
  const plan = planOf(insutype, '11');
  return (
    plan && { ...plan, deductibleYear: '0.00', ratioPercent: 0, serious: { ...plan.serious, bands: [] } }
  );
}
