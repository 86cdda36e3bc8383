import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { readerDriverOf } from '../../../../../adapters/readers/index.ts';
import type { ResidentIdModule } from '../../../../../src/card/port.ts';
import type { VirtualResidentId } from '../../../../../src/sandbox/port.ts';
import {
  garbageBefore,
  instead,
  late,
  silence,
  truncated,
  wrongChecksum,
} from '../../../../../src/sandbox/readers/misbehaviour.ts';
import { VirtualSamV } from '../../../../../src/sandbox/readers/sam-v.ts';
import { startVirtualReader, type VirtualReaderServer } from '../../../../../src/sandbox/readers/server.ts';
import { codeOf, never, residentId } from '../../helper.ts';

const TIMEOUT_MS = 300;

async function opened(t: Test, card?: VirtualResidentId) {
  const virtual = await startVirtualReader({
    dialect: 'sam-v',
    host: '127.0.0.1',
    port: 0,
    cardMustLeave: false,
  });
  t.teardown(() => virtual.close());
  if (card) virtual.insert(card);
  const reader = await driverTo(virtual).open(never);
  t.teardown(() => reader.close());
  return { virtual, reader, module: reader.residentId! };
}

function driverTo(virtual: VirtualReaderServer<unknown>) {
  const transport = { kind: 'tcp', host: '127.0.0.1', port: virtual.port } as const;
  return readerDriverOf({ id: 'desk', dialect: 'sam-v', transport });
}

async function readsWell(t: Test, module: ResidentIdModule, card: VirtualResidentId) {
  t.equal(await module.find(TIMEOUT_MS), true);
  t.same(await module.read(TIMEOUT_MS), card);
}

t.test('a card is found, selected and read', async (t) => {
  const card = residentId();
  const { virtual, module, reader } = await opened(t);
  t.equal(reader.slot, undefined, 'it has no chip-card slot');
  t.equal(await module.find(TIMEOUT_MS), false, 'no card yet');
  virtual.insert(card);
  await readsWell(t, module, card);
  virtual.remove();
  t.equal(await module.find(TIMEOUT_MS), false, 'no card any more');
});

t.test('the number of the module comes with the opened reader', async (t) => {
  const { reader } = await opened(t);
  t.equal(reader.deviceNumber, '05.01-20260101-0000000001-0000000001');
});

t.test('a module that does not tell its number reads without one, and is not asked again', async (t) => {
  const asked: string[] = [];
  const virtual = await startVirtualReader({
    dialect: 'sam-v',
    host: '127.0.0.1',
    port: 0,
    onExchange: (received) => asked.push(received.toString('hex', 7, 9)),
  });
  t.teardown(() => virtual.close());
  for (const answer of [silence, instead(Buffer.from('AAAAAA9669000400002125', 'hex'))]) {
    asked.length = 0;
    virtual.misbehave((status) => status);
    virtual.misbehave(answer);
    const reader = await driverTo(virtual).open(never);
    t.equal(reader.deviceNumber, undefined);
    virtual.insert(residentId());
    t.equal(await reader.residentId?.find(TIMEOUT_MS), true);
    t.strictSame(
      asked.filter((command) => command === '12ff'),
      ['12ff'],
    );
    await reader.close();
  }
});

t.test('the address added later is read where there is one', async (t) => {
  const { virtual, module } = await opened(t, residentId());
  const readNewAddress = async () => {
    t.equal(await module.find(TIMEOUT_MS), true);
    await module.read(TIMEOUT_MS);
    return module.readNewAddress?.(TIMEOUT_MS);
  };
  t.equal(await readNewAddress(), undefined);
  const newAddress = Buffer.from('某省某县某镇某村二组2号'.padEnd(35), 'utf16le');
  virtual.insert({ ...residentId(), newAddress });
  t.same(await readNewAddress(), newAddress);
  virtual.remove();
  t.equal(await codeOf(module.readNewAddress!(TIMEOUT_MS)), 'card.refused');
});

t.test('fingerprints behind text and photo are left out, in all lengths that occur', async (t) => {
  const card = residentId();
  for (const fingerprintBytes of [0, 512, 1024]) {
    const { virtual, module } = await opened(t, card);
    const device = new VirtualSamV();
    device.insert({ ...card, fingerprints: Buffer.alloc(fingerprintBytes, 0x46) });
    const ask = (hex: string) => Buffer.concat(device.receive(Buffer.from(hex, 'hex'), 0));
    ask('AAAAAA96690003200122');
    ask('AAAAAA96690003200221');
    const reply = ask('AAAAAA96690003301023');
    t.equal(await module.find(TIMEOUT_MS), true);
    virtual.misbehave(instead(reply));
    t.same(await module.read(TIMEOUT_MS), card, `a reply of ${reply.length} bytes`);
  }
});

t.test('a card that is taken away before it is read has refused', async (t) => {
  const { virtual, module } = await opened(t, residentId());
  t.equal(await module.find(TIMEOUT_MS), true);
  virtual.remove();
  await t.rejects(module.read(TIMEOUT_MS), {
    code: 'card.refused',
    context: { facts: { status: '000041' } },
  });
});

t.test('each failure the module reports has its code', async (t) => {
  const failures: [sw3: string, checksum: string, code: string][] = [
    ['11', '15', 'reader.protocol'],
    ['21', '25', 'reader.protocol'],
    ['23', '27', 'reader.protocol'],
    ['24', '20', 'reader.protocol'],
    ['60', '64', 'reader.protocol'],
    ['66', '62', 'reader.protocol'],
    ['31', '35', 'card.refused'],
    ['32', '36', 'card.refused'],
    ['33', '37', 'card.refused'],
    ['40', '44', 'card.refused'],
    ['41', '45', 'card.refused'],
    ['47', '43', 'card.refused'],
    ['91', '95', 'card.refused'],
  ];
  const { virtual, module } = await opened(t, residentId());
  for (const [sw3, checksum, code] of failures) {
    await module.find(TIMEOUT_MS);
    virtual.misbehave(instead(Buffer.from(`AAAAAA966900040000${sw3}${checksum}`, 'hex')));
    t.equal(await codeOf(module.read(TIMEOUT_MS)), code, `SW3 ${sw3}`);
  }
});

t.test('a request that arrived damaged is sent again, three times at most', async (t) => {
  const damaged = instead(Buffer.from('AAAAAA96690004000010' + '14', 'hex'));
  const { virtual, module } = await opened(t, residentId());
  for (let time = 1; time <= 3; time++) virtual.misbehave(damaged);
  t.equal(await module.find(TIMEOUT_MS), true);
  for (let time = 1; time <= 4; time++) virtual.misbehave(damaged);
  t.equal(await codeOf(module.find(TIMEOUT_MS)), 'reader.protocol');
});

t.test('an answer behind garbage and a false header is understood', async (t) => {
  const card = residentId();
  const { virtual, module } = await opened(t, card);
  virtual.misbehave(garbageBefore(Buffer.from('00FFAAAAAA9669', 'hex')));
  virtual.misbehave(garbageBefore(Buffer.from('AAAAAA9669090A', 'hex')));
  await readsWell(t, module, card);
});

t.test(
  'a damaged, a truncated and a missing answer are told apart, and the next exchange is good',
  async (t) => {
    const card = residentId();
    const { virtual, module } = await opened(t, card);
    for (const [misbehaviour, code] of [
      [wrongChecksum, 'reader.protocol'],
      [truncated, 'reader.protocol'],
      [silence, 'reader.silent'],
    ] as const) {
      virtual.misbehave(misbehaviour);
      t.equal(await codeOf(module.find(TIMEOUT_MS)), code);
      await readsWell(t, module, card);
    }
  },
);

t.test('the late answer to an earlier read is never taken for that of the next', async (t) => {
  const { virtual, module } = await opened(t, { text: Buffer.alloc(256, 1), photo: Buffer.alloc(1024, 1) });
  t.equal(await module.find(TIMEOUT_MS), true);
  virtual.misbehave(late(200));
  t.equal(await codeOf(module.read(50)), 'reader.silent');
  const next = { text: Buffer.alloc(256, 2), photo: Buffer.alloc(1024, 2) };
  virtual.insert(next);
  await readsWell(t, module, next);
});

t.test('text of another length is no reading', async (t) => {
  const { module } = await opened(t, { text: Buffer.alloc(100), photo: Buffer.alloc(1024) });
  t.equal(await module.find(TIMEOUT_MS), true);
  t.equal(await codeOf(module.read(TIMEOUT_MS)), 'reader.protocol');
});

t.test('a reader that falls silent is given up after a second request', async (t) => {
  const { virtual, reader, module } = await opened(t, residentId());
  virtual.misbehave(silence);
  virtual.misbehave(silence);
  t.equal(await codeOf(module.find(100)), 'reader.silent');
  t.equal(await codeOf(module.find(100)), 'reader.lost');
  await reader.lost;
  t.equal(await codeOf(module.find(100)), 'reader.lost');
});

t.test('a plug pulled in the middle of a read is a lost reader, which is found again', async (t) => {
  const card = residentId();
  const { virtual, reader, module } = await opened(t, card);
  t.equal(await module.find(TIMEOUT_MS), true);
  virtual.misbehave(async (answer) => {
    void virtual.unplug();
    return answer.subarray(0, 700);
  });
  t.equal(await codeOf(module.read(TIMEOUT_MS)), 'reader.lost');
  await reader.lost;
  await reader.close();
  t.equal(await codeOf(driverTo(virtual).open(never)), 'reader.absent');
  await virtual.plug();
  const again = await driverTo(virtual).open(never);
  await readsWell(t, again.residentId!, card);
  await again.close();
  await again.close();
});

t.test('whatever bytes come for an answer, the next exchange is good', async (t) => {
  const card = residentId();
  const { virtual, module } = await opened(t, card);
  for (let round = 0; round < 4; round++) {
    virtual.misbehave(instead(randomBytes(50_000)));
    t.equal(await codeOf(module.find(TIMEOUT_MS)), 'reader.protocol');
    await readsWell(t, module, card);
  }
});

t.test('opening ends in time where nothing answers, and at once when it is given up', async (t) => {
  const virtual = await startVirtualReader({ dialect: 'sam-v', host: '127.0.0.1', port: 0 });
  t.teardown(() => virtual.close());
  virtual.misbehave(silence);
  virtual.misbehave(silence);
  t.equal(await codeOf(driverTo(virtual).open(never)), 'reader.absent', 'silent');
  virtual.misbehave(late(500));
  t.equal(await codeOf(driverTo(virtual).open(AbortSignal.timeout(50))), 'reader.absent', 'given up');
  t.equal(await codeOf(driverTo(virtual).open(AbortSignal.abort())), 'reader.absent', 'given up before');
});
