import t from 'tap';
import { findHidReaders } from '../../../../adapters/readers/discovery/hid-devices.ts';
import { HidBus } from '../../../../adapters/readers/transports/hid-bus.ts';
import { VirtualGwi } from '../../../../src/sandbox/readers/gwi.ts';
import { VirtualHd } from '../../../../src/sandbox/readers/hd.ts';
import { never } from '../helper.ts';
import { FakeHid, GWI_IDS, gwiDevice, HD_IDS, hdDevice } from '../hid-device.ts';

const find = (hid: FakeHid) => findHidReaders(new HidBus(async () => hid), never);

t.test('scanners are known by their page, readers by what they answer; others are not touched', async (t) => {
  const hid = new FakeHid();
  hid.plug('/dev/hidraw0', {}, { vendorId: 0x046d, productId: 0xc31c, product: 'Keyboard' }, [0x01]);
  hid.plug('/dev/hidraw1', {}, { vendorId: 0x0c2e, productId: 0x0b61, serialNumber: 'A1' }, [0xff00, 0x8c]);
  hid.plug('/dev/hidraw2', hdDevice(new VirtualHd()), { ...HD_IDS, serialNumber: '' }, [0x0c]);
  hid.plug('/dev/hidraw3', gwiDevice(new VirtualGwi()), { ...GWI_IDS, product: 'IC20' }, [0xffa0]);
  const found = await find(hid);
  t.strictSame(found, [
    {
      place: 'hid /dev/hidraw1',
      device: '0c2e:0b61',
      transport: { kind: 'hid', vendorId: '0c2e', productId: '0b61', serialNumber: 'A1' },
      dialect: 'hid-scanner',
    },
    {
      place: 'hid /dev/hidraw2',
      device: '072f:90d5',
      transport: { kind: 'hid', vendorId: '072f', productId: '90d5' },
      dialect: 'hd',
    },
    {
      place: 'hid /dev/hidraw3',
      device: '1234:5678 IC20',
      transport: { kind: 'hid', vendorId: '1234', productId: '5678' },
      dialect: 'gwi',
    },
  ]);
  t.strictSame(hid.opened.sort(), ['/dev/hidraw2', '/dev/hidraw3']);
  t.equal(hid.openHandles, 0);
});

t.test('of a device with a keyboard beside it the vendor’s interface is asked, and named', async (t) => {
  const hid = new FakeHid();
  hid.plug('/dev/hidraw0', {}, GWI_IDS, [0x01]);
  hid.plug('/dev/hidraw1', gwiDevice(new VirtualGwi()), GWI_IDS, [0xff00]);
  const found = await find(hid);
  t.match(found, [{ dialect: 'gwi', transport: { vendorId: '1234', productId: '5678', usagePage: 0xff00 } }]);
  t.equal(found.length, 1);
  t.strictSame(hid.opened, ['/dev/hidraw1']);
});

t.test('one that answers nothing, or may not be opened, is told as such', async (t) => {
  const mute = new FakeHid();
  mute.plug('/dev/hidraw0', {}, GWI_IDS);
  const [silent] = await find(mute);
  t.equal(silent?.dialect, undefined);
  t.equal(silent?.reason, undefined);
  t.equal(mute.openHandles, 0);
  mute.refuses = 'cannot open device: Permission denied';
  const [forbidden] = await find(mute);
  t.match(forbidden?.reason, /70-yikatong.rules/);
});

t.test('a missing library is one line, and no device', async (t) => {
  const bus = new HidBus(async () => {
    throw new Error('libusb-1.0.so.0: cannot open shared object file: No such file or directory');
  });
  t.strictSame(await findHidReaders(bus, never), [
    {
      place: 'hid',
      device: undefined,
      reason:
        '系统缺少 libusb-1.0,请运行 apt-get install libusb-1.0-0 / libusb-1.0 is missing: apt-get install libusb-1.0-0',
    },
  ]);
});
