import type { ReaderDriver } from '../../../src/card/port.ts';
import { systemTimers, type Timers } from '../../../src/clock.ts';
import { CodeMailbox } from '../codes.ts';
import { openReader } from '../opening.ts';
import type { ReportLine, ReportTransport } from '../transports/reports.ts';
import { CodeAssembler } from './assembler.ts';

/** Bar code scanners (USB HID Point of Sale Usage Tables 1.02). */
export const SCANNER_PAGE = 0x8c;

/** Honeywell's scanners keep their codes to themselves until a feature report says that somebody listens. */
const HONEYWELL: ReadonlySet<string> = new Set(['0c2e', '23d0']);
const LISTENING = Buffer.of(254, 0x01);

/**
 * A bar code scanner in HID-POS mode (usage page 8C, usage 2). One in keyboard mode can't be read here: its codes go
 * to whatever window is in front.
 * @param vendorId Four lower-case hex digits; makers differ in their reports.
 */
export function hidScannerDriver(
  transport: ReportTransport,
  vendorId: string,
  timers: Timers = systemTimers,
): ReaderDriver {
  const greet = async (line: ReportLine) => {
    if (HONEYWELL.has(vendorId)) await line.sendFeature(LISTENING);
  };
  return {
    description: `HID-POS scanner, ${transport.description}`,
    async open(signal) {
      const line = await openReader(transport, signal, (opened: ReportLine) => opened, greet);
      const codes = new CodeMailbox(line.lost, timers);
      const assembler = new CodeAssembler(vendorId, (code) => codes.put(code), timers);
      const stopListening = line.onReport((report) => assembler.take(report));
      void line.lost.then(() => {
        stopListening();
        assembler.drop();
      });
      return { codes, lost: line.lost, close: () => line.close() };
    },
  };
}
