import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { tcpTransport } from '../../../../adapters/readers/transports/tcp.ts';
import { codeOf, never } from '../helper.ts';

async function listening(t: Test) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

t.test('bytes pass both ways, and closing tells the other side', async (t) => {
  const { server, port } = await listening(t);
  const accepted = once(server, 'connection');
  const line = await tcpTransport('127.0.0.1', port).open(never);
  const [peer]: Socket[] = await accepted;
  peer!.on('data', (bytes) => peer!.write(bytes));
  line.stream.write(Buffer.from([0, 255, 3]));
  const [echo] = await once(line.stream, 'data');
  t.same(echo, Buffer.from([0, 255, 3]));
  const ended = once(peer!, 'close');
  await line.close();
  await line.close();
  await line.lost;
  await ended;
});

t.test('a line that the other side ends or resets is lost', async (t) => {
  for (const end of ['end', 'resetAndDestroy'] as const) {
    const { server, port } = await listening(t);
    const accepted = once(server, 'connection');
    const line = await tcpTransport('127.0.0.1', port).open(never);
    const [peer]: Socket[] = await accepted;
    line.stream.resume();
    peer![end]();
    await line.lost;
    await line.close();
    t.pass(end);
  }
});

t.test('nobody there, and no time left, is an absent reader', async (t) => {
  const { server, port } = await listening(t);
  t.equal(await codeOf(tcpTransport('127.0.0.1', port).open(AbortSignal.abort())), 'reader.absent');
  server.close();
  await t.rejects(tcpTransport('127.0.0.1', port).open(never), {
    code: 'reader.absent',
    context: { detail: `tcp 127.0.0.1:${port}: ECONNREFUSED` },
  });
});
