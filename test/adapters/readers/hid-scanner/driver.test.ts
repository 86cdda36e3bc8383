import t, { type Test } from 'tap';
import { hidScannerDriver } from '../../../../adapters/readers/hid-scanner/driver.ts';
import type { ReportLine } from '../../../../adapters/readers/transports/reports.ts';
import { Fault } from '../../../../src/errors.ts';
import { settle, TestTimers } from '../../../card/timers.ts';
import { TestClock } from '../../../helper.ts';
import { codeOf, never } from '../helper.ts';
import { capturedReports, capturedTexts } from './captured.ts';
import { firstLayout, thirdLayout } from './reports.ts';

const CODE = '424'.padEnd(28, '0');

/** A scanner that keeps what it is sent, and says what the test makes it say. */
class ScannerLine implements ReportLine {
  readonly features: string[] = [];
  readonly listeners = new Set<(report: Buffer) => void>();
  readonly #lost = Promise.withResolvers<void>();
  readonly lost = this.#lost.promise;
  takesFeatures = true;
  closed = false;

  async write(): Promise<void> {}
  async sendFeature(report: Buffer): Promise<void> {
    if (!this.takesFeatures) throw new Fault('reader.lost');
    this.features.push(report.toString('hex'));
  }
  async getFeature(): Promise<Buffer> {
    return Buffer.alloc(0);
  }
  onReport(listener: (report: Buffer) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  say(...reports: readonly Buffer[]): void {
    for (const report of reports) for (const listener of this.listeners) listener(report);
  }
  unplug(): void {
    this.#lost.resolve();
  }
  async close(): Promise<void> {
    this.closed = true;
    this.unplug();
  }
}

function scanner(vendorId: string) {
  const line = new ScannerLine();
  const timers = new TestTimers(new TestClock());
  const transport = { description: `hid ${vendorId}:0b61`, open: async () => line };
  return { line, timers, driver: hidScannerDriver(transport, vendorId, timers) };
}

async function opened(t: Test, vendorId: string) {
  const { line, timers, driver } = scanner(vendorId);
  const reader = await driver.open(never);
  t.teardown(() => reader.close());
  return { line, timers, reader, codes: reader.codes! };
}

t.test('a Honeywell is told that somebody listens, other makers are told nothing', async (t) => {
  for (const vendorId of ['0c2e', '23d0']) t.strictSame((await opened(t, vendorId)).line.features, ['fe01']);
  for (const vendorId of ['05e0', '05f9', '1eab'])
    t.strictSame((await opened(t, vendorId)).line.features, []);
  t.equal(scanner('0c2e').driver.description, 'HID-POS scanner, hid 0c2e:0b61');
});

t.test('a Honeywell that does not listen is absent, and let go of', async (t) => {
  const { line, driver } = scanner('0c2e');
  line.takesFeatures = false;
  t.equal(await codeOf(driver.open(never)), 'reader.absent');
  t.equal(line.closed, true);
});

t.test('a code that is waited for is given, without its line end', async (t) => {
  const { line, codes } = await opened(t, '05e0');
  const code = codes.next(10_000, never);
  line.say(firstLayout(`${CODE}\r`));
  t.equal(await code, CODE);
});

t.test('the captured texts come one after the other, the last line end taken off', async (t) => {
  const { line, codes } = await opened(t, '0c2e');
  line.say(...capturedReports);
  t.equal(await codes.next(0, never), capturedTexts[0]);
  t.equal(await codes.next(0, never), capturedTexts[1]);
});

t.test('a Newland is understood, and an identifier it is set to send is taken off', async (t) => {
  const { line, codes } = await opened(t, '1eab');
  line.say(thirdLayout(`]Q1${CODE}\r\n`));
  t.equal(await codes.next(0, never), CODE);
});

t.test('a scanner that is unplugged is lost, nobody waits for it and nothing is left of it', async (t) => {
  const { line, timers, reader, codes } = await opened(t, '05e0');
  line.say(firstLayout('a code that nobody asks for'), firstLayout('half', 1));
  t.equal(await codes.next(0, never), 'a code that nobody asks for');
  const waiting = codeOf(codes.next(10_000, never));
  line.unplug();
  t.equal(await waiting, 'reader.lost');
  await reader.lost;
  await settle();
  t.equal(timers.count, 0);
  t.equal(line.listeners.size, 0);
  t.equal(await codeOf(codes.next(0, never)), 'reader.lost');
  await reader.close();
  await reader.close();
});
