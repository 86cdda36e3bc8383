/** The person of the benches, as the insurer answers 1101. */
export const person = {
  baseinfo: {
    psn_no: '11110000000000000001',
    psn_cert_type: '01',
    certno: '111111198101011110',
    psn_name: '张三',
    gend: '1',
    naty: '01',
    brdy: '1981-01-01',
    age: 45.2,
  },
  insuinfo: [
    {
      balc: 120.5,
      insutype: '390',
      psn_type: '1701',
      psn_insu_stas: '1',
      psn_insu_date: '2020-01-01',
      cvlserv_flag: '0',
      insuplc_admdvs: '111111',
      emp_name: '',
    },
  ],
  idetinfo: [],
};
