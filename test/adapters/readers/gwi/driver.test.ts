import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { gwiDriver } from '../../../../adapters/readers/gwi/driver.ts';
import type { PinCommand } from '../../../../src/card/port.ts';
import { VirtualGwi } from '../../../../src/sandbox/readers/gwi.ts';
import { ATR, codeOf, never, scriptedCard } from '../helper.ts';
import { GWI_IDS, gwiDevice, transportTo } from '../hid-device.ts';

const TIMEOUT_MS = 300;
const READ = Buffer.from('00B2010012', 'hex');
const ANSWER = '0110430299D156000005000000133A05F2E39000';

const verify: PinCommand = {
  kind: 'verify',
  header: Buffer.from('00200000', 'hex'),
  digitsMin: 4,
  digitsMax: 12,
};
const change: PinCommand = { ...verify, kind: 'change', header: Buffer.from('805E0100', 'hex') };

const card = (replies: Record<string, string> = {}) =>
  scriptedCard({ [READ.toString('hex').toUpperCase()]: ANSWER, ...replies });

async function opened(t: Test, sams?: ConstructorParameters<typeof VirtualGwi>[0]) {
  const virtual = new VirtualGwi(sams);
  const device = gwiDevice(virtual);
  const { hid, plugged, transport } = transportTo(device, GWI_IDS);
  const driver = gwiDriver(transport);
  const reader = await driver.open(never);
  t.teardown(() => reader.close());
  const slot = reader.slot!;
  return {
    virtual,
    device,
    hid,
    plugged,
    driver,
    reader,
    slot,
    read: async (timeoutMs = TIMEOUT_MS) =>
      (await slot.transmit(READ, timeoutMs)).toString('hex').toUpperCase(),
    type: (digits: string) => virtual.type(digits).forEach((report) => void plugged.say(report)),
  };
}

/** A reply that holds nothing but its status. */
function statusReport(status: number): Buffer {
  const nibbles = (byte: number) => [0x30 + (byte >> 4), 0x30 + (byte & 15)];
  const [high, low] = [status >> 8, status & 0xff];
  const frame = [0x02, ...[0, 2, high, low, high ^ low].flatMap(nibbles), 0x03];
  return Buffer.concat([Buffer.from(frame), Buffer.alloc(64)]).subarray(0, 64);
}

t.test('a card is powered, asked and switched off', async (t) => {
  const { virtual, reader, slot, read, driver } = await opened(t);
  t.equal(driver.description, 'GWI, hid 1234:5678');
  t.equal(reader.residentId, undefined);
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined, 'no card yet');
  virtual.insert(card());
  t.equal((await slot.powerOn(TIMEOUT_MS))?.toString('hex').toUpperCase(), ATR);
  t.equal(await read(), ANSWER);
  await slot.powerOff(TIMEOUT_MS);
  t.equal(await codeOf(read()), 'card.removed', 'without power');
  virtual.remove();
  await slot.powerOff(TIMEOUT_MS);
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined, 'no card any more');
});

t.test('the longest command and the longest answer pass, over as many reports as they take', async (t) => {
  const { virtual, slot } = await opened(t);
  const command = Buffer.concat([Buffer.from('00D60000FF', 'hex'), randomBytes(255)]);
  const answer = randomBytes(256);
  const chip = scriptedCard({ [command.toString('hex').toUpperCase()]: `${answer.toString('hex')}9000` });
  virtual.insert(chip);
  await slot.powerOn(TIMEOUT_MS);
  const expected = `${answer.toString('hex')}9000`;
  t.equal((await slot.transmit(command, TIMEOUT_MS)).toString('hex'), expected);
  t.equal(await codeOf(slot.transmit(Buffer.alloc(300), TIMEOUT_MS)), 'reader.unsupported');
});

t.test('security modules are asked in their slots, and do not disturb the card', async (t) => {
  const module = scriptedCard({ '0084000008': '11223344556677889000' });
  const { virtual, reader, slot, read } = await opened(t, { sams: [undefined, module] });
  virtual.insert(card());
  await slot.powerOn(TIMEOUT_MS);
  const [first, second] = reader.sams!;
  t.equal(reader.sams!.length, 4);
  t.equal(await first!.powerOn(TIMEOUT_MS), undefined, 'an empty slot counts too');
  t.ok(await second!.powerOn(TIMEOUT_MS));
  const challenge = await second!.transmit(Buffer.from('0084000008', 'hex'), TIMEOUT_MS);
  t.equal(challenge.toString('hex'), '11223344556677889000');
  t.equal(await read(), ANSWER);
});

t.test('the PIN goes from the keys into the command, and nobody else sees it', async (t) => {
  const chip = card({ '0020000003123456': '9000', '002000000365432F': '63C2' });
  const { virtual, device, reader, slot, type } = await opened(t);
  virtual.insert(chip);
  await slot.powerOn(TIMEOUT_MS);
  type('123456');
  const status = await reader.pinPad!.transmit(slot, verify, TIMEOUT_MS, never);
  t.equal(status.toString('hex'), '9000');
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const answersTo = device.output!;
  device.output = (report) => {
    const answers = answersTo.call(device, report);
    if (virtual.awaitsKeys) resolve();
    return answers;
  };
  const typing = reader.pinPad!.transmit(slot, verify, 5_000, never);
  await asked;
  type('65432');
  t.equal((await typing).toString('hex'), '63c2', 'typed after it was asked for');
});

t.test('a new PIN is typed twice', async (t) => {
  const chip = card({ '805E010007123456FF888888': '9000' });
  const { virtual, reader, slot, type } = await opened(t);
  virtual.insert(chip);
  await slot.powerOn(TIMEOUT_MS);
  for (const keys of ['123456', '888888', '888888']) type(keys);
  t.equal((await reader.pinPad!.transmit(slot, change, TIMEOUT_MS, never)).toString('hex'), '9000');
  for (const keys of ['123456', '888888', '888889']) type(keys);
  t.equal(await codeOf(reader.pinPad!.transmit(slot, change, TIMEOUT_MS, never)), 'pin.differs');
  type('123');
  t.equal(await codeOf(reader.pinPad!.transmit(slot, change, TIMEOUT_MS, never)), 'pin.length', 'at once');
  t.strictSame(chip.commands, ['805E010007123456FF888888'], 'neither reaches the card');
});

t.test('a pad that ends without keys was cancelled', async (t) => {
  const { device, reader, slot, type } = await opened(t);
  device.change = () => [statusReport(0x1001)];
  type('1');
  t.equal(await codeOf(reader.pinPad!.transmit(slot, verify, TIMEOUT_MS, never)), 'pin.cancelled');
});

t.test('keys that do not come in time, or are called off, end the line: it is opened anew', async (t) => {
  const late = await opened(t);
  t.equal(await codeOf(late.reader.pinPad!.transmit(late.slot, verify, 50, never)), 'pin.timeout');
  t.equal(await codeOf(late.read()), 'reader.lost', 'the pad still waits');
  await late.reader.lost;
  late.type('123456');
  const again = await late.driver.open(never);
  t.equal(await again.slot!.powerOn(TIMEOUT_MS), undefined, 'and what was typed late is nobody’s answer');
  await again.close();

  const { reader, slot } = await opened(t);
  const off = new AbortController();
  const typing = codeOf(reader.pinPad!.transmit(slot, verify, 5_000, off.signal));
  off.abort();
  t.equal(await typing, 'pin.cancelled');
  await reader.lost;
  t.equal(await codeOf(reader.pinPad!.transmit(slot, verify, 5_000, off.signal)), 'pin.cancelled');
});

t.test('each failure the reader reports has its code', async (t) => {
  const { virtual, device, slot, read } = await opened(t);
  virtual.insert(card());
  await slot.powerOn(TIMEOUT_MS);
  for (const [status, code] of [
    [0x1007, 'card.removed'],
    [0x1001, 'card.refused'],
    [0x2001, 'reader.protocol'],
  ] as const) {
    device.change = () => [statusReport(status)];
    t.equal(await codeOf(read()), code, status.toString(16));
  }
  device.change = () => [statusReport(0x1001)];
  t.equal(await codeOf(slot.powerOn(TIMEOUT_MS)), 'card.refused');
  device.change = () => [statusReport(0x2001)];
  t.equal(await codeOf(slot.powerOff(TIMEOUT_MS)), 'reader.protocol');
  t.equal(await slot.powerOff(TIMEOUT_MS), undefined);
});

t.test('a damaged, a truncated and a missing answer are told, and the next exchange is good', async (t) => {
  const { virtual, device, slot, read } = await opened(t);
  virtual.insert(card());
  await slot.powerOn(TIMEOUT_MS);
  const damage = (report: Buffer) => {
    report[10] = report[10]! ^ 0x01;
    return report;
  };
  for (const [name, change, code] of [
    ['damaged', (answers) => answers.map(damage), 'reader.protocol'],
    ['truncated', (answers) => [answers[0]!.subarray(0, 20)], 'reader.protocol'],
    ['missing', () => [], 'reader.silent'],
    ['random', () => Array.from({ length: 40 }, () => randomBytes(64)), 'reader.protocol'],
  ] as const satisfies [string, NonNullable<typeof device.change>, string][]) {
    device.change = change;
    t.equal(await codeOf(read(50)), code, name);
    t.equal(await read(), ANSWER, `after ${name}`);
  }
});

t.test('the late answer to an earlier command is not taken for that of the next', async (t) => {
  const { virtual, device, slot } = await opened(t);
  virtual.insert(card({ '00B2010012': '11119000', '00B2020003': '22229000' }));
  await slot.powerOn(TIMEOUT_MS);
  device.change = (answers) => delay(150, answers);
  t.equal(await codeOf(slot.transmit(READ, 30)), 'reader.silent');
  const next = await slot.transmit(Buffer.from('00B2020003', 'hex'), TIMEOUT_MS);
  t.equal(next.toString('hex'), '22229000');
});

t.test('a reader that falls silent for good is lost', async (t) => {
  const { virtual, device, slot, read, reader, hid } = await opened(t);
  virtual.insert(card());
  await slot.powerOn(TIMEOUT_MS);
  device.output = () => [];
  t.equal(await codeOf(read(30)), 'reader.silent');
  t.equal(await codeOf(read(30)), 'reader.lost');
  await reader.lost;
  await reader.close();
  t.equal(hid.openHandles, 0);
});

t.test(
  'a plug pulled in the middle of a reading is a lost reader, which is found again elsewhere',
  async (t) => {
    const { virtual, device, plugged, slot, read, reader, driver, hid } = await opened(t);
    virtual.insert(card({ '00B2010012': '33'.repeat(200) }));
    await slot.powerOn(TIMEOUT_MS);
    device.change = (answers) => {
      plugged.unplug();
      return answers.slice(0, 1);
    };
    t.equal(await codeOf(read()), 'reader.lost');
    await reader.lost;
    t.equal(await codeOf(read()), 'reader.lost');
    t.equal(await codeOf(driver.open(never)), 'reader.absent');
    hid.plug('/dev/hidraw7', gwiDevice(virtual), GWI_IDS);
    const again = await driver.open(never);
    t.ok(await again.slot!.powerOn(TIMEOUT_MS));
    await again.close();
    t.equal(hid.openHandles, 0);
  },
);

t.test('a device that does not answer as such a reader is absent, and let go of', async (t) => {
  for (const output of [() => [], () => [randomBytes(64)], () => [statusReport(0)]]) {
    const { hid, transport } = transportTo({ output }, GWI_IDS);
    t.equal(await codeOf(gwiDriver(transport).open(never)), 'reader.absent');
    t.equal(hid.openHandles, 0);
  }
});
