import { chinaDate, chinaDateTime, chinaDigits } from '../../clock.ts';
import { Refusal } from './envelope.ts';
import { byNumber, type Context, data, type Handler, node, type Row, text } from './inputs.ts';

/** A filing as the virtual platform keeps it. */
interface KeptFiling {
  readonly number: string;
  readonly kind: Kind;
  /** What it is about; a person has each once. */
  readonly about: string;
  /** The day it was made: the bureau processes it in the night. */
  readonly madeOn: string;
  readonly madeAt: string;
  readonly opter: string;
  readonly fields: Readonly<Record<string, string>>;
}

type Kind = 'transfer' | 'chronic' | 'designated';

/** Filings of the sandbox: 2501 to 2506, and 5304, 5301, 5302, which list them. */
export const filingHandlers: Readonly<Record<string, Handler>> = {
  '2501': (context) => {
    const row = node(context.request.input, 'refmedin');
    return keep(context, 'transfer', row, `${text(row.reflin_medins_no)} ${text(row.refl_date)}`);
  },
  '2503': (context) => keep(context, 'chronic', data(context), text(data(context).opsp_dise_code)),
  '2505': (context) => {
    const row = data(context);
    return keep(context, 'designated', row, `${text(row.biz_appy_type)} ${text(row.fixmedins_code)}`);
  },

  '2502': (context) => withdraw(context, 'transfer'),
  '2504': (context) => withdraw(context, 'chronic'),
  '2506': (context) => withdraw(context, 'designated'),

  '5304': (context) => {
    const person = byNumber(context, text(data(context).psn_no));
    const since = text(data(context).begntime);
    const refmedin = filingsOf(context, person.psn_no, 'transfer')
      .filter(({ madeAt }) => madeAt >= since)
      .map(({ fields, madeAt, opter }) => ({
        insutype: fields.insutype || (person.insurances[0]?.insutype ?? ''),
        dcla_souc: FROM_INSTITUTION,
        ...{ psn_no: person.psn_no, psn_cert_type: person.psn_cert_type, certno: person.certno },
        ...{ psn_name: person.psn_name, gend: person.gend, brdy: person.brdy },
        ...pick(fields, ['tel', 'addr', 'insu_optins', 'diag_code', 'diag_name', 'dise_cond_dscr']),
        ...pick(fields, ['reflin_medins_no', 'reflin_medins_name', 'refl_date', 'refl_rea']),
        ...{ begndate: fields.begndate || fields.refl_date, enddate: fields.enddate ?? '' },
        hosp_agre_refl_flag: fields.hosp_agre_refl_flag || AGREED,
        ...{ opter_id: opter, opter_name: '', opt_time: madeAt },
      }));
    return { refmedin };
  },

  // The unfavourable reading of an interface that doesn't say: what is not processed yet is not listed.
  '5301': (context) => ({
    feedetail: filingsOf(context, text(data(context).psn_no), 'chronic')
      .filter((filing) => isProcessed(filing, context.now))
      .map(({ fields }) => pick(fields, ['opsp_dise_code', 'opsp_dise_name', 'begndate', 'enddate'])),
  }),

  '5302': (context) => ({
    psnfixmedin: filingsOf(context, text(data(context).psn_no), 'designated')
      .filter(({ fields }) => fields.biz_appy_type === text(data(context).biz_appy_type))
      .map(({ fields }) => ({
        ...pick(fields, ['psn_no', 'fix_srt_no', 'fixmedins_code', 'fixmedins_name', 'begndate', 'enddate']),
        ...{ insutype: '', memo: '' },
      })),
  }),
};

const FROM_INSTITUTION = '01';
const AGREED = '1';

function keep(context: Context, kind: Kind, row: Row, about: string) {
  const { book, request, now } = context;
  const person = byNumber(context, text(row.psn_no));
  const doubled = filingsOf(context, person.psn_no, kind).some((filing) => filing.about === about);
  if (doubled) throw new Refusal('该人员已有相同的有效备案,不能重复备案');
  const number = `B${chinaDigits(now).slice(0, 14)}${String(book.nextNumber('filing')).padStart(8, '0')}`;
  const fields = Object.fromEntries(Object.entries(row).map(([field, value]) => [field, text(value)]));
  const made = { madeOn: chinaDate(now), madeAt: chinaDateTime(now), opter: request.opter };
  book.shelf<KeptFiling>('filings').put(number, person.psn_no, { number, kind, about, ...made, fields });
  return { result: { trt_dcla_detl_sn: number } };
}

function withdraw({ book, request, now }: Context, kind: Kind) {
  const row = node(request.input, 'data');
  const shelf = book.shelf<KeptFiling>('filings');
  const filing = shelf.get(text(row.trt_dcla_detl_sn), text(row.psn_no));
  if (filing?.kind !== kind) throw new Refusal('未查询到备案信息');
  if (kind === 'chronic' && isProcessed(filing, now)) throw new Refusal('备案已由经办机构审核,不能撤销');
  shelf.remove(filing.number);
  return {};
}

function filingsOf({ book }: Context, psnNo: string, kind: Kind): KeptFiling[] {
  return book
    .shelf<KeptFiling>('filings')
    .of(psnNo)
    .filter((filing) => filing.kind === kind);
}

function isProcessed({ madeOn }: KeptFiling, now: number): boolean {
  return madeOn < chinaDate(now);
}

function pick(fields: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? '']));
}
