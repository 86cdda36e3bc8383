import { LosslessNumber } from 'lossless-json';
import { chinaDate, chinaDateTime, chinaDigits } from '../../clock.ts';
import { ageAt, money } from './answers.ts';
import { divideLine } from './benefits.ts';
import type { VisitRow } from './book.ts';
import { checkCredential } from './codes.ts';
import { Refusal } from './envelope.ts';
import {
  byNumber,
  type Context,
  data,
  fen,
  type Handler,
  insuranceOf,
  node,
  personOf,
  type Row,
  rows,
  text,
  visitOf,
} from './inputs.ts';

/** Signing in, persons and visits: everything up to the trial. */
export const visitHandlers: Readonly<Record<string, Handler>> = {
  '9001': ({ book, request, now }) => {
    const signNo = `S${chinaDigits(now).slice(0, 14)}${String(book.nextNumber('sign')).padStart(8, '0')}`;
    book.signIn(signNo, request.opter, chinaDate(now));
    return { signinoutb: { sign_time: chinaDateTime(now), sign_no: signNo } };
  },

  '9002': ({ book, request, now }) => {
    const signNo = text(node(request.input, 'signOut').sign_no);
    if (!book.session(signNo)) throw new Refusal('当天没有签到信息,不能签退');
    book.signOut(signNo);
    return { sign_time: { sign_time: chinaDateTime(now) } };
  },

  '1101': (context) => {
    checkCredential(data(context));
    const person = personOf(context, text(data(context).certno));
    if (person.psn_name !== text(data(context).psn_name)) throw new Refusal('姓名与证件号码不符');
    return {
      baseinfo: {
        psn_no: person.psn_no,
        psn_cert_type: person.psn_cert_type,
        certno: person.certno,
        psn_name: person.psn_name,
        gend: person.gend,
        naty: person.naty,
        brdy: person.brdy,
        age: new LosslessNumber(ageAt(person.brdy, context.now)),
        exp_content: '',
      },
      insuinfo: person.insurances.map((insurance) => ({
        balc: money(context.book.balance(person.psn_no, insurance.insutype)),
        insutype: insurance.insutype,
        psn_type: insurance.psn_type,
        psn_insu_stas: insurance.psn_insu_stas,
        psn_insu_date: '2020-01-01',
        paus_insu_date: '',
        cvlserv_flag: '0',
        insuplc_admdvs: insurance.insuplc_admdvs,
        emp_name: '',
      })),
      idetinfo: person.classes.map((row) => ({ ...row, psn_type_lv: '', memo: '' })),
    };
  },

  '2001': (context) => {
    const { psn_no, insutype } = data(context);
    const insurance = insuranceOf(byNumber(context, text(psn_no)), text(insutype));
    return {
      trtinfo: [
        {
          psn_no: text(psn_no),
          trt_chk_type: '01',
          fund_pay_type: insurance.insutype === '310' ? '310102' : '390102',
          trt_enjymnt_flag: '1',
          begndate: `${chinaDate(context.now).slice(0, 4)}-01-01`,
          enddate: '',
          trt_chk_rslt: '',
          exp_content: '',
        },
      ],
    };
  },

  '2201': (context) => {
    const { psn_no, insutype, ipt_otp_no } = data(context);
    insuranceOf(byNumber(context, text(psn_no)), text(insutype));
    const visit: VisitRow = {
      mdtrt_id: `${context.request.area}G${String(context.book.nextNumber('visit')).padStart(12, '0')}`,
      psn_no: text(psn_no),
      insutype: text(insutype),
      med_type: '11',
      ipt_otp_no: text(ipt_otp_no),
    };
    context.book.openVisit(visit);
    context.book.wards.noteTime(visit.mdtrt_id, text(data(context).begntime));
    return {
      data: { mdtrt_id: visit.mdtrt_id, psn_no: visit.psn_no, ipt_otp_no: visit.ipt_otp_no, exp_content: '' },
    };
  },

  '2202': (context) => {
    const visit = visitOf(context, data(context));
    const taken = context.book
      .settlements()
      .some((row) => row.mdtrt_id === visit.mdtrt_id && row.state === 'live');
    if (taken) throw new Refusal('就诊已结算,不能撤销挂号');
    context.book.closeVisit(visit.mdtrt_id);
    return {};
  },

  '2203': uploadDiagnoses,
  '2203A': uploadDiagnoses,

  '2204': (context) => ({
    result: rows(context.request.input, 'feedetail').map((row) =>
      uploadLine(context, row, visitOf(context, row), text(row.chrg_bchno)),
    ),
  }),

  '2205': (context) => {
    const visit = visitOf(context, data(context));
    const dropped = context.book.dropOpenLines(visit.mdtrt_id, text(data(context).chrg_bchno));
    if (dropped === 0) throw new Refusal('没有可撤销的费用明细');
    return {};
  },
};

function uploadDiagnoses(context: Context): unknown {
  const info = node(context.request.input, 'mdtrtinfo');
  const visit = visitOf(context, info);
  if (rows(context.request.input, 'diseinfo').length === 0) throw new Refusal('诊断信息不能为空');
  context.book.setMedType(visit.mdtrt_id, text(info.med_type));
  return {};
}

/** Takes a line of 2204, 2301 or 2102, and answers how it is divided. */
export function uploadLine({ book }: Context, row: Row, visit: VisitRow, batch: string) {
  const code = text(row.med_list_codg);
  const amount = fen(row.det_item_fee_sumamt, 'det_item_fee_sumamt');
  const count = text(row.cnt);
  const line = { feedetl_sn: text(row.feedetl_sn), batch, code, count, amount };
  if (!book.addLine(visit.mdtrt_id, line)) throw new Refusal(`费用明细流水号重复:${line.feedetl_sn}`);
  const shares = divideLine(code, count, amount);
  return {
    feedetl_sn: line.feedetl_sn,
    det_item_fee_sumamt: money(amount),
    cnt: new LosslessNumber(count),
    pric: new LosslessNumber(text(row.pric)),
    pric_uplmt_amt: new LosslessNumber(shares.priceLimit || '0'),
    selfpay_prop: new LosslessNumber((shares.firstOwnPercent / 100).toFixed(4)),
    fulamt_ownpay_amt: money(shares.fullOwnFen),
    overlmt_amt: money(shares.overLimitFen),
    preselfpay_amt: money(shares.firstOwnFen),
    inscp_scp_amt: money(shares.inScopeFen),
    chrgitm_lv: shares.level,
    med_chrgitm_type: shares.item,
    lmt_used_flag: '0',
    memo: '',
    exp_content: '',
  };
}
