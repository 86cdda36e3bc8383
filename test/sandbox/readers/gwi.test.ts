import t from 'tap';
import type { VirtualCard } from '../../../src/sandbox/port.ts';
import { VirtualGwi } from '../../../src/sandbox/readers/gwi.ts';
import { framesOf } from '../../adapters/readers/gwi/capture.ts';

const card: VirtualCard = {
  reset: () => Buffer.from('3B6D000000813147318650430200000013', 'hex'),
  command: () => Buffer.from('9000', 'hex'),
};

function trimmed(reports: readonly Buffer[]): string {
  return Buffer.concat(reports)
    .toString('hex')
    .replace(/(00)*$/, '');
}

function report(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(64)]).subarray(0, 64);
}

t.test('it answers what the captured reader was asked as that one did', async (t) => {
  const device = new VirtualGwi();
  device.insert(card);
  device.type('666666');
  for (const step of [
    'info',
    'powerOn',
    'selectEf05',
    'pinPad',
    'verify',
    'samPowerOn',
    'powerOff',
  ] as const) {
    const { request, reply } = framesOf(step);
    t.equal(trimmed(device.receive(report(request), 0)), reply.toString('hex'), step);
  }
});

t.test('while it waits for keys it answers nothing else', async (t) => {
  const device = new VirtualGwi();
  t.same(device.receive(report(framesOf('pinPad').request), 0), []);
  t.equal(device.awaitsKeys, true);
  t.same(device.receive(report(framesOf('info').request), 0), []);
  t.equal(trimmed(device.type('666666')), framesOf('pinPad').reply.toString('hex'));
  t.equal(device.awaitsKeys, false);
  t.equal(device.receive(report(framesOf('info').request), 0).length, 1);
});

t.test('a damaged request gets no answer, and one it does not know a failure', async (t) => {
  const device = new VirtualGwi();
  const damaged = framesOf('info').request;
  damaged[8] = damaged[8]! ^ 0x01;
  t.same(device.receive(report(damaged), 0), []);
  const unknown = Buffer.from('023030303237373737303003', 'hex');
  t.equal(trimmed(device.receive(report(unknown), 0)), '023030303232303031323103');
});
