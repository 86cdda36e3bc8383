import type { ReaderSpot } from '../../schemas/reading.ts';
import { READING_TIMEOUT_MS_DEFAULT } from '../../schemas/reading.ts';
import type { Clock } from '../clock.ts';
import type { ReaderPool } from './pool.ts';
import type { CardSlot, OpenReader } from './port.ts';
import { chipPresented } from './present.ts';
import { systemTimers, type Timers } from './timers.ts';

const POWER_OFF_TIMEOUT_MS = 1_000;

export interface ChipSessionParts {
  readonly pool: ReaderPool;
  readonly clock: Clock;
  readonly timers?: Timers;
}

/** On which card of which reader something is done. */
export interface ChipRequest {
  readonly spot?: ReaderSpot;
  /** How long to wait for the card. */
  readonly timeoutMs?: number;
  readonly lease?: string;
}

/** A chip card that lies in its slot, powered up. */
export interface PresentedChip {
  readonly reader: OpenReader;
  readonly slot: CardSlot;
  readonly atr: Buffer;
  readonly signal: AbortSignal;
}

export interface ChipWork<T, Ready> {
  /** What is checked or made ready before a card is waited for, so that nobody stands and waits for it. */
  readonly prepare?: (reader: OpenReader) => Ready | Promise<Ready>;
  readonly run: (chip: PresentedChip, ready: Ready) => Promise<T>;
  /** How long `run` may take before the reader counts as lost. */
  readonly limitMs: number;
}

/**
 * Waits for a chip card and does something with it; the reader is its alone for as long. Faults: those of the pool,
 * `reader.unsupported`, `card.none`, and those of the work.
 */
export async function withChip<T, Ready>(
  { pool, clock, timers = systemTimers }: ChipSessionParts,
  readerId: string,
  { spot = 'either', timeoutMs = READING_TIMEOUT_MS_DEFAULT, lease }: ChipRequest,
  { prepare, run, limitMs }: ChipWork<T, Ready>,
  cancelled?: AbortSignal,
): Promise<T> {
  return pool.use(
    readerId,
    async (reader, signal) => {
      // Nothing is made ready where nothing is asked for: `Ready` is undefined then.
      const ready = (await prepare?.(reader)) as Ready;
      const { slot, atr } = await chipPresented(reader, { spot, timeoutMs, clock, timers, signal });
      try {
        return await run({ reader, slot, atr, signal }, ready);
      } finally {
        // Forgets what was selected and shown; a card that is gone has forgotten it by itself.
        await slot.powerOff(POWER_OFF_TIMEOUT_MS).catch(() => {});
      }
    },
    { limitMs: timeoutMs + limitMs, cancelled, lease },
  );
}
