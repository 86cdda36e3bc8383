import type { OpenReader, ReaderDriver } from '../../../src/card/port.ts';
import { systemTimers, type Timers } from '../../../src/clock.ts';
import { CodeMailbox } from '../codes.ts';
import type { Line, Transport } from '../transports/line.ts';
import { CodeCutter } from './cutter.ts';

/**
 * A pause this long ends a code of a scanner that sends no line end. At 9600 baud the bytes of a code are a
 * millisecond apart; a box on the network may hold them back for a lost packet's time.
 */
const PAUSE_MS = 300;

/**
 * A bar code scanner that sends its codes as text: on a serial port, on a USB port that looks like one, or behind a
 * serial-over-network box. It can't be asked whether it is there: an open line is an open reader.
 */
export function lineScannerDriver(transport: Transport, timers: Timers = systemTimers): ReaderDriver {
  return {
    description: `scanner, ${transport.description}`,
    open: async (signal) => scannerOn(await transport.open(signal), timers),
  };
}

function scannerOn(line: Line, timers: Timers): OpenReader {
  const codes = new CodeMailbox(line.lost, timers);
  const cutter = new CodeCutter();
  let cancelPause = () => {};
  const deliver = (found: readonly string[]) => {
    for (const code of found) codes.put(code);
  };
  line.stream.on('data', (chunk: Buffer) => {
    cancelPause();
    deliver(cutter.take(chunk));
    if (cutter.begun) cancelPause = timers.start(PAUSE_MS, () => deliver(cutter.end()));
  });
  void line.lost.then(() => cancelPause());
  return { codes, lost: line.lost, close: () => line.close() };
}
