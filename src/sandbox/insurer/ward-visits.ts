import { settlementOutput } from './answers.ts';
import type { Shares } from './benefits.ts';
import { divideLine } from './benefits.ts';
import type { Person } from './book.ts';
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
  rows,
  text,
} from './inputs.ts';
import { checkSums, facts, record, reverse } from './settling.ts';
import { uploadLine } from './visits.ts';
import { divideStay } from './ward-benefits.ts';
import { type InWard, WARD_BATCH } from './wards.ts';

const MIDWAY = '1';

/** Stays: admission to discharge, their charges, and their settlement. */
export const wardHandlers: Readonly<Record<string, Handler>> = {
  '2401': (context) => {
    const { book, request } = context;
    const info = node(request.input, 'mdtrtinfo');
    const person = byNumber(context, text(info.psn_no));
    insuranceOf(person, text(info.insutype));
    if (book.wards.inWard(person.psn_no).length > 0) throw new Refusal('该人员已在院,不能重复办理入院');
    checkDiagnoses(request.input);
    const visit = {
      mdtrt_id: `${request.area}Z${String(book.nextNumber('visit')).padStart(12, '0')}`,
      psn_no: person.psn_no,
      insutype: text(info.insutype),
      med_type: text(info.med_type),
      ipt_otp_no: text(info.ipt_no),
    };
    book.openVisit(visit);
    book.wards.admit({ mdtrt_id: visit.mdtrt_id, msgid: request.msgid, begntime: text(info.begntime) });
    return { result: { mdtrt_id: visit.mdtrt_id, exp_content: '' } };
  },

  '2403': (context) => {
    const info = node(context.request.input, 'adminfo');
    const stay = inWard(context, info);
    checkDiagnoses(context.request.input);
    context.book.wards.changeMedType(stay.mdtrt_id, text(info.med_type));
    return {};
  },

  '2402': (context) => {
    const info = node(context.request.input, 'dscginfo');
    const stay = stayOf(context, info);
    if (stay.state === 'out') throw new Refusal('已办理出院');
    checkDiagnoses(context.request.input);
    context.book.wards.set(stay.mdtrt_id, 'out', text(info.endtime));
    return {};
  },

  '2404': (context) => {
    const { wards } = context.book;
    const stay = inWard(context, data(context));
    if (wards.lines(stay.mdtrt_id).length > 0) throw new Refusal('存在费用明细,不能撤销入院');
    wards.remove(stay.mdtrt_id);
    context.book.closeVisit(stay.mdtrt_id);
    return {};
  },

  '2405': (context) => {
    const stay = stayOf(context, data(context));
    if (stay.state === 'in') throw new Refusal('患者在院,无须撤销出院');
    if (isSettledAtItsEnd(context, stay)) throw new Refusal('已出院结算,不能撤销出院');
    context.book.wards.set(stay.mdtrt_id, 'in', '');
    return {};
  },

  '2301': (context) => ({
    result: rows(context.request.input, 'feedetail').map((row) =>
      uploadLine(context, row, inWard(context, row), WARD_BATCH),
    ),
  }),

  '2302': (context) => {
    const dropped = rows(context.request.input, 'data').map((row) => {
      const stay = stayOf(context, row);
      return context.book.wards.dropLine(stay.mdtrt_id, text(row.feedetl_sn));
    });
    if (dropped.includes(0)) throw new Refusal('没有可撤销的费用明细');
    return {};
  },

  '2303': (context) => {
    const { stay, person, shares } = divide(context);
    return settlementOutput({ ...facts(context, stay, person), shares, sign: 1 });
  },

  '2304': (context) => {
    const { stay, person, shares } = divide(context);
    checkSums(data(context), shares);
    return record(context, '2304', { visit: stay, person, shares, batch: WARD_BATCH });
  },

  '2305': (context) => {
    const { book } = context;
    const later = book
      .settlements()
      .filter((row) => row.mdtrt_id === text(data(context).mdtrt_id) && row.state === 'live')
      .at(-1);
    const asked = book.settlement('setl_id', text(data(context).setl_id));
    if (asked?.state === 'live' && later && later.setl_id !== asked.setl_id)
      throw new Refusal('请先撤销该住院之后的结算');
    return reverse(context, '2304', '2305');
  },
};

/** Divides what no settlement has taken, for 2303 and 2304: of a stay that goes on only midway. */
function divide(context: Context): { stay: InWard; person: Person; shares: Shares } {
  const { book, request, now } = context;
  const input = data(context);
  const stay = stayOf(context, input);
  const midway = text(input.mid_setl_flag) === MIDWAY;
  if (!midway && stay.state === 'in') throw new Refusal('未办理出院登记,不能出院结算');
  if (midway && stay.state === 'out') throw new Refusal('已办理出院,不能中途结算');
  if (isSettledAtItsEnd(context, stay)) throw new Refusal('该住院已结算');
  const lines = book.openLines(stay.mdtrt_id, WARD_BATCH);
  if (lines.length === 0) throw new Refusal('没有未结算的费用明细');
  const totalFen = lines.reduce((total, line) => total + line.amount, 0);
  if (totalFen !== fen(input.medfee_sumamt, 'medfee_sumamt')) throw new Refusal('医疗费总额与费用明细不一致');
  const person = byNumber(context, stay.psn_no);
  const shares = divideStay(
    lines.map((line) => divideLine(line.code, line.count, line.amount)),
    stay,
    person,
    { book, institution: request.institution, now, useAccount: text(input.acct_used_flag) !== '0' },
  );
  if (!shares) throw new Refusal('该医疗类别没有可享受的待遇');
  return { stay, person, shares };
}

/** A stay that has been discharged and settled since: nothing of it is open, and a settlement of it stands. */
function isSettledAtItsEnd({ book }: Context, stay: InWard): boolean {
  return (
    stay.state === 'out' &&
    book.openLines(stay.mdtrt_id, WARD_BATCH).length === 0 &&
    book.settlements().some((row) => row.mdtrt_id === stay.mdtrt_id && row.state === 'live')
  );
}

function stayOf({ book }: Context, row: Row): InWard {
  const stay = book.wards.find('mdtrt_id', text(row.mdtrt_id));
  if (!stay || stay.psn_no !== text(row.psn_no)) throw new Refusal('未查询到住院登记信息');
  return stay;
}

function inWard(context: Context, row: Row): InWard {
  const stay = stayOf(context, row);
  if (stay.state === 'out') throw new Refusal('患者未在院:已办理出院登记');
  return stay;
}

function checkDiagnoses(input: unknown): void {
  if (rows(input, 'diseinfo').length === 0) throw new Refusal('诊断信息不能为空');
}
