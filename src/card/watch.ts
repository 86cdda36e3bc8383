import type { Events } from '../events/events.ts';
import type { LiftGate } from './lift-gate.ts';
import type { CardSlot, OpenReader } from './port.ts';
import type { Timers } from './timers.ts';

/** Modules for resident ID cards want more than 300 ms between two searches; a person doesn't notice half a second. */
const LOOK_EVERY_MS = 500;
const LOOK_TIMEOUT_MS = 1_000;

/** The places of a reader where a card may be. */
type Place = 'contact' | 'contactless' | 'resident-id';

export interface CardWatchParts {
  /** The reader's id. */
  readonly id: string;
  /** Looks at the reader between two uses; nothing where it is in use or gone. */
  readonly glance: <T>(work: (reader: OpenReader) => Promise<T>) => Promise<T | undefined>;
  /** Whether cards are looked for all the time, and told of; otherwise only until a card was lifted. */
  readonly always: boolean;
  readonly gate: LiftGate | undefined;
  readonly timers: Timers;
  readonly events: Events;
}

/**
 * Looks at one reader between readings:
 *
 *     resting ──a card was read that must be lifted──► looking ──it was lifted──► resting
 *
 * A reader that is watched always is never at rest, and cards that come and go are told by `card.present` and
 * `card.removed`. A resident ID card that was read counts as gone as soon as its module no longer finds it, which on
 * most modules is at once: they find a card again only after it was lifted.
 */
export class CardWatch {
  readonly #parts: CardWatchParts;
  #seen: ReadonlySet<Place> = new Set();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(parts: CardWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#parts.gate?.onClosed(() => this.#lookLater());
    if (this.#parts.always) this.#lookLater();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #lookLater(): void {
    if (this.#stopped || this.#cancel) return;
    this.#cancel = this.#parts.timers.start(LOOK_EVERY_MS, () => {
      void this.#look().finally(() => {
        this.#cancel = undefined;
        if (this.#parts.always || this.#parts.gate?.closed) this.#lookLater();
      });
    });
  }

  async #look(): Promise<void> {
    const { glance, always, gate } = this.#parts;
    const found = await glance(always ? cardsOn : cardOnModule);
    // In use, or gone: what lies there can't be told now, and a reader that is lost says so by itself.
    if (found === undefined) return;
    gate?.admits(found.has('resident-id'));
    if (always) this.#tell(found);
  }

  #tell(found: ReadonlySet<Place>): void {
    const { id, events } = this.#parts;
    const before = this.#seen;
    this.#seen = found;
    for (const place of found.difference(before)) events.publish('card.present', id, { place });
    for (const place of before.difference(found)) events.publish('card.removed', id, { place });
  }
}

async function cardsOn(reader: OpenReader): Promise<ReadonlySet<Place>> {
  const { slot, contactless } = reader;
  const places = new Set<Place>();
  if (slot && (await cardIn(slot))) places.add('contact');
  if (contactless && (await cardIn(contactless))) places.add('contactless');
  return places.union(await cardOnModule(reader));
}

async function cardOnModule({ residentId }: OpenReader): Promise<ReadonlySet<Place>> {
  return new Set((await residentId?.find(LOOK_TIMEOUT_MS)) ? (['resident-id'] as const) : []);
}

async function cardIn(slot: CardSlot): Promise<boolean> {
  if (slot.present) return slot.present(LOOK_TIMEOUT_MS);
  const atr = await slot.powerOn(LOOK_TIMEOUT_MS);
  if (atr) await slot.powerOff(LOOK_TIMEOUT_MS);
  return atr !== undefined;
}
