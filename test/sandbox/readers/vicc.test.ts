import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import type { VirtualCard } from '../../../src/sandbox/port.ts';
import { dialIn } from '../../../src/sandbox/readers/vicc.ts';

/** A virtual reader, built here from the table of the protocol, and a card that counts its resets. */
async function inserted(t: Test) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const seen = { resets: 0, commands: [] as string[] };
  const card: VirtualCard = {
    reset() {
      seen.resets += 1;
      return Buffer.from('3B8001', 'hex');
    },
    command(apdu) {
      seen.commands.push(apdu.toString('hex'));
      return Buffer.from('9000', 'hex');
    },
  };
  const dialled = await dialIn(card, '127.0.0.1', port);
  t.teardown(() => dialled.remove());
  const [socket]: Socket[] = await accepted;
  t.teardown(() => socket!.destroy());
  const say = (hex: string) => socket!.write(Buffer.from(hex, 'hex'));
  const hear = async () => (await once(socket!, 'data'))[0].toString('hex');
  return { socket: socket!, dialled, seen, say, hear };
}

t.test('it answers its ATR and commands, and nothing else', async (t) => {
  const { seen, say, hear } = await inserted(t);
  say('000101' + '000104');
  t.equal(await hear(), '00033b8001');
  say('00040084' + '0008');
  t.equal(await hear(), '00029000');
  say('000100' + '000107' + '0000' + '000104');
  t.equal(await hear(), '00033b8001', 'off and unknown control bytes have no answer');
  t.strictSame(seen.commands, ['00840008']);
});

t.test('it is reset by power and by a reset, not by a question for its ATR', async (t) => {
  const { seen, say, hear } = await inserted(t);
  for (const [bytes, resets] of [
    ['000104', 1],
    ['000104', 1],
    ['000101000104', 2],
    ['000102000104', 3],
    ['000104', 3],
  ] as const) {
    say(bytes);
    t.equal(await hear(), '00033b8001');
    t.equal(seen.resets, resets, bytes);
  }
});

t.test('messages are understood in any pieces', async (t) => {
  const { seen, socket, say, hear } = await inserted(t);
  socket.setNoDelay(true);
  for (const byte of ['00', '04', '00', '84', '00', '08']) {
    say(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.equal(await hear(), '00029000');
  t.strictSame(seen.commands, ['00840008']);
});

t.test('taken away, or left by its reader, it has ended', async (t) => {
  const first = await inserted(t);
  const closed = once(first.socket, 'close');
  first.socket.resume();
  await first.dialled.remove();
  await first.dialled.remove();
  await closed;
  const second = await inserted(t);
  second.socket.resetAndDestroy();
  await second.dialled.ended;
  t.pass('both');
});

t.test('where nobody listens it says so', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const card: VirtualCard = { reset: () => Buffer.alloc(0), command: () => Buffer.alloc(0) };
  await t.rejects(dialIn(card, '127.0.0.1', port), { code: 'ECONNREFUSED' });
});
