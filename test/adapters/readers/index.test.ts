import t from 'tap';
import { readerDriverOf } from '../../../adapters/readers/index.ts';

const HID = { kind: 'hid', vendorId: '072f', productId: '90d5' } as const;

t.test('a dialect over HID is configured by the numbers of its device', async (t) => {
  const gwi = readerDriverOf({ id: 'desk', dialect: 'gwi', transport: { ...HID, serialNumber: 'A1' } });
  t.equal(gwi.description, 'GWI, hid 072f:90d5 A1');
  t.equal(readerDriverOf({ id: 'desk', dialect: 'hd', transport: HID }).description, 'HD, hid 072f:90d5');
});

t.test('a dialect and a transport that do not go together are told at start', async (t) => {
  const tcp = { kind: 'tcp', host: '127.0.0.1', port: 7001 } as const;
  for (const dialect of ['gwi', 'hd'] as const) {
    t.throws(
      () => readerDriverOf({ id: 'desk', dialect, transport: tcp }),
      /does not go over the transport tcp/,
    );
  }
  t.throws(() => readerDriverOf({ id: 'desk', dialect: 'sam-v', transport: HID }), /transport hid/);
});
