/** What goes over the wire for the bill of the bench, as long as the gateway writes it. */
const head = (infno: string) =>
  `{"infno":"${infno}","msgid":"H11111100001202603020900000001","mdtrtarea_admvs":"111111",` +
  '"insuplc_admdvs":"111111","recer_sys_code":"FSI","dev_no":"","dev_safe_info":"","cainfo":"","signtype":"",' +
  '"infver":"V1.0","opter_type":"1","opter":"001","opter_name":"收费员","inf_time":"2026-03-02 09:00:00",' +
  '"fixmedins_code":"H11111100001","fixmedins_name":"示例卫生院","sign_no":"S0001","input":';

const certificate =
  '"mdtrt_cert_type":"02","mdtrt_cert_no":"111111198101011110","card_sn":"","psn_cert_type":"01",' +
  '"certno":"111111198101011110"';
const person = '"psn_no":"11110000000000000001"';
const line = (serial: number) =>
  `{"feedetl_sn":"20260302090000000100000${serial}","mdtrt_id":"G1",${person},"chrg_bchno":"202603020900000001",` +
  '"rx_circ_flag":"0","fee_ocur_time":"2026-03-02 08:30:00","med_list_codg":"XN02BEA1","medins_list_codg":"L1",' +
  '"det_item_fee_sumamt":50.00,"cnt":1,"pric":50.00,"bilg_dept_codg":"A02","bilg_dept_name":"全科医疗科",' +
  '"bilg_dr_codg":"D1","bilg_dr_name":"样例医生","hosp_appr_flag":"0"}';
const settling =
  `${person},${certificate},"med_type":"11","medfee_sumamt":150.00,"psn_setlway":"01","mdtrt_id":"G1",` +
  '"chrg_bchno":"202603020900000001","insutype":"390","acct_used_flag":"1"';

const inputs: Readonly<Record<string, string>> = {
  '1101': `{"data":{${certificate},"psn_name":"张三","begntime":"2026-03-02 08:30:00"}}`,
  '2001': `{"data":{${person},"insutype":"390","fixmedins_code":"H11111100001","med_type":"11","begntime":"2026-03-02 08:30:00"}}`,
  '2201':
    `{"data":{${person},"insutype":"390","begntime":"2026-03-02 08:30:00",${certificate},"psn_type":"1701",` +
    '"psn_name":"张三","ipt_otp_no":"MZ1","atddr_no":"D1","dr_name":"样例医生","dept_code":"A02",' +
    '"dept_name":"全科医疗科","caty":"A02"}}',
  '2203':
    `{"mdtrtinfo":{"mdtrt_id":"G1",${person},"med_type":"11","begntime":"2026-03-02 08:30:00","main_cond_dscr":"",` +
    '"dise_codg":"J06.900","dise_name":"急性上呼吸道感染"},"diseinfo":[{"diag_type":"1","diag_srt_no":"1",' +
    '"diag_code":"J06.900","diag_name":"急性上呼吸道感染","diag_dept":"A02","dise_dor_no":"D1",' +
    '"dise_dor_name":"样例医生","diag_time":"2026-03-02 08:30:00","vali_flag":"1"}]}',
  '2204': `{"feedetail":[${[1, 2, 3].map(line).join(',')}]}`,
  '2206': `{"data":{${settling},"psn_type":"1701","psn_name":"张三"}}`,
  '2207':
    `{"data":{${settling},"invono":"B1","fulamt_ownpay_amt":0.00,"overlmt_selfpay":0.00,"preselfpay_amt":10.00,` +
    '"inscp_scp_amt":140.00}}',
};

export const bodies: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(inputs).map(([infno, input]) => [infno, `${head(infno)}${input}}`]),
);
