import type { OpenReader, ReaderDriver } from '../../../src/card/port.ts';
import { openReader } from '../opening.ts';
import { Requester } from '../requester.ts';
import { byteTransportOver } from '../transports/report-stream.ts';
import type { ReportTransport } from '../transports/reports.ts';
import { infoRequest } from './command.ts';
import { REPORT_BYTES } from './frame.ts';
import { gwiFramer } from './framer.ts';
import { GwiPinPad } from './pin-pad.ts';
import { GwiSlot } from './slot.ts';

const GREETING_TIMEOUT_MS = 1_000;

const MAIN_SLOT = 0x00;
/** In the capture the second of them is asked, and empty; the others follow from the numbers of the slots in the API. */
const SAM_SLOTS = [0x10, 0x11, 0x12, 0x13];

/** A USB reader of the GWI-IC20 family: a slot for the card, slots for security modules, keys for the PIN. */
export function gwiDriver(transport: ReportTransport): ReaderDriver {
  const description = `GWI, ${transport.description}`;
  const bytes = byteTransportOver(transport, REPORT_BYTES);
  return {
    description,
    async open(signal): Promise<OpenReader> {
      const requester = await openReader(
        bytes,
        signal,
        (line) => new Requester(line, gwiFramer(), infoRequest),
        async (started) => void (await started.ask(infoRequest(GREETING_TIMEOUT_MS))),
      );
      const { line } = requester;
      return {
        slot: new GwiSlot(requester, MAIN_SLOT),
        sams: SAM_SLOTS.map((slot) => new GwiSlot(requester, slot)),
        pinPad: new GwiPinPad(requester),
        lost: line.lost,
        close: () => line.close(),
      };
    },
  };
}
