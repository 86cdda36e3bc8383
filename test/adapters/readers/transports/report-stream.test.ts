import { once } from 'node:events';
import t from 'tap';
import { byteTransportOver } from '../../../../adapters/readers/transports/report-stream.ts';
import { never } from '../helper.ts';
import { type Device, transportTo } from '../hid-device.ts';

const IDS = { vendorId: 1, productId: 2 };
const REPORT_BYTES = 8;

async function opened(device: Device) {
  const { plugged, transport } = transportTo(device, IDS);
  const bytes = byteTransportOver(transport, REPORT_BYTES);
  return { plugged, line: await bytes.open(never), description: bytes.description };
}

t.test('bytes go out in as many reports as they take, filled up with zeros', async (t) => {
  const reports: string[] = [];
  const { line, description } = await opened({
    output(report) {
      reports.push(report.toString('hex'));
      return [];
    },
  });
  t.equal(description, 'hid 0001:0002');
  const written = Buffer.from('112233445566778899aa', 'hex');
  await new Promise((resolve) => line.stream.write(written, resolve));
  t.strictSame(reports, ['001122334455667788', '0099aa000000000000']);
  await line.close();
});

t.test('reports come in as bytes, in their order', async (t) => {
  const { line, plugged } = await opened({});
  const heard: Buffer[] = [];
  line.stream.on('data', (bytes) => heard.push(bytes));
  plugged.say(Buffer.from('1122', 'hex'));
  plugged.say(Buffer.from('3344', 'hex'));
  await new Promise(setImmediate);
  t.equal(Buffer.concat(heard).toString('hex'), '11223344');
  await line.close();
});

t.test('a device that talks to nobody fills no memory', async (t) => {
  const { line, plugged } = await opened({});
  for (let count = 0; count < 1_000; count++) plugged.say(Buffer.alloc(64));
  t.ok(line.stream.readableLength <= 4_096);
  await line.close();
});

t.test('the stream ends with the device, and what is written then goes nowhere', async (t) => {
  const { line, plugged } = await opened({});
  const closed = once(line.stream, 'close');
  plugged.unplug();
  await line.lost;
  await closed;
  const failed = new Promise((resolve) => line.stream.write(Buffer.from('11', 'hex'), resolve));
  t.ok(await failed);
  await line.close();
});
