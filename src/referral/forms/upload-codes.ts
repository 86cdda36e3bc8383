import type { FormsConfiguration } from '../../../schemas/forms-configuration.ts';
import type { Coded } from '../../../schemas/referral-form.ts';

/**
 * The codes of a city's upload record. Its public schema (table treatment_referral) names the columns and leaves the
 * codes of these open, so the tables are ours until a city says otherwise in `forms.uploadCodes`. Where a guess could
 * be taken for something else the harmless one stands: a city that counts 1 as valid refuses our 0, where it would
 * take a 1 of ours for a cancellation if it counts as we do.
 */
export interface CodeTable<K extends string> {
  readonly column: 'klx' | 'zzbz' | 'cxbz';
  readonly name: string;
  readonly source: string;
  readonly values: Readonly<Record<K, { readonly code: string; readonly name: string }>>;
}

const OURS = '本网关暂定,须与本市核对 / ours, to be checked with the city';

const CARD_TYPES: CodeTable<'card' | 'citizen' | 'other'> = {
  ...{ column: 'klx', name: '卡类型', source: OURS },
  values: {
    card: { code: '1', name: '社保卡' },
    citizen: { code: '2', name: '以身份证号代卡号' },
    other: { code: '9', name: '其他证件' },
  },
};

const FLAGS: CodeTable<'out' | 'back'> = {
  ...{ column: 'zzbz', name: '转诊标志', source: OURS },
  values: { out: { code: '1', name: '转出' }, back: { code: '2', name: '回转' } },
};

const CANCELLED: CodeTable<'no' | 'yes'> = {
  ...{ column: 'cxbz', name: '撤销标志', source: OURS },
  values: { no: { code: '0', name: '有效' }, yes: { code: '1', name: '撤销' } },
};

/** 诊疗科目名录(卫医发〔1994〕第 27 号), 02: what stands for a department that the referral does not name. */
const GENERAL_PRACTICE: Coded = { code: '02', name: '全科医疗科', table: '诊疗科目名录' };

export interface UploadCodes {
  readonly cardTypes: typeof CARD_TYPES;
  readonly flags: typeof FLAGS;
  readonly cancelled: typeof CANCELLED;
  readonly department: Coded;
}

export const UPLOAD_CODES: UploadCodes = {
  cardTypes: CARD_TYPES,
  flags: FLAGS,
  cancelled: CANCELLED,
  department: GENERAL_PRACTICE,
};

/** The tables as the city numbers them, as far as the configuration says. */
export function uploadCodesOf(given: FormsConfiguration['uploadCodes'] = {}): UploadCodes {
  const { klx = {}, zzbz = {}, cxbz = {}, source } = given;
  return {
    cardTypes: renumbered(CARD_TYPES, klx, source),
    flags: renumbered(FLAGS, zzbz, source),
    cancelled: renumbered(CANCELLED, cxbz, source),
    department: given.department ? { ...given.department, table: source ?? OURS } : GENERAL_PRACTICE,
  };
}

function renumbered<K extends string>(
  table: CodeTable<K>,
  codes: { readonly [N in K]?: string | undefined },
  source: string | undefined,
): CodeTable<K> {
  const given = Object.values(codes).some((code) => code !== undefined);
  const values = Object.fromEntries(
    Object.entries<{ code: string; name: string }>(table.values).map(([key, { code, name }]) => [
      key,
      { name, code: codes[key as K] ?? code },
    ]),
  ) as CodeTable<K>['values'];
  return { ...table, values, ...(given && source !== undefined ? { source } : {}) };
}
