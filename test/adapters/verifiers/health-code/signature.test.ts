import t from 'tap';
import { signatureOf } from '../../../../adapters/verifiers/health-code/signature.ts';

t.test('all that says something is signed in the order of its keys, the secret behind', async (t) => {
  // Computed with OpenSSL over the text written out by hand, since no vector is public.
  t.equal(signatureOf({ b: 2, a: 1 }, 's'), 'udAUc3phNwKbDZQebcLkaaMmOCQCbwU/ti66/rAhxsc=');
  const parameters = {
    qrCodeText: 'A1:0',
    time: '2026-03-02 09:00:00',
    medicalStep: '0101012',
    useChannel: '0100',
    hospitalCode: 'H1',
    hospitalName: '示例镇卫生院',
    terminalId: ' ',
    requestId: 'r1',
    hospitalId: 'H1',
    channelNum: 0,
    appToken: 'T1',
    timestamp: '1772413200',
  };
  t.equal(signatureOf(parameters, 'secret'), 'M4Ce8OqpOzN+GDQ542pS2y6pKTQIV7Nrxc7MOzHOKjU=');
});
