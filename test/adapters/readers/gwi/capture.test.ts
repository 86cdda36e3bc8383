import t from 'tap';
import { gwiDriver } from '../../../../adapters/readers/gwi/driver.ts';
import { readSocialSecurityCard } from '../../../../src/card/social-security/application.ts';
import { VirtualGwi } from '../../../../src/sandbox/readers/gwi.ts';
import { ATR, never, scriptedCard } from '../helper.ts';
import { GWI_IDS, gwiDevice, recordedDevice, transportTo } from '../hid-device.ts';
import { type CaptureStep, exchangesOf, PAYLOADS } from './capture.ts';

const TIMEOUT_MS = 1_000;
const VERIFY = {
  kind: 'verify',
  header: Buffer.from('00200000', 'hex'),
  digitsMin: 4,
  digitsMax: 12,
} as const;

/** The command that a step of the capture carries to the card. */
function commandOf(step: CaptureStep): Buffer {
  return Buffer.from(PAYLOADS[step][0].slice(6), 'hex');
}

/** What the card answers in it. */
function answerOf(step: CaptureStep): string {
  return PAYLOADS[step][1].slice(4);
}

t.test('the whole capture passes again, byte for byte in both directions', async (t) => {
  const steps: CaptureStep[] = [
    'info',
    'powerOn',
    'select',
    'getResponse',
    'pinPad',
    'verify',
    'samPowerOn',
    'selectEf05',
    'readWrongLength',
    'readAll',
    'powerOff',
  ];
  const { device, mistakes, left } = recordedDevice(exchangesOf(steps));
  const { transport } = transportTo(device, GWI_IDS);
  const reader = await gwiDriver(transport).open(never);
  const slot = reader.slot!;
  const transmitted = async (step: CaptureStep) =>
    (await slot.transmit(commandOf(step), TIMEOUT_MS)).toString('hex').toUpperCase();

  t.equal((await slot.powerOn(TIMEOUT_MS))?.toString('hex').toUpperCase(), ATR);
  t.equal(await transmitted('select'), answerOf('select'));
  t.equal(await transmitted('getResponse'), answerOf('getResponse'));
  const status = await reader.pinPad!.transmit(slot, VERIFY, TIMEOUT_MS, never);
  t.equal(status.toString('hex'), '9000', 'six sixes typed on the pad');
  t.equal(await reader.sams![1]!.powerOn(TIMEOUT_MS), undefined, 'no module in slot 11');
  t.equal(await transmitted('selectEf05'), answerOf('selectEf05'));
  t.equal(await transmitted('readWrongLength'), '6C40');
  t.equal(await transmitted('readAll'), answerOf('readAll'), 'over three reports');
  await slot.powerOff(TIMEOUT_MS);
  t.strictSame(mistakes, []);
  t.equal(left(), 0);
  await reader.close();
});

t.test('the captured card is read through such a reader', async (t) => {
  const records = recordsOf(Buffer.from(answerOf('readAll').slice(0, -4), 'hex'));
  const virtual = new VirtualGwi();
  virtual.insert(
    scriptedCard({
      [hexOf(commandOf('select'))]: answerOf('select'),
      [hexOf(commandOf('getResponse'))]: answerOf('getResponse'),
      '00A4020002EF05': '9000',
      ...Object.fromEntries(
        records.map((record) => [
          `00B2${hexOf(Buffer.of(record[0]!, 0, record.length))}`,
          `${hexOf(record)}9000`,
        ]),
      ),
    }),
  );
  const { transport } = transportTo(gwiDevice(virtual), GWI_IDS);
  const reader = await gwiDriver(transport).open(never);
  const slot = reader.slot!;
  const card = await readSocialSecurityCard(slot, (await slot.powerOn(TIMEOUT_MS))!);
  t.match(card, {
    resetInformation: '00813147318650430200000013',
    cardId: '430299D156000005000000133A05F2E3',
    category: '3',
    version: '2.0',
    issuer: '9156000002430200430100D5',
    issuedOn: '2012',
    validTo: '2022',
    cardNumber: 'B00000131',
    holder: 'blank',
  });
  await reader.close();
});

/** Cuts a dump into its records: tag, length, value. */
function recordsOf(dump: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < dump.length; at += 2 + dump[at + 1]!) {
    records.push(dump.subarray(at, at + 2 + dump[at + 1]!));
  }
  return records;
}

function hexOf(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}
