/** Where a bill holds what a field of a transaction is made from. */
const VISIT: Readonly<Record<string, string>> = {
  psn_name: '/identity/name',
  certno: '/identity/documentNumber',
  mdtrt_cert_no: '/identity/documentNumber',
  med_type: '/visit/medType',
  ipt_otp_no: '/visit/number',
  dept_code: '/visit/departmentCode',
  dept_name: '/visit/departmentName',
  caty: '/visit/departmentClass',
  atddr_no: '/visit/doctorCode',
  dr_name: '/visit/doctorName',
  bilg_dept_codg: '/visit/departmentCode',
  bilg_dept_name: '/visit/departmentName',
  bilg_dr_codg: '/visit/doctorCode',
  bilg_dr_name: '/visit/doctorName',
  diag_dept: '/visit/departmentCode',
  dise_dor_no: '/visit/doctorCode',
  dise_dor_name: '/visit/doctorName',
  dise_codg: '/diagnoses/0/code',
  dise_name: '/diagnoses/0/name',
  medfee_sumamt: '/charges',
};

const DIAGNOSIS: Readonly<Record<string, string>> = { diag_code: 'code', diag_name: 'name' };

const CHARGE: Readonly<Record<string, string>> = {
  feedetl_sn: 'line',
  med_list_codg: 'nationalCode',
  medins_list_codg: 'localCode',
  det_item_fee_sumamt: 'amount',
  cnt: 'count',
  pric: 'price',
};

/** The same for a stay. */
const STAY: Readonly<Record<string, string>> = {
  psn_name: '/identity/name',
  certno: '/identity/documentNumber',
  mdtrt_cert_no: '/identity/documentNumber',
  med_type: '/medType',
  ipt_no: '/number',
  ipt_otp_no: '/number',
  begntime: '/admittedAt',
  adm_dept_codg: '/departmentCode',
  adm_dept_name: '/departmentName',
  adm_bed: '/bed',
  atddr_no: '/doctorCode',
  chfpdr_name: '/doctorName',
  main_cond_dscr: '/condition',
  dscg_maindiag_code: '/diagnoses/0/code',
  dscg_maindiag_name: '/diagnoses/0/name',
  adm_diag_dscr: '/diagnoses/0/name',
  endtime: '/at',
  dscg_way: '/way',
  dscg_dept_codg: '/departmentCode',
  dscg_dept_name: '/departmentName',
  dscg_bed: '/bed',
  diag_dept: '/departmentCode',
  dise_dor_no: '/doctorCode',
  dise_dor_name: '/doctorName',
  bilg_dept_codg: '/departmentCode',
  bilg_dept_name: '/departmentName',
  bilg_dr_codg: '/doctorCode',
  bilg_dr_name: '/doctorName',
};

/**
 * The place in a bill that a problem of a transaction's input comes from: `/input/feedetail/3/cnt` of the batch that
 * begins at line 100 is `/charges/103/count`. `undefined` where the bill holds no such thing.
 */
export function billPointer(pointer: string, firstLine: number): string | undefined {
  return placeIn(VISIT, pointer, firstLine);
}

/** The place in a stay, its charges or its discharge, as `billPointer` has it in a bill. */
export function stayPointer(pointer: string, firstLine: number): string | undefined {
  return placeIn(STAY, pointer, firstLine);
}

function placeIn(
  places: Readonly<Record<string, string>>,
  pointer: string,
  firstLine: number,
): string | undefined {
  const [, , node, row = '', inRow] = asOfFees(pointer).split('/');
  const field = inRow ?? row;
  if ((node === 'feedetail' || node === 'drugdetail') && CHARGE[field])
    return `/charges/${firstLine + Number(row)}/${CHARGE[field]}`;
  if (node === 'diseinfo' && DIAGNOSIS[field]) return `/diagnoses/${row}/${DIAGNOSIS[field]}`;
  return Object.hasOwn(places, field) ? places[field] : undefined;
}

/** 6201 nests the lists that stand beside `data` elsewhere, and spells medListCodg what they spell med_list_codg. */
function asOfFees(pointer: string): string {
  return pointer
    .replace(/^\/input\/data\/(feedetail|diseinfo)List\//, '/input/$1/')
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
