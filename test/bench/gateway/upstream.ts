/** The insurer of the bench: answers every transaction at once with the same person. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { person } from '../insured.ts';

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
