import t from 'tap';
import { checksums } from '../../../../adapters/readers/profile/checksum.ts';

/** What the catalogue of parametrised CRC algorithms gives for "123456789", in the order the bytes are sent. */
const published = {
  none: '',
  xor: '31',
  sum8: 'dd',
  'crc16-modbus': '374b',
  'crc16-xmodem': '31c3',
  'crc16-ibm-3740': '29b1',
} as const;

t.test('each checksum gives its published value', async (t) => {
  for (const [kind, expected] of Object.entries(published)) {
    const { of, bytes } = checksums[kind as keyof typeof published];
    const sum = Buffer.from(of(Buffer.from('123456789')));
    t.equal(sum.toString('hex'), expected, kind);
    t.equal(sum.length, bytes, kind);
  }
});
