import type { DocumentKind } from '../../schemas/reading.ts';
import type { Clock } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Told } from './model.ts';
import type { CardSlot, OpenReader, ResidentIdModule } from './port.ts';
import { residentIdText } from './resident-id/text.ts';
import { readSocialSecurityCard } from './social-security/application.ts';
import { pause, type Timers } from './timers.ts';

/** Modules for resident ID cards want more than 300 ms between two searches (GA 467 modules' manuals). */
const LOOK_AGAIN_AFTER_MS = 310;
const FIND_TIMEOUT_MS = 1_000;
const POWER_ON_TIMEOUT_MS = 2_000;
const POWER_OFF_TIMEOUT_MS = 1_000;
/** 1 295 bytes at 9 600 baud take 1.4 s, and the radio side as long again. */
const READ_TIMEOUT_MS = 5_000;

type Presented =
  | { readonly kind: 'social-security-card'; readonly slot: CardSlot; readonly atr: Buffer }
  | { readonly kind: 'resident-id-card'; readonly module: ResidentIdModule };

export interface Waiting {
  readonly accept: readonly DocumentKind[];
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly signal: AbortSignal;
}

/**
 * Waits for a card of one of the kinds, reads it, and hands what it told to `keep`, whose answer it gives. Once the
 * card is there, nothing but the exchanges with it takes time. Faults: `reader.unsupported`, `card.none`, those of
 * reading the card, and those of `keep`.
 */
export async function readPresented<T>(
  reader: OpenReader,
  waiting: Waiting,
  keep: (told: Told) => Promise<T>,
): Promise<T> {
  const card = await presented(reader, waiting);
  if (card.kind === 'resident-id-card') {
    const { text, photo } = await card.module.read(READ_TIMEOUT_MS);
    return keep({ kind: card.kind, text: residentIdText(text), photo });
  }
  const reading = readSocialSecurityCard(card.slot, card.atr);
  // Powered down while what it told is put away: manners towards the contacts, at nobody's expense. A card that is
  // gone or a line that is lost shows at the next reading.
  const resting = reading
    .then(noMore, noMore)
    .then(() => card.slot.powerOff(POWER_OFF_TIMEOUT_MS))
    .catch(noMore);
  try {
    return await keep({ kind: card.kind, card: await reading });
  } finally {
    await resting;
  }
}

function noMore(): void {}

async function presented(reader: OpenReader, waiting: Waiting): Promise<Presented> {
  const { accept, clock, timers, signal } = waiting;
  const readable = accept.filter((kind) =>
    kind === 'social-security-card' ? reader.slot : reader.residentId,
  );
  if (readable.length === 0) throw new Fault('reader.unsupported');
  const deadline = clock.now() + waiting.timeoutMs;
  for (;;) {
    for (const kind of readable) {
      const card = await look(reader, kind);
      if (card) return card;
    }
    const left = deadline - clock.now();
    if (left <= 0 || signal.aborted) throw new Fault('card.none');
    await pause(timers, Math.min(left, LOOK_AGAIN_AFTER_MS), signal);
  }
}

async function look(reader: OpenReader, kind: DocumentKind): Promise<Presented | undefined> {
  try {
    if (kind === 'social-security-card') {
      const atr = await reader.slot?.powerOn(POWER_ON_TIMEOUT_MS);
      return reader.slot && atr ? { kind, slot: reader.slot, atr } : undefined;
    }
    const module = reader.residentId;
    return module && (await module.find(FIND_TIMEOUT_MS)) ? { kind: 'resident-id-card', module } : undefined;
  } catch (error) {
    // A card on its way in or out bounces: that is not a card yet.
    if (error instanceof Fault && error.code === 'card.removed') return undefined;
    throw error;
  }
}
