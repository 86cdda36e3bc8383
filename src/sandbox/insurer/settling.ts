import { chinaDate } from '../../clock.ts';
import type { Fen } from '../../money.ts';
import { isReversal, settlementOutput, sharesOf, shortenedOutput } from './answers.ts';
import { divideBill, divideLine, type Shares } from './benefits.ts';
import type { Person, SettlementRow, VisitRow } from './book.ts';
import { Refusal } from './envelope.ts';

import {
  byNumber,
  type Context,
  data,
  fen,
  type Handler,
  insuranceOf,
  node,
  type Row,
  text,
  visitOf,
} from './inputs.ts';
import { insuredOf } from './insured.ts';
import { NOTHING_TO_UNDO } from './port.ts';

/** Trial, settlement, its two ways back, and the query of one. */
export const settlementHandlers: Readonly<Record<string, Handler>> = {
  '2206': (context) => {
    const { visit, person, shares } = divide(context);
    return settlementOutput({ ...facts(context, visit, person), shares, sign: 1 });
  },

  '2207': settle,
  '2208': (context) => reverse(context, '2207', '2208'),
  '2601': undo,

  '5203': (context) => {
    const row = context.book.settlement('setl_id', text(data(context).setl_id));
    if (!row) throw new Refusal('未查询到结算信息');
    const visit = visitOf(context, row);
    return settlementOutput({
      ...facts(context, visit, byNumber(context, row.psn_no)),
      shares: sharesOf(row),
      msgid: row.msgid,
      setlId: row.setl_id,
      at: row.settled_at,
      sign: isReversal(row.infno) ? -1 : 1,
    });
  },
};

/** Divides the open lines of the batch that 2206 or 2207 names. */
function divide(context: Context): { visit: VisitRow; person: Person; shares: Shares } {
  const { book, now } = context;
  const input = data(context);
  // A registration has no 2203 to tell what kind of visit it is.
  const visit = { ...visitOf(context, input), med_type: text(input.med_type) };
  const person = byNumber(context, visit.psn_no);
  const lines = book.openLines(visit.mdtrt_id, text(input.chrg_bchno));
  if (lines.length === 0) throw new Refusal('没有未结算的费用明细');
  const totalFen = lines.reduce((total, line) => total + line.amount, 0);
  if (totalFen !== fen(input.medfee_sumamt, 'medfee_sumamt')) throw new Refusal('医疗费总额与费用明细不一致');
  const shares = divideBill(
    lines.map((line) => divideLine(line.code, line.count, line.amount)),
    insuredOf(book, visit, person, text(input.med_type), now),
    text(input.acct_used_flag) !== '0',
  );
  if (!shares) throw new Refusal('该医疗类别没有可享受的待遇');
  return { visit, person, shares };
}

/** 2207. */
function settle(context: Context): unknown {
  const { visit, person, shares } = divide(context);
  checkSums(data(context), shares);
  context.book.setMedType(visit.mdtrt_id, visit.med_type);
  return record(context, '2207', { visit, person, shares, batch: text(data(context).chrg_bchno) });
}

/** The four sums the caller was told must come back unchanged, where they come. */
export function checkSums(input: Row, shares: Shares): void {
  const told: Record<string, Fen> = {
    fulamt_ownpay_amt: shares.fullOwnFen,
    overlmt_selfpay: shares.overLimitFen,
    preselfpay_amt: shares.firstOwnFen,
    inscp_scp_amt: shares.inScopeFen,
  };
  for (const [field, amount] of Object.entries(told)) {
    if (text(input[field]) !== '' && fen(input[field], field) !== amount)
      throw new Refusal(`${field} 与费用明细不一致`);
  }
}

export interface Division {
  readonly visit: VisitRow;
  readonly person: Person;
  readonly shares: Shares;
  /** The batch of lines that it takes. */
  readonly batch: string;
  readonly billNumber?: string;
}

/** Settles: writes the settlement down, takes its lines, and counts its shares. */
export function record(context: Context, infno: string, division: Division): unknown {
  const { book, request, now } = context;
  const { visit, person, shares, batch } = division;
  const row: SettlementRow = {
    setl_id: nextSettlement(context),
    msgid: request.msgid,
    infno,
    mdtrt_id: visit.mdtrt_id,
    psn_no: visit.psn_no,
    insutype: visit.insutype,
    batch,
    bill_number: division.billNumber ?? text(data(context).invono),
    year: yearOf(now),
    shares: JSON.stringify(shares),
    state: 'live',
    reverses: null,
    settled_at: now,
  };
  book.addSettlement(row);
  book.takeLines(row);
  book.count(row, 1);
  return settlementOutput({ ...facts(context, visit, person), shares, setlId: row.setl_id, sign: 1 });
}

/** 2208, 2103, 2305: a settlement of its own, with negative amounts, that takes back one of `settledBy`. */
export function reverse(context: Context, settledBy: string, infno: string): unknown {
  const { book, request, now } = context;
  const original = book.settlement('setl_id', text(data(context).setl_id));
  if (original?.infno !== settledBy) throw new Refusal('未查询到结算信息');
  if (original.mdtrt_id !== text(data(context).mdtrt_id)) throw new Refusal('就诊ID与结算ID不符');
  if (original.state !== 'live') throw new Refusal('该结算已撤销');
  const row: SettlementRow = {
    ...original,
    setl_id: nextSettlement(context),
    msgid: request.msgid,
    infno,
    state: 'reversal',
    reverses: original.setl_id,
    settled_at: now,
  };
  book.addSettlement(row);
  book.setState(original.setl_id, 'reversed');
  book.freeLines(original.setl_id);
  book.count(original, -1);
  const visit = visitOf(context, original);
  const person = byNumber(context, original.psn_no);
  const answer = {
    ...facts(context, visit, person),
    ...{ shares: sharesOf(original), setlId: row.setl_id, sign: -1 as const },
  };
  return infno === '2208' ? settlementOutput(answer) : shortenedOutput(answer);
}

function nextSettlement({ book, request }: Context): string {
  return `${request.area}S${String(book.nextNumber('settlement')).padStart(14, '0')}`;
}

/**
 * 2601, by the original msgid. One that never came is refused, and remembered, so that it can't act should it still
 * arrive: what the refusal proves stays true.
 */
function undo({ book, request }: Context): unknown {
  const { omsgid, oinfno } = node(request.input, 'data');
  const row = book.settlement('msgid', text(omsgid));
  const stay = book.wards.find('msgid', text(omsgid));
  if (stay && text(oinfno) === '2401') {
    if (book.wards.lines(stay.mdtrt_id).length > 0) throw new Refusal('存在费用明细,不能冲正入院');
    book.wards.remove(stay.mdtrt_id);
    book.closeVisit(stay.mdtrt_id);
    return {};
  }
  if (!row) {
    book.cancel(text(omsgid));
    return new Refusal(NOTHING_TO_UNDO.neverCame);
  }
  if (row.infno !== text(oinfno)) throw new Refusal('原交易编号不符');
  if (row.state === 'undone') throw new Refusal(NOTHING_TO_UNDO.alreadyUndone);
  if (row.state === 'reversed') throw new Refusal('原交易已撤销,不能冲正');
  book.setState(row.setl_id, 'undone');
  if (row.state === 'live') {
    book.freeLines(row.setl_id);
    book.count(row, -1);
    return {};
  }
  const original = row.reverses ? book.settlement('setl_id', row.reverses) : undefined;
  if (!original) throw new Refusal('未找到被撤销的结算');
  book.setState(original.setl_id, 'live');
  book.takeLines(original);
  book.count(original, 1);
  return {};
}

export function facts({ book, request, now }: Context, visit: VisitRow, person: Person) {
  return {
    person,
    visit,
    credential: text(node(request.input, 'data').mdtrt_cert_type) || '02',
    personType: insuranceOf(person, visit.insutype).psn_type,
    balanceFen: book.balance(visit.psn_no, visit.insutype),
    msgid: request.msgid,
    area: request.area,
    at: now,
  };
}

export function yearOf(now: number): string {
  return chinaDate(now).slice(0, 4);
}
