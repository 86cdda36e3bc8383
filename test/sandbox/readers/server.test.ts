import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { startVirtualReader } from '../../../src/sandbox/readers/server.ts';

const STATUS = Buffer.from('AAAAAA9669000311FFED', 'hex');
const OK = Buffer.from('AAAAAA9669000400009094', 'hex');
const HOST = '127.0.0.1';

async function ask(port: number): Promise<Buffer> {
  const socket = connect(port, HOST);
  socket.write(STATUS);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return answer;
}

t.test('it answers whoever called last, and counts the bytes that pass', async (t) => {
  let wireBytes = 0;
  const onBytes = (count: number) => {
    wireBytes += count;
  };
  const reader = await startVirtualReader({ dialect: 'sam-v', host: HOST, port: 0, onBytes });
  t.teardown(() => reader.close());
  const former = connect(reader.port, HOST);
  await once(former, 'connect');
  const left = once(former, 'close');
  t.same(await ask(reader.port), OK);
  await left;
  t.equal(wireBytes, STATUS.length + OK.length);
});

t.test('unplugged it takes no call, plugged in again it does, on the same port', async (t) => {
  const reader = await startVirtualReader({ dialect: 'sam-v', host: HOST, port: 0 });
  t.teardown(() => reader.close());
  await reader.unplug();
  await reader.unplug();
  await t.rejects(once(connect(reader.port, HOST), 'connect'), { code: 'ECONNREFUSED' });
  await reader.plug();
  await reader.plug();
  t.same(await ask(reader.port), OK);
});

t.test('random bytes and a caller who hangs up do not end it', async (t) => {
  for (const dialect of ['sam-v', 'ccid-serial'] as const) {
    const reader = await startVirtualReader({ dialect, host: HOST, port: 0 });
    t.teardown(() => reader.close());
    const socket = connect(reader.port, HOST);
    socket.on('error', () => {});
    socket.write(randomBytes(200_000));
    socket.write(Buffer.from('AAAAAA96690003', 'hex'), () => socket.resetAndDestroy());
    await once(socket, 'close');
    if (dialect === 'sam-v') t.same(await ask(reader.port), OK);
    await reader.close();
    t.pass(dialect);
  }
});

t.test('on a paced line an answer comes in pieces and whole', async (t) => {
  const pacing = { baudRate: 115_200, precise: true };
  const reader = await startVirtualReader({ dialect: 'sam-v', host: HOST, port: 0, pacing });
  t.teardown(() => reader.close());
  t.same(await ask(reader.port), OK);
});
