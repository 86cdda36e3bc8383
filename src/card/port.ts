import type { Identity } from '../../schemas/identity.ts';

/**
 * What the card side asks of a reader. An adapter joins a transport (how bytes travel) with a dialect (what they
 * mean) and offers what that reader can do: APDUs to a chip card, or the resident-ID module, or both.
 */
export interface ReaderDriver {
  /** What a person would call it: "CCID, tcp 127.0.0.1:7001". */
  readonly description: string;
  /**
   * Opens the line and makes sure that a reader answers on it. Throws Fault `reader.absent` when it doesn't, within
   * its own time-out or when `signal` aborts.
   */
  open(signal: AbortSignal): Promise<OpenReader>;
}

/** A reader whose line is open. One exchange at a time; the pool sees to that. */
export interface OpenReader {
  /** Chip cards by APDU, where the reader has a slot. */
  readonly slot?: CardSlot;
  /** The resident-ID SAM-V module, where the reader has one. */
  readonly residentId?: ResidentIdModule;
  /** Resolves, once, when the line is gone; never rejects. */
  readonly lost: Promise<void>;
  /** Lets go of the line. Safe to call twice, and on a lost reader. */
  close(): Promise<void>;
}

/**
 * A slot that takes a chip card. Faults: `reader.lost`, `reader.silent`, `reader.protocol`, `card.removed`,
 * `card.refused`.
 */
export interface CardSlot {
  /** Powers the card up. Answers its ATR, or nothing where no card is in the slot. */
  powerOn(timeoutMs: number): Promise<Buffer | undefined>;
  /** One command, one answer with its two status bytes at the end. */
  transmit(command: Buffer, timeoutMs: number): Promise<Buffer>;
  powerOff(timeoutMs: number): Promise<void>;
}

/**
 * The module that reads resident ID cards (GA 467). Faults: `reader.lost`, `reader.silent`, `reader.protocol`,
 * `card.refused`.
 */
export interface ResidentIdModule {
  /** Finds and selects a card; answers whether there is one. */
  find(timeoutMs: number): Promise<boolean>;
  /** Reads the text (256 bytes, UTF-16LE) and the photo (1024 bytes WLT) of the selected card. */
  read(timeoutMs: number): Promise<{ text: Buffer; photo: Buffer }>;
}

/** What the other journey needs of the card side: the person a reading names. */
export interface Readings {
  /**
   * The identity of a reading that is still valid; the look is on the audit trail under `client`. Faults:
   * `reading.not-found`, and `card.locked-data` or `card.refused` where the card named nobody.
   */
  identityOf(readingId: string, client: string, requestId: string): Promise<Identity>;
}
