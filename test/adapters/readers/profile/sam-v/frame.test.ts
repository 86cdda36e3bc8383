import t from 'tap';
import { encodeRequest } from '../../../../../adapters/readers/profile/frame.ts';
import { loadProfile } from '../../../../../adapters/readers/profile/load.ts';
import { decodeBlocks } from '../../../../../adapters/readers/profile/resident-id.ts';

const { form } = loadProfile('sam-v');

/** Published request frames of the module (GA 467). */
const requests: [command: number, parameter: number, data: string, frame: string][] = [
  [0x10, 0xff, '', 'AAAAAA9669000310FFEC'],
  [0x11, 0xff, '', 'AAAAAA9669000311FFED'],
  [0x12, 0xff, '', 'AAAAAA9669000312FFEE'],
  [0x20, 0x01, '', 'AAAAAA96690003200122'],
  [0x20, 0x02, '', 'AAAAAA96690003200221'],
  [0x30, 0x01, '', 'AAAAAA96690003300132'],
  [0x30, 0x10, '', 'AAAAAA96690003301023'],
  [0x30, 0x03, '', 'AAAAAA96690003300330'],
  [0x30, 0x05, '', 'AAAAAA96690003300536'],
  [0x60, 0x00, '', 'AAAAAA96690003600063'],
  [0x60, 0x04, '', 'AAAAAA96690003600467'],
  [0x61, 0xff, '50', 'AAAAAA9669000461FF50CA'],
];

t.test('every published request is encoded byte for byte', (t) => {
  for (const [command, parameter, data, frame] of requests) {
    const encoded = encodeRequest(
      form,
      Buffer.concat([Buffer.of(command, parameter), Buffer.from(data, 'hex')]),
    );
    t.equal(encoded?.toString('hex').toUpperCase(), frame);
  }
  t.end();
});

function blocks(lengths: number[], bytes: number): Buffer {
  const head = Buffer.alloc(2 * lengths.length);
  lengths.forEach((length, index) => {
    head.writeUInt16BE(length, 2 * index);
  });
  return Buffer.concat([head, Buffer.alloc(bytes, 0x20)]);
}

t.test('text and photo are found by the length fields', (t) => {
  const withoutFingerprint = decodeBlocks(blocks([256, 1024], 1280));
  t.equal(withoutFingerprint?.text.length, 256);
  t.equal(withoutFingerprint?.photo.length, 1024);
  for (const fingerprintBytes of [0, 512, 1024]) {
    const found = decodeBlocks(blocks([256, 1024, fingerprintBytes], 1280 + fingerprintBytes));
    t.equal(found?.text.length, 256, `fingerprint of ${fingerprintBytes} bytes`);
    t.equal(found?.photo.length, 1024, `fingerprint of ${fingerprintBytes} bytes`);
  }
  t.end();
});

t.test('lengths that do not add up are no answer', (t) => {
  for (const data of [
    Buffer.alloc(0),
    Buffer.alloc(3),
    blocks([256, 1024], 1279),
    blocks([256, 1024, 5], 1280),
  ]) {
    t.equal(decodeBlocks(data), undefined);
  }
  t.end();
});
