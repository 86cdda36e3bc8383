import type { DocumentKind, ReaderSpot } from '../../schemas/reading.ts';
import type { Clock } from '../clock.ts';
import { Fault } from '../errors.ts';
import { type ChipKind, type ChipOptions, readChipCard } from './chip.ts';
import type { LiftGate } from './lift-gate.ts';
import type { CardSlot, CodeScanner, OpenReader, ResidentIdModule, Told } from './port.ts';
import { newAddressOf, residentIdText } from './resident-id/text.ts';
import { toldOfCode } from './scanned.ts';
import { pause, type Timers } from './timers.ts';

/** Modules for resident ID cards want more than 300 ms between two searches (GA 467 modules' manuals). */
const LOOK_AGAIN_AFTER_MS = 310;
const FIND_TIMEOUT_MS = 1_000;
const POWER_ON_TIMEOUT_MS = 2_000;
const POWER_OFF_TIMEOUT_MS = 1_000;
/** 1 295 bytes at 9 600 baud take 1.4 s, and the radio side as long again. */
const READ_TIMEOUT_MS = 5_000;

type Presented =
  | { readonly what: 'chip'; readonly slot: CardSlot; readonly atr: Buffer }
  | { readonly what: 'resident-id'; readonly module: ResidentIdModule }
  | { readonly what: 'code'; readonly code: string };

/** What helps to read what is presented; each is absent where there is none. */
export interface Aids {
  /** Of this reader; none where a card may lie on it for reading after reading. */
  readonly gate?: LiftGate | undefined;
  /** Opens cards that keep their holder locked, where the reader or the institution has the keys. */
  readonly authenticator?: ChipOptions['authenticator'];
  /** Authenticates us towards health cards, where the reader has the keys. */
  readonly healthCard?: ChipOptions['healthCard'];
}

/** Opens cards at a reader, by the reader's id. */
export type KeysOf = (readerId: string, reader: OpenReader) => Omit<Aids, 'gate'>;

export interface Waiting extends Aids {
  readonly accept: readonly DocumentKind[];
  readonly spot: ReaderSpot;
  readonly newAddress: boolean;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly signal: AbortSignal;
}

/**
 * Waits for a card or code of one of the kinds, reads it, and hands what it told to `keep`, whose answer it gives.
 * Once the card is there, nothing but the exchanges with it takes time. Faults: `reader.unsupported`, `card.none`,
 * those of reading the card, and those of `keep`.
 */
export async function readPresented<T>(
  reader: OpenReader,
  waiting: Waiting,
  keep: (told: Told) => Promise<T>,
): Promise<T> {
  const whole = await wholeReaderFor(reader, waiting);
  if (whole) return keepWhole(reader, waiting, whole, keep);
  const card = await presented(reader, waiting);
  if (card.what === 'code') return keep(toldOfCode(card.code, waiting.accept));
  if (card.what === 'resident-id') return keep(await readResidentId(card.module, waiting));
  const contactless = card.slot === reader.contactless;
  const { authenticator, healthCard } = waiting;
  return readChip(card, waiting, { contactless, authenticator, healthCard }, keep);
}

/**
 * A card whose holder the reader could not open by itself lies there still, for whoever has the keys: it is looked for
 * once more, at its own place alone, so that nothing else is read for it and nobody waits a second time. One that was
 * taken away meanwhile has told what it told.
 */
async function keepWhole<T>(
  reader: OpenReader,
  waiting: Waiting,
  told: Told,
  keep: (told: Told) => Promise<T>,
): Promise<T> {
  const { authenticator, spot } = waiting;
  if (!isLocked(told) || !authenticator || slotsAt(reader, spot).length === 0) return keep(told);
  const accept = ['social-security-card'] as const;
  const again = { ...waiting, accept, timeoutMs: 0 };
  const card = await chipPresented(reader, again).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'card.none') return undefined;
    throw error;
  });
  if (!card) return keep(told);
  const contactless = card.slot === reader.contactless;
  return readChip(card, again, { contactless, authenticator }, (opened) =>
    keep(isSameCard(opened, told) ? opened : told),
  );
}

/** Waits for a chip card and powers it up, whatever it is. Faults: `reader.unsupported`, `card.none`. */
export async function chipPresented(
  reader: OpenReader,
  waiting: Pick<Waiting, 'spot' | 'timeoutMs' | 'clock' | 'timers' | 'signal'>,
): Promise<{ readonly slot: CardSlot; readonly atr: Buffer }> {
  const card = await presented(reader, { ...waiting, accept: ['social-security-card'], newAddress: false });
  if (card.what !== 'chip') throw new Error('only chip cards are looked for');
  return card;
}

async function readChip<T>(
  { slot, atr }: { readonly slot: CardSlot; readonly atr: Buffer },
  waiting: Waiting,
  options: ChipOptions,
  keep: (told: Told) => Promise<T>,
): Promise<T> {
  const reading = readChipCard(slot, atr, chipKinds(waiting.accept), options);
  // Powered down while what it told is put away: manners towards the contacts, at nobody's expense. A card that is
  // gone or a line that is lost shows at the next reading.
  const resting = reading
    .then(noMore, noMore)
    .then(() => slot.powerOff(POWER_OFF_TIMEOUT_MS))
    .catch(noMore);
  try {
    return await keep(await reading);
  } finally {
    await resting;
  }
}

function noMore(): void {}

async function readResidentId(module: ResidentIdModule, { newAddress, gate }: Waiting): Promise<Told> {
  const { text, photo } = await module.read(READ_TIMEOUT_MS);
  gate?.cardRead();
  const told = { kind: 'resident-id-card', text: residentIdText(text), photo } as const;
  if (!newAddress) return told;
  const address = newAddressOf(await module.readNewAddress?.(READ_TIMEOUT_MS));
  return address === '' ? told : { ...told, newAddress: address };
}

function isSameCard(one: Told, other: Told): boolean {
  const kind = 'social-security-card';
  return one.kind === kind && other.kind === kind && one.card.cardId === other.card.cardId;
}

function isLocked(told: Told): boolean {
  return told.kind === 'social-security-card' && told.card.holder === 'locked';
}

/** What a reader that reads by itself can do of what is asked; the rest is not looked for meanwhile. */
function wholeReaderFor({ whole }: OpenReader, waiting: Waiting): Promise<Told> | undefined {
  const accept = waiting.accept.filter((kind) => whole?.kinds.includes(kind));
  if (whole === undefined || accept.length === 0) return undefined;
  const { spot, timeoutMs, newAddress } = waiting;
  return whole.read({ accept, spot, timeoutMs, newAddress }, waiting.signal);
}

function chipKinds(accept: readonly DocumentKind[]): ChipKind[] {
  return accept.filter((kind) => kind === 'social-security-card' || kind === 'health-card');
}

function nothingPresented({ accept, gate }: Waiting): Fault {
  const lies = accept.includes('resident-id-card') && gate?.heldBack === true;
  return new Fault(lies ? 'card.not-lifted' : 'card.none');
}

type Look = () => Promise<Presented | undefined>;

async function presented(reader: OpenReader, waiting: Waiting): Promise<Presented> {
  const { clock, timers, signal } = waiting;
  const looks = looksOf(reader, waiting);
  const scanner = acceptsCodes(waiting.accept) ? reader.codes : undefined;
  if (looks.length === 0 && !scanner) throw new Fault('reader.unsupported');
  const deadline = clock.now() + waiting.timeoutMs;
  for (;;) {
    for (const look of looks) {
      const card = await patient(look);
      if (card) return card;
    }
    const left = deadline - clock.now();
    const code = await scanned(
      scanner,
      looks.length === 0 ? left : Math.min(left, LOOK_AGAIN_AFTER_MS),
      signal,
    );
    if (code !== undefined) return { what: 'code', code };
    if (left <= 0 || signal.aborted) throw nothingPresented(waiting);
    if (!scanner) await pause(timers, Math.min(left, LOOK_AGAIN_AFTER_MS), signal);
  }
}

function looksOf(reader: OpenReader, { accept, spot, gate }: Waiting): Look[] {
  const chips = chipKinds(accept).length === 0 ? [] : slotsAt(reader, spot);
  const module = accept.includes('resident-id-card') ? reader.residentId : undefined;
  return [
    ...chips.map((slot) => async (): Promise<Presented | undefined> => {
      const atr = await slot.powerOn(POWER_ON_TIMEOUT_MS);
      return atr && { what: 'chip', slot, atr };
    }),
    ...(module ? [() => lookOnModule(module, gate)] : []),
  ];
}

async function lookOnModule(module: ResidentIdModule, gate?: LiftGate): Promise<Presented | undefined> {
  const found = await module.find(FIND_TIMEOUT_MS);
  return (gate ? gate.admits(found) : found) ? { what: 'resident-id', module } : undefined;
}

/** The places where a chip card is looked for, the one with contacts first. */
export function slotsAt({ slot, contactless }: OpenReader, spot: ReaderSpot): CardSlot[] {
  const slots = { contact: [slot], contactless: [contactless], either: [slot, contactless] }[spot];
  return slots.filter((each) => each !== undefined);
}

function acceptsCodes(accept: readonly DocumentKind[]): boolean {
  return accept.includes('insurance-code') || accept.includes('health-code');
}

async function scanned(
  scanner: CodeScanner | undefined,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  return scanner?.next(Math.max(0, timeoutMs), signal);
}

/** A card on its way in or out bounces: that is not a card yet. */
async function patient(look: Look): Promise<Presented | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Fault && error.code === 'card.removed') return undefined;
    throw error;
  }
}

/** What a reader can read, by what it has. */
export function kindsOf(reader: OpenReader): DocumentKind[] {
  const kinds: DocumentKind[] = [
    ...(reader.slot || reader.contactless ? (['social-security-card', 'health-card'] as const) : []),
    ...(reader.residentId ? (['resident-id-card'] as const) : []),
    ...(reader.codes ? (['insurance-code', 'health-code'] as const) : []),
    ...(reader.whole?.kinds ?? []),
  ];
  return [...new Set(kinds)];
}
