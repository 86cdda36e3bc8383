import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { readerDriverOf } from '../../../../adapters/readers/index.ts';
import type { OpenReader } from '../../../../src/card/port.ts';
import { startVirtualReader } from '../../../../src/sandbox/readers/server.ts';
import { codeOf, never, residentId } from '../helper.ts';

const TIMEOUT_MS = 500;
const ATR = '3B6C00024321863807544200160E5A2F';

/** A reader that answers the data of a JCP05 frame (address and command first) as the table says, by its beginning. */
async function chipReader(t: Test, answers: Record<string, string>) {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    let held = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 2 && held.length > held.readUInt16BE(0)) {
        const bytes = held.readUInt16BE(0);
        const data = held.toString('hex', 2, bytes).toUpperCase();
        held = held.subarray(bytes + 1);
        asked.push(data);
        const key = Object.keys(answers).find((start) => data.startsWith(start));
        if (key !== undefined) socket.write(frameOf(Buffer.from(answers[key]!, 'hex')));
      }
    });
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = () =>
    readerDriverOf({
      id: 'desk',
      dialect: 'profile',
      profile: 'jinmuyu',
      transport: { kind: 'tcp', host: '127.0.0.1', port },
    }).open(never);
  return { asked, open };
}

function frameOf(data: Buffer): Buffer {
  const frame = Buffer.concat([Buffer.alloc(2), data]);
  frame.writeUInt16BE(frame.length, 0);
  return Buffer.concat([frame, Buffer.of(frame.reduce((sum, byte) => sum ^ byte, 0))]);
}

const GREETING = { '001300': '0113' };

async function opened(t: Test, answers: Record<string, string>) {
  const { asked, open } = await chipReader(t, { ...GREETING, ...answers });
  const reader = await open();
  t.teardown(() => reader.close());
  return { asked, reader, slot: reader.slot! };
}

const apdu = Buffer.from('0084000008', 'hex');

t.test('a chip card and a security module are reached by a profile alone', async (t) => {
  const { asked, reader, slot } = await opened(t, {
    '004D00': `014D00${ATR}`,
    '004F00': '014F006A82',
    '004D01': `014D01${ATR}`,
    '004F01': '014F0158CE181343E36B109000',
    '004C': '014C00',
  });
  t.equal((await slot.powerOn(TIMEOUT_MS))?.toString('hex').toUpperCase(), ATR);
  t.equal((await slot.transmit(apdu, TIMEOUT_MS)).toString('hex').toUpperCase(), '6A82');
  await slot.powerOff(TIMEOUT_MS);
  const [first, ...more] = reader.sams ?? [];
  t.equal(more.length, 1, 'two slots for security modules');
  t.equal((await first?.powerOn(TIMEOUT_MS))?.toString('hex').toUpperCase(), ATR);
  t.equal((await first?.transmit(apdu, TIMEOUT_MS))?.toString('hex').toUpperCase(), '58CE181343E36B109000');
  t.strictSame(asked.slice(1), ['004D0000', '004F000084000008', '004C00', '004D0100', '004F010084000008']);
  t.equal(reader.residentId, undefined);
  t.equal(reader.contactless, undefined);
});

t.test('an empty slot, a mute card and a reader that refuses are told apart', async (t) => {
  const { slot } = await opened(t, { '004D00': '01B2', '004F00': '01B0', '004C00': '01EC' });
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined);
  await t.rejects(slot.transmit(apdu, TIMEOUT_MS), {
    code: 'card.refused',
    context: { facts: { status: 'B0' } },
  });
  t.equal(await codeOf(slot.powerOff(TIMEOUT_MS)), 'reader.protocol');
});

t.test('a command that is too long for the reader is not sent', async (t) => {
  const { asked, slot } = await opened(t, {});
  t.equal(await codeOf(slot.transmit(Buffer.alloc(70_000), TIMEOUT_MS)), 'reader.unsupported');
  t.equal(asked.length, 1);
});

t.test('an answer without status, and one to another command, are no answer of the card', async (t) => {
  const { slot } = await opened(t, { '004F00': '014F0090', '004D00': '014F009000' });
  t.equal(await codeOf(slot.transmit(apdu, 50)), 'reader.silent');
  t.equal(await codeOf(slot.powerOn(50)), 'reader.silent');
});

t.test('a reader that does not know its greeting is absent', async (t) => {
  const { open } = await chipReader(t, { '001300': '01EC' });
  t.equal(await codeOf(open()), 'reader.absent');
});

t.test('SAM-V by its profile reads what the built-in name reads', async (t) => {
  const virtual = await startVirtualReader({
    dialect: 'sam-v',
    host: '127.0.0.1',
    port: 0,
    cardMustLeave: false,
  });
  t.teardown(() => virtual.close());
  virtual.insert(residentId());
  const transport = { kind: 'tcp', host: '127.0.0.1', port: virtual.port } as const;
  const read = async (reader: OpenReader) => {
    t.equal(await reader.residentId?.find(TIMEOUT_MS), true);
    const told = await reader.residentId?.read(TIMEOUT_MS);
    await reader.close();
    return told;
  };
  const byName = readerDriverOf({ id: 'desk', dialect: 'sam-v', transport });
  const byProfile = readerDriverOf({ id: 'desk', dialect: 'profile', profile: 'sam-v', transport });
  t.equal(byProfile.description, byName.description);
  t.same(await read(await byName.open(never)), residentId());
  t.same(await read(await byProfile.open(never)), residentId());
});
