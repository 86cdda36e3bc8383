import fc from 'fast-check';
import t from 'tap';
import { VirtualSamV } from '../../../src/sandbox/readers/sam-v.ts';

/** Published requests and replies of the module (GA 467). */
const STATUS = 'AAAAAA9669000311FFED';
const RESET = 'AAAAAA9669000310FFEC';
const SAM_ID = 'AAAAAA9669000312FFEE';
const FIND = 'AAAAAA96690003200122';
const SELECT = 'AAAAAA96690003200221';
const READ = 'AAAAAA96690003300132';
const OK = 'AAAAAA9669000400009094';
const FOUND = 'AAAAAA9669000800009F0000000097';
const NOT_FOUND = 'AAAAAA9669000400008084';
const SELECTED = `AAAAAA9669000C000090${'00'.repeat(8)}9C`;
const NOT_SELECTED = 'AAAAAA9669000400008185';
const NOT_READ = 'AAAAAA9669000400004145';
const READ_WITH_FINGERPRINTS = 'AAAAAA96690003301023';
const READ_NEW_ADDRESS = 'AAAAAA96690003300330';
const NO_CONTENT = 'AAAAAA9669000400009195';

const card = { text: Buffer.alloc(256, 0x20), photo: Buffer.alloc(1024, 0x57) };

function talk(device: VirtualSamV, request: string, nowMs = 0): string {
  return Buffer.concat(device.receive(Buffer.from(request, 'hex'), nowMs))
    .toString('hex')
    .toUpperCase();
}

t.test('the published requests get the published replies', (t) => {
  const device = new VirtualSamV();
  t.equal(talk(device, STATUS), OK);
  t.equal(talk(device, RESET), OK);
  t.equal(talk(device, SAM_ID).length / 2, 5 + 2 + 0x14);
  t.equal(talk(device, FIND), NOT_FOUND);
  device.insert(card);
  t.equal(talk(device, FIND), FOUND);
  t.equal(talk(device, SELECT), SELECTED);
  const read = talk(device, READ);
  t.equal(read.length / 2, 1295);
  t.ok(read.startsWith('AAAAAA9669050800009001000400'));
  t.end();
});

t.test('a card is read only after find and select, in this order', (t) => {
  const device = new VirtualSamV();
  device.insert(card);
  t.equal(talk(device, SELECT), NOT_SELECTED);
  t.equal(talk(device, READ), NOT_READ);
  t.equal(talk(device, FIND), FOUND);
  t.equal(talk(device, READ), NOT_READ);
  t.end();
});

t.test('fingerprints come behind text and photo, in the three published lengths', (t) => {
  for (const [fingerprintBytes, replyBytes, lengths] of [
    [0, 1297, '010004000000'],
    [512, 1809, '010004000200'],
    [1024, 2321, '010004000400'],
  ] as const) {
    const device = new VirtualSamV();
    device.insert({ ...card, fingerprints: Buffer.alloc(fingerprintBytes, 0x46) });
    for (const request of [FIND, SELECT]) talk(device, request);
    const read = talk(device, READ_WITH_FINGERPRINTS);
    t.equal(read.length / 2, replyBytes);
    t.equal(read.slice(20, 32), lengths);
  }
  t.end();
});

t.test('the address added later is read from the card that was selected', (t) => {
  const device = new VirtualSamV();
  device.insert(card);
  t.equal(talk(device, READ_NEW_ADDRESS), NOT_READ, 'not selected');
  for (const request of [FIND, SELECT, READ]) talk(device, request);
  t.equal(talk(device, READ_NEW_ADDRESS), NO_CONTENT, 'none was added');
  device.insert({ ...card, newAddress: Buffer.alloc(70, 0x20) });
  for (const request of [FIND, SELECT]) talk(device, request);
  t.ok(talk(device, READ_NEW_ADDRESS).startsWith(`AAAAAA9669004A000090${'20'.repeat(70)}`));
  t.end();
});

t.test('a card that was read must leave the field before it is found again, unless told otherwise', (t) => {
  for (const cardMustLeave of [true, false]) {
    const device = new VirtualSamV({ cardMustLeave });
    device.insert(card);
    for (const request of [FIND, SELECT, READ]) talk(device, request);
    t.equal(talk(device, FIND), cardMustLeave ? NOT_FOUND : FOUND);
    device.remove();
    t.equal(talk(device, FIND), NOT_FOUND);
    device.insert(card);
    t.equal(talk(device, FIND), FOUND);
  }
  t.end();
});

t.test('a damaged request is told so, an unknown one too', (t) => {
  const device = new VirtualSamV();
  t.equal(talk(device, `${STATUS.slice(0, -2)}00`), 'AAAAAA9669000400001014');
  t.equal(talk(device, 'AAAAAA9669000377FF8B'), 'AAAAAA9669000400002125');
  t.end();
});

t.test('a request is understood in any pieces, after any bytes and a pause', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.array(bytes), fc.integer({ min: 1, max: 10 }), (noise, pieceBytes) => {
      const device = new VirtualSamV();
      for (const chunk of noise) device.receive(Buffer.from(chunk), 0);
      let answer = '';
      for (let at = 0; at < STATUS.length; at += 2 * pieceBytes) {
        answer += talk(device, STATUS.slice(at, at + 2 * pieceBytes), 1_000);
      }
      return answer === OK;
    }),
  );
});
