import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { hdDriver } from '../../../../adapters/readers/hd/driver.ts';
import { readSocialSecurityCard } from '../../../../src/card/social-security/application.ts';
import { VirtualHd, type VirtualHdOptions } from '../../../../src/sandbox/readers/hd.ts';
import { ATR, codeOf, never, scriptedCard } from '../helper.ts';
import { HD_IDS, hdDevice, transportTo } from '../hid-device.ts';

const TIMEOUT_MS = 300;
const READ = Buffer.from('00B2010012', 'hex');
const RECORD = '0110430299D156000005000000133A05F2E3';

const card = (replies: Record<string, string> = {}) =>
  scriptedCard({ '00B2010012': `${RECORD}9000`, ...replies });

async function opened(t: Test, options?: VirtualHdOptions) {
  const virtual = new VirtualHd(options);
  const device = hdDevice(virtual);
  const { hid, plugged, transport } = transportTo(device, HD_IDS);
  const driver = hdDriver(transport);
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
  };
}

/** A report with this status. */
function statusReport(status: number): Buffer {
  const report = Buffer.alloc(33);
  report.set([0, 0x02, 0x02, status]);
  return report;
}

t.test('a card is powered, asked and switched off', async (t) => {
  const { virtual, slot, read, driver, reader } = await opened(t);
  t.equal(driver.description, 'HD, hid 072f:90d5');
  t.equal(reader.pinPad, undefined);
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined, 'no card yet');
  virtual.insert(card());
  t.equal((await slot.powerOn(TIMEOUT_MS))?.toString('hex').toUpperCase(), ATR);
  t.equal(await read(), `${RECORD}9000`);
  await slot.powerOff(TIMEOUT_MS);
  t.equal(await codeOf(read()), 'card.refused', 'without power');
  await slot.powerOn(TIMEOUT_MS);
  virtual.remove();
  t.equal(await codeOf(read()), 'card.removed');
  await slot.powerOff(TIMEOUT_MS);
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined, 'no card any more');
});

t.test('the longest command and the longest answer pass, over as many reports as they take', async (t) => {
  const { virtual, slot } = await opened(t);
  for (const dataBytes of [1, 18, 19, 20, 50, 51, 255]) {
    const command = Buffer.concat([Buffer.from([0x00, 0xd6, 0x00, 0x00, dataBytes]), randomBytes(dataBytes)]);
    const answer = randomBytes(dataBytes + 1).toString('hex');
    virtual.insert(scriptedCard({ [command.toString('hex').toUpperCase()]: `${answer}9000` }));
    await slot.powerOn(TIMEOUT_MS);
    t.equal(
      (await slot.transmit(command, TIMEOUT_MS)).toString('hex'),
      `${answer}9000`,
      `${dataBytes} bytes`,
    );
  }
  t.equal(await codeOf(slot.transmit(Buffer.alloc(300), TIMEOUT_MS)), 'reader.unsupported');
});

t.test('a card is read through such a reader', async (t) => {
  const { virtual, slot } = await opened(t);
  virtual.insert(
    card({
      '00A404000F7378312E73682EC9E7BBE1B1A3D5CF': '6118',
      '00C0000018': '6F16840F7378312E73682EC9E7BBE1B1A3D5CFA50388011E9000',
      '00A4020002EF05': '9000',
      '00B2010012': '6A86',
      '00B2010412': `${RECORD}9000`,
    }),
  );
  const read = await readSocialSecurityCard(slot, (await slot.powerOn(TIMEOUT_MS))!);
  t.equal(read.cardId, RECORD.slice(4));
});

t.test('security modules are asked in their slots', async (t) => {
  const module = scriptedCard({ '0084000008': '11223344556677889000' });
  const { reader } = await opened(t, { sams: [undefined, undefined, undefined, module] });
  const [first, , , last] = reader.sams!;
  t.equal(reader.sams!.length, 4);
  t.equal(await first!.powerOn(TIMEOUT_MS), undefined, 'an empty slot counts too');
  t.ok(await last!.powerOn(TIMEOUT_MS));
  const challenge = await last!.transmit(Buffer.from('0084000008', 'hex'), TIMEOUT_MS);
  t.equal(challenge.toString('hex'), '11223344556677889000');
  await last!.powerOff(TIMEOUT_MS);
});

t.test('a reader that is not done is asked again, within the time-out', async (t) => {
  const { virtual, device, slot, read } = await opened(t);
  virtual.insert(card());
  await slot.powerOn(TIMEOUT_MS);
  const getFeature = device.getFeature!;
  let working = 3;
  device.getFeature = () => (working-- > 0 ? statusReport(0xcc) : getFeature.call(device));
  t.equal(await read(5_000), `${RECORD}9000`);
  device.getFeature = () => statusReport(0xcc);
  t.equal(await codeOf(read(60)), 'reader.silent');
  device.getFeature = getFeature;
  t.equal(await read(), `${RECORD}9000`, 'and the next exchange is good');
});

t.test('a card that does not answer is refused, one that is gone is removed', async (t) => {
  const { virtual, device, slot, read } = await opened(t);
  virtual.insert(card());
  device.change = () => statusReport(0xc2);
  t.equal(await codeOf(slot.powerOn(TIMEOUT_MS)), 'card.refused');
  await slot.powerOn(TIMEOUT_MS);
  device.change = () => statusReport(0x01);
  t.equal(await codeOf(read()), 'card.refused');
  device.change = () => statusReport(0x82);
  t.equal(await codeOf(slot.powerOff(TIMEOUT_MS)), 'card.refused');
  await slot.powerOn(TIMEOUT_MS);
  t.equal(await read(), `${RECORD}9000`);
});

t.test('whatever reports come for an answer, the next exchange is good', async (t) => {
  const { virtual, device, slot, read } = await opened(t);
  virtual.insert(card({ '00B2010012': '9000' }));
  await slot.powerOn(TIMEOUT_MS);
  const getFeature = device.getFeature!;
  for (let round = 0; round < 200; round++) {
    device.getFeature = () => randomBytes(round % 40);
    await codeOf(read(50));
    device.getFeature = getFeature;
    t.equal(await read(), '9000');
  }
});

t.test('what an earlier exchange left behind is read away', async (t) => {
  const { virtual, device, slot, read } = await opened(t);
  virtual.insert(card());
  await slot.powerOn(TIMEOUT_MS);
  const getFeature = device.getFeature!;
  let left = 5;
  device.getFeature = () => (left-- > 0 ? Buffer.alloc(33, 0x11) : getFeature.call(device));
  t.equal(await read(), `${RECORD}9000`);
  device.getFeature = () => Buffer.alloc(33, 0x11);
  t.equal(await codeOf(read()), 'reader.protocol', 'but not without end');
});

t.test('a reader that takes too long is silent; one that never ends is lost', async (t) => {
  const { virtual, device, slot, read, reader, hid } = await opened(t);
  virtual.insert(card());
  await slot.powerOn(TIMEOUT_MS);
  device.change = (report) => delay(150, report);
  t.equal(await codeOf(read(30)), 'reader.silent');
  t.equal(await read(), `${RECORD}9000`, 'it is let finish first');
  device.change = () => new Promise<Buffer>(() => {});
  t.equal(await codeOf(read(30)), 'reader.silent');
  t.equal(await codeOf(read(30)), 'reader.lost');
  await reader.lost;
  t.equal(hid.handles.at(-1)!.closed, true);
});

t.test(
  'a plug pulled in the middle of a reading is a lost reader, which is found again elsewhere',
  async (t) => {
    const { virtual, device, plugged, slot, read, reader, driver, hid } = await opened(t);
    virtual.insert(card({ '00B2010012': '33'.repeat(200) }));
    await slot.powerOn(TIMEOUT_MS);
    device.change = (report) => {
      plugged.unplug();
      return report;
    };
    t.equal(await codeOf(read()), 'reader.lost');
    await reader.lost;
    t.equal(await codeOf(driver.open(never)), 'reader.absent');
    hid.plug('/dev/hidraw7', hdDevice(virtual), HD_IDS);
    const again = await driver.open(never);
    t.ok(await again.slot!.powerOn(TIMEOUT_MS));
    await again.close();
    t.equal(hid.openHandles, 0);
  },
);

t.test('a device that does not answer as such a reader is absent, and let go of', async (t) => {
  for (const getFeature of [
    () => Buffer.alloc(33),
    () => Buffer.alloc(0),
    () => randomBytes(33).fill(0x55),
  ]) {
    const { hid, transport } = transportTo({ getFeature }, HD_IDS);
    t.equal(await codeOf(hdDriver(transport).open(never)), 'reader.absent');
    t.equal(hid.openHandles, 0);
  }
});
