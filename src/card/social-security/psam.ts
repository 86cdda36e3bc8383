import type { PsamConfiguration } from '../../../schemas/reader-configuration.ts';
import { Fault } from '../../errors.ts';
import { type CardAnswer, exchange, SW, selectApplication, swText } from '../apdu.ts';
import type { CardSlot } from '../port.ts';
import { drawChallenge, showCryptogram } from './challenge.ts';
import { type Diversified, factorsOf, type Levels } from './diversification.ts';

const POWER_ON_TIMEOUT_MS = 2_000;

/** The social-security application of a PSAM, by its name and, on modules that don't know it, by its file. */
const PSAM_AID = Buffer.from('D15600000590', 'hex');
const SELECT_DF01 = Buffer.from('00A4000002DF01', 'hex');

/**
 * What is encrypted for the card and shown to it beside the cryptogram. What makes it fresh is the card's challenge,
 * which goes into the key; this the published scripts keep constant.
 */
const SOURCE = Buffer.from('1122334455667788', 'hex');
const CRYPTOGRAM_BYTES = 8;

/** Faults of a module's slot by which that module can't be used, while its reader is well. */
const MODULE_FAULTS: ReadonlySet<string> = new Set(['card.removed', 'card.refused', 'reader.unsupported']);

/** `open`, or why this module can't open the card; the card has lost no try over it. */
export type PsamOutcome = 'open' | { readonly why: string };

/**
 * Authenticates towards a card by the PSAM in the reader: the module derives the card's key by its factors and the
 * card's challenge, and encrypts what the card is shown (the published script of generation 2). Faults: those of the
 * card's slot and of `showCryptogram`; the module's own only where they are the reader's.
 */
export async function authenticateByPsam(
  sam: CardSlot,
  slot: CardSlot,
  card: Diversified,
  settings: PsamConfiguration,
): Promise<PsamOutcome> {
  const usage = byteOf(settings.keyUsage);
  const factors = factorsOf(card, levelsOf(usage));
  if (!factors) return { why: 'the card names no factor for its keys' };
  const module = new Module(sam);
  const missing = await module.start(settings.slot);
  if (missing) return missing;
  const challenge = await drawChallenge(slot);
  const key = await module.deriveKey(usage, byteOf(settings.keyIndex), Buffer.concat([factors, challenge]));
  if (key) return key;
  const cryptogram = await module.encrypt(SOURCE);
  if (!Buffer.isBuffer(cryptogram)) return cryptogram;
  const shown = await showCryptogram(slot, byteOf(settings.cardKey), Buffer.concat([cryptogram, SOURCE]));
  return shown === 'open' ? 'open' : { why: `the card has no key ${settings.cardKey}` };
}

/** The high three bits of a usage byte say by how many levels its key is diversified. */
export function levelsOf(usage: number): Levels {
  const levels = usage >> 5;
  if (levels === 1 || levels === 2 || levels === 3) return levels;
  throw new Error(`a key of usage ${usage.toString(16)} is not diversified by 1, 2 or 3 levels`);
}

function byteOf(hex: string): number {
  return Number.parseInt(hex, 16);
}

/** A module in its slot. Each step answers why it can't be gone on with, where it can't. */
class Module {
  readonly #slot: CardSlot;

  constructor(slot: CardSlot) {
    this.#slot = slot;
  }

  /** Resets it, so that no key of an earlier card is left in it, and selects its application. */
  async start(slotNumber: number): Promise<{ why: string } | undefined> {
    const atr = await orAbsent(this.#slot.powerOn(POWER_ON_TIMEOUT_MS));
    if (!atr) return { why: `no PSAM in slot ${slotNumber}` };
    for (const select of [selectApplication(PSAM_AID), SELECT_DF01]) {
      const answer = await this.#ask(select, { fetch: false });
      if (answer && (answer.sw === SW.done || answer.sw >> 8 === 0x61)) return undefined;
    }
    return { why: 'the PSAM has no social-security application' };
  }

  /** INIT_FOR_DESCRYPT: derives the temporary key. 6A88 is a module without that key. */
  async deriveKey(usage: number, index: number, data: Buffer): Promise<{ why: string } | undefined> {
    const answer = await this.#ask(Buffer.concat([Buffer.of(0xbf, 0xde, usage, index, data.length), data]));
    if (answer?.sw === SW.done) return undefined;
    return { why: `the PSAM has no key for it: ${told(answer)}` };
  }

  /** DES_CRYPT with the temporary key. */
  async encrypt(source: Buffer): Promise<Buffer | { why: string }> {
    const answer = await this.#ask(Buffer.concat([Buffer.of(0x80, 0xfa, 0x00, 0x00, source.length), source]));
    if (answer?.sw === SW.done && answer.data.length === CRYPTOGRAM_BYTES) return answer.data;
    return { why: `the PSAM did not encrypt: ${told(answer)}` };
  }

  #ask(command: Buffer, options?: { fetch: boolean }): Promise<CardAnswer | undefined> {
    return orAbsent(exchange(this.#slot, command, options));
  }
}

function told(answer: CardAnswer | undefined): string {
  return answer ? swText(answer.sw) : 'no answer';
}

/** Nothing where the module is to blame: that it fails must not look as if the patient's card had been taken out. */
async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Fault && MODULE_FAULTS.has(error.code)) return undefined;
    throw error;
  }
}
