/**
 * The insurer of the bench: knows one person and one bill, and answers every transaction of its settlement at once.
 * Counts the time it takes for it, which is not the gateway's.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { person } from '../insured.ts';

const amounts = {
  medfee_sumamt: '150.00',
  fulamt_ownpay_amt: '0.00',
  overlmt_selfpay: '0.00',
  preselfpay_amt: '10.00',
  inscp_scp_amt: '140.00',
  act_pay_dedc: '0.00',
  pool_prop_selfpay: '0.5000',
  hifp_pay: '70.00',
  fund_pay_sumamt: '70.00',
  psn_part_amt: '80.00',
  acct_pay: '30.00',
  psn_cash_pay: '50.00',
  hosp_part_amt: '0.00',
  balc: '90.50',
};
const line = (serial: number) => ({
  feedetl_sn: String(serial),
  det_item_fee_sumamt: 50,
  cnt: 1,
  pric: 50,
  pric_uplmt_amt: 0,
  selfpay_prop: 0,
  fulamt_ownpay_amt: 0,
  overlmt_amt: 0,
  preselfpay_amt: serial === 1 ? 10 : 0,
  inscp_scp_amt: serial === 1 ? 40 : 50,
  chrgitm_lv: '01',
  med_chrgitm_type: '09',
  lmt_used_flag: '0',
});
const setldetail = [
  { fund_pay_type: '390102', inscp_scp_amt: '140.00', crt_payb_lmt_amt: '0', fund_payamt: '70.00' },
  { fund_pay_type: '310200', inscp_scp_amt: '0', crt_payb_lmt_amt: '0', fund_payamt: '30.00' },
];
const outputs: Readonly<Record<string, object>> = {
  '9001': { signinoutb: { sign_time: '2026-03-02 09:00:00', sign_no: 'S0001' } },
  '1101': person,
  '2001': { trtinfo: [{ psn_no: '1', trt_chk_type: '01', trt_enjymnt_flag: '1', begndate: '2026-01-01' }] },
  '2201': { data: { mdtrt_id: 'G1', psn_no: '11110000000000000001', ipt_otp_no: 'MZ1' } },
  '2203': {},
  '2204': { result: [line(1), line(2), line(3)] },
  '2206': { setlinfo: amounts, setldetail },
  '2207': { setlinfo: { ...amounts, setl_id: 'S1', setl_time: '2026-03-02 09:00:00' }, setldetail },
};

const answers = new Map(
  Object.entries(outputs).map(([infno, output]) => {
    const head = { infcode: 0, inf_refmsgid: '111111202603020900000000000001', err_msg: '' };
    return [infno, Buffer.from(JSON.stringify({ ...head, output }))];
  }),
);

let requests = 0;
let busyNs = 0n;

const server = createServer({ keepAlive: true }, (request, response) => {
  const startedNs = process.hrtime.bigint();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const head = Buffer.concat(chunks).subarray(0, 24).toString();
    const body = answers.get(/"infno":"(\w+)"/.exec(head)?.[1] ?? '1101') ?? Buffer.from('{}');
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
    requests += 1;
    busyNs += process.hrtime.bigint() - startedNs;
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => {
  process.send?.({ rows: requests, ownMs: requests === 0 ? 0 : Number(busyNs) / 1e6 / requests });
  [requests, busyNs] = [0, 0n];
});
process.on('SIGTERM', () => process.exit(0));
