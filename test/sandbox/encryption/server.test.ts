import iconv from 'iconv-lite';
import t from 'tap';
import { startVirtualEncryptionMachine } from '../../../src/sandbox/encryption/server.ts';

t.test('the service answers in GBK, and says that it is the sandbox', async (t) => {
  const machine = await startVirtualEncryptionMachine();
  t.teardown(() => machine.close());
  const answer = await fetch(machine.url, { method: 'POST', body: '<ROOT><MSGNO>9013</MSGNO></ROOT>' });
  t.equal(answer.headers.get('x-yikatong-sandbox'), '1');
  t.match(
    iconv.decode(Buffer.from(await answer.arrayBuffer()), 'gbk'),
    /encoding="GBK".*<RETCODE>-1<\/RETCODE><RETTEXT>数据项 AAB301 不合法/,
  );
});

t.test('what is no order is 400, and the next one is served', async (t) => {
  const machine = await startVirtualEncryptionMachine();
  t.teardown(() => machine.close());
  const post = (body: string, url = machine.url) => fetch(url, { method: 'POST', body });
  for (const body of [
    '',
    'hello',
    '<ROOT>',
    '<A/>',
    '<ROOT>text</ROOT>',
    `<ROOT>${' '.repeat(20_000)}</ROOT>`,
  ]) {
    t.equal((await post(body)).status, 400, body.slice(0, 20));
  }
  t.equal((await fetch(machine.url)).status, 400);
  t.equal((await post('<ROOT><A>1</A></ROOT>', `${machine.url}/other`)).status, 400);
  t.equal((await post('<ROOT><A>1</A></ROOT>')).status, 200);
});

t.test('it can be closed twice', async () => {
  const machine = await startVirtualEncryptionMachine();
  await machine.close();
  await machine.close();
});
