import { LosslessNumber } from 'lossless-json';
import { ageAt, money } from './answers.ts';
import { divideLine } from './benefits.ts';
import type { Person } from './book.ts';
import { Refusal } from './envelope.ts';
import { byNumber, type Context, data, type Handler, insuranceOf, text } from './inputs.ts';

const IN_WARD = '1';
const OUT_OF_WARD = '0';

/** What can be asked of visits and stays: 5201, 5204 and 5303. 5203 stands with the settlements. */
export const queryHandlers: Readonly<Record<string, Handler>> = {
  '5201': (context) => {
    const { psn_no, begntime, endtime, med_type, mdtrt_id } = data(context);
    const person = byNumber(context, text(psn_no));
    const visits = context.book.wards
      .visits(person.psn_no, text(begntime), endOf(text(endtime)))
      .filter((visit) => visit.med_type === text(med_type))
      .filter((visit) => text(mdtrt_id) === '' || visit.mdtrt_id === text(mdtrt_id));
    return {
      mdtrtinfo: visits.map((visit) => ({
        mdtrt_id: visit.mdtrt_id,
        ...personFields(person, context),
        insutype: visit.insutype,
        psn_type: insuranceOf(person, visit.insutype).psn_type,
        cvlserv_flag: '0',
        begntime: visit.began,
        endtime: visit.endtime ?? visit.began,
        mdtrt_cert_type: '02',
        med_type: visit.med_type,
        ipt_otp_no: visit.ipt_otp_no,
        ...(visit.state ? { inhosp_stas: visit.state === 'in' ? IN_WARD : OUT_OF_WARD } : {}),
      })),
    };
  },

  '5204': (context) => {
    const { setl_id, mdtrt_id, psn_no } = data(context);
    const row = context.book.settlement('setl_id', text(setl_id));
    if (!row || row.mdtrt_id !== text(mdtrt_id) || row.psn_no !== text(psn_no))
      throw new Refusal('未查询到结算信息');
    return {
      data: context.book.wards.linesOf(row.setl_id).map((line) => {
        const shares = divideLine(line.code, line.count, line.amount);
        return {
          mdtrt_id: row.mdtrt_id,
          setl_id: row.setl_id,
          feedetl_sn: line.feedetl_sn,
          cnt: new LosslessNumber(line.count),
          det_item_fee_sumamt: money(line.amount),
          fulamt_ownpay_amt: money(shares.fullOwnFen),
          overlmt_amt: money(shares.overLimitFen),
          preselfpay_amt: money(shares.firstOwnFen),
          inscp_scp_amt: money(shares.inScopeFen),
          chrgitm_lv: shares.level,
          med_list_codg: line.code,
        };
      }),
    };
  },

  '5303': (context) => {
    const { psn_no, begntime, endtime } = data(context);
    const person = byNumber(context, text(psn_no));
    return {
      data: context.book.wards
        .inWard(person.psn_no)
        .filter((stay) => text(begntime) <= stay.begntime && stay.begntime <= endOf(text(endtime)))
        .map((stay) => ({
          mdtrt_id: stay.mdtrt_id,
          ...personFields(person, context),
          insutype: stay.insutype,
          begndate: stay.begntime.slice(0, 10),
          med_type: stay.med_type,
          ipt_otp_no: stay.ipt_otp_no,
          out_flag: '0',
        })),
    };
  },
};

/** A day ends with its last second. */
function endOf(time: string): string {
  return time.length > 10 ? time : `${time} 23:59:59`;
}

function personFields(person: Person, { now }: Context) {
  const { psn_no, psn_cert_type, certno, psn_name, gend, brdy } = person;
  return { psn_no, psn_cert_type, certno, psn_name, gend, brdy, age: new LosslessNumber(ageAt(brdy, now)) };
}
