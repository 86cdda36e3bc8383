import t from 'tap';
import type { VirtualCard } from '../../../src/sandbox/port.ts';
import { VirtualHd } from '../../../src/sandbox/readers/hd.ts';

const card: VirtualCard = {
  reset: () => Buffer.from('3B8001', 'hex'),
  command: () => Buffer.concat([Buffer.alloc(30, 0xab), Buffer.from('9000', 'hex')]),
};

/** Sets reports given without the zeros at their end; answers the next `count` without theirs. */
function talk(device: VirtualHd, reports: readonly string[], count = 1): string[] {
  for (const report of reports) {
    device.setFeature(Buffer.concat([Buffer.from(report, 'hex'), Buffer.alloc(33)]).subarray(0, 33));
  }
  return Array.from({ length: count }, () =>
    device
      .getFeature()
      .toString('hex')
      .replace(/(00)*$/, ''),
  );
}

t.test('the slot is asked, powered, used and switched off', async (t) => {
  const device = new VirtualHd();
  t.strictSame(talk(device, ['000208000100777e']), ['00020202'], 'no card');
  t.strictSame(talk(device, ['000208000300750c4032']), ['000202c2'], 'nothing to power');
  device.insert(card);
  t.strictSame(talk(device, ['000208000100777e']), ['00020201'], 'a card without power');
  t.strictSame(talk(device, ['000208000300750c4032']), ['00020200033b8001']);
  t.strictSame(talk(device, ['000208000100777e']), ['000202'], 'active');
  t.strictSame(
    talk(device, ['000208000800720c000084000008f2'], 3),
    [`0082020020${'00'}${'ab'.repeat(27)}`, '0002ababab90', ''],
    'an answer of two reports, and then nothing',
  );
  t.strictSame(talk(device, ['000208000100737a']), ['000202']);
  t.strictSame(talk(device, ['000208000100777e']), ['00020201']);
  device.remove();
  t.strictSame(talk(device, ['000208000100777e']), ['00020202']);
});

t.test('a request that does not hold fails, and so does one it does not know', async (t) => {
  const device = new VirtualHd();
  t.strictSame(talk(device, ['000208000100777f']), ['00020201'], 'a wrong checksum');
  t.strictSame(talk(device, ['00020800ffff777e']), ['00020201'], 'a wrong length');
  t.strictSame(talk(device, ['0002080001005158']), ['00020282']);
  t.strictSame(talk(device, Array(40).fill(`0082${'11'.repeat(31)}`)), [''], 'one that never ends');
});
