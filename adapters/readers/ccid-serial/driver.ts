import type { CardSlot, OpenReader, ReaderDriver } from '../../../src/card/port.ts';
import { openReader } from '../opening.ts';
import { Requester } from '../requester.ts';
import type { Transport } from '../transports/line.ts';
import { messageType } from './frame.ts';
import { ccidFramer } from './framer.ts';
import { CcidSlot } from './slot.ts';
import { CARD_SLOT, type CcidStep, requestOf } from './step.ts';

const GREETING_TIMEOUT_MS = 1_000;

export interface CcidOptions {
  /** Slots for security modules behind the first one, which takes the patient's card; default 0. */
  readonly samSlots?: number;
}

/** A chip-card reader that speaks CCID over a serial line (GemPC Twin and its family). */
export function ccidSerialDriver(transport: Transport, { samSlots = 0 }: CcidOptions = {}): ReaderDriver {
  return {
    description: `CCID, ${transport.description}`,
    open: (signal) => open(transport, samSlots, signal),
  };
}

async function open(transport: Transport, samSlots: number, signal: AbortSignal): Promise<OpenReader> {
  const seq = sequence();
  const slotStatus = (timeoutMs: number): CcidStep => ({
    what: 'slot status',
    type: messageType.getSlotStatus,
    slot: CARD_SLOT,
    timeoutMs,
  });
  const requester = await openReader(
    transport,
    signal,
    (line) => new Requester(line, ccidFramer(), (timeoutMs) => requestOf(slotStatus(timeoutMs), seq())),
    // Any answer will do: an empty slot is not a missing reader.
    async (started) => void (await started.ask(requestOf(slotStatus(GREETING_TIMEOUT_MS), seq()))),
  );
  const { line } = requester;
  const slotAt = (slot: number): CardSlot =>
    new CcidSlot((step) => requester.ask(requestOf({ ...step, slot }, seq())));
  return {
    slot: slotAt(CARD_SLOT),
    ...(samSlots === 0 ? {} : { sams: Array.from({ length: samSlots }, (_, at) => slotAt(at + 1)) }),
    lost: line.lost,
    close: () => line.close(),
  };
}

/** Counts the numbers that answers repeat, so that a late answer is not taken for the next. */
function sequence(): () => number {
  let last = -1;
  return () => {
    last = (last + 1) % 256;
    return last;
  };
}
