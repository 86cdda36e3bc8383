/** The insurer of the bench: answers every transaction at once with the same person. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const person = {
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
const signedIn = { signinoutb: { sign_time: '2026-03-02 09:00:00', sign_no: 'S0001' } };

function answer(output: object): Buffer {
  return Buffer.from(
    JSON.stringify({
      infcode: 0,
      inf_refmsgid: '111111202603020900000000000001',
      refmsg_time: '20260302090000000',
      respond_time: '20260302090000001',
      err_msg: '',
      output,
    }),
  );
}
const known = answer(person);
const session = answer(signedIn);

const server = createServer({ keepAlive: true }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).includes('"infno":"9001"') ? session : known;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('SIGTERM', () => process.exit(0));
