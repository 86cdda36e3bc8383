import type { OpenReader, ReaderDriver } from '../../../src/card/port.ts';
import { openReader } from '../opening.ts';
import type { ReportTransport } from '../transports/reports.ts';
import { command as codes, slots } from './frame.ts';
import { HdSlot } from './slot.ts';
import { HdTalk } from './talk.ts';

const GREETING_TIMEOUT_MS = 1_000;

/** A USB reader of HD (华大): a slot for the card, slots for security modules. */
export function hdDriver(transport: ReportTransport): ReaderDriver {
  return {
    description: `HD, ${transport.description}`,
    async open(signal): Promise<OpenReader> {
      const talk = await openReader(
        transport,
        signal,
        (line) => new HdTalk(line),
        // Any status will do: a model that has no serial number to tell is a reader too.
        async (started) =>
          void (await started.ask({
            what: 'serial number',
            code: codes.serialNumber,
            timeoutMs: GREETING_TIMEOUT_MS,
          })),
      );
      const { line } = talk;
      return {
        slot: new HdSlot(talk, slots.main),
        sams: slots.sams.map((slot) => new HdSlot(talk, slot)),
        lost: line.lost,
        close: () => line.close(),
      };
    },
  };
}
