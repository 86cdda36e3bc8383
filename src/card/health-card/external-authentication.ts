import type { Configuration } from '../../../schemas/configuration.ts';
import { Fault } from '../../errors.ts';
import { type CardAnswer, exchange, SW, swText } from '../apdu.ts';
import type { CardSlot, OpenReader } from '../port.ts';

const POWER_ON_TIMEOUT_MS = 2_000;
const BLOCK_BYTES = 8;

/** How a PSAM is asked for the cryptogram, and which key of the card it opens; provinces may differ. */
interface HealthCardKey {
  /** Usage byte of the PSAM's key. */
  readonly usage: number;
  readonly index: number;
  /** P2 of EXTERNAL AUTHENTICATE. */
  readonly cardKey: number;
}

/** As in the captures of 2013 from Liaoning. */
const CAPTURED_KEY: HealthCardKey = { usage: 0x47, index: 0x34, cardKey: 0x84 };

/** What the card's own key is derived by. */
export interface HealthCardFactors {
  /** The last eight historical bytes of the card. */
  readonly card: Buffer;
  /** 应用城市代码, six digits. */
  readonly city: string;
}

/** What is encrypted for the card and shown to it: a constant; the card's challenge goes into the key. */
const SOURCE = Buffer.from('1122334455667788', 'hex');
const PADDING = Buffer.alloc(BLOCK_BYTES);
/** The last byte of what the card is shown. */
const SHOWN_END = Buffer.of(0x01);

/** `open`, or why this PSAM can't open the card. */
type HealthCardAuthentication = 'open' | { readonly why: string };

/**
 * Authenticates towards a health card by the PSAM: it derives the card's key by card, city and challenge and encrypts
 * sixteen bytes; what the card is shown are the two halves of the result, the one XOR the other (established by 93
 * captured authentications). It proves us to the card, not the card to us. Faults: those of the card's slot;
 * `card.authentication` where the card does not take the cryptogram. That the PSAM can't help is none.
 */
export async function authenticateHealthCard(
  card: CardSlot,
  sam: CardSlot,
  factors: HealthCardFactors,
  key: HealthCardKey = CAPTURED_KEY,
): Promise<HealthCardAuthentication> {
  if (factors.card.length !== BLOCK_BYTES || !/^\d{6}$/.test(factors.city)) {
    return { why: 'the card names no factor for its keys' };
  }
  if (!(await orAbsent(sam.powerOn(POWER_ON_TIMEOUT_MS)))) return { why: 'no PSAM in the slot' };
  const challenge = await exchange(card, Buffer.of(0x00, 0x84, 0x00, 0x00, BLOCK_BYTES));
  if (challenge.sw !== SW.done || challenge.data.length !== BLOCK_BYTES) {
    throw new Fault('card.refused', { facts: { sw: swText(challenge.sw) } });
  }
  const city = Buffer.from(`${factors.city}00`);
  const levels = Buffer.concat([factors.card, city, challenge.data]);
  const derived = await orAbsent(exchange(sam, command(0x80de, key.usage, key.index, levels)));
  if (derived?.sw !== SW.done) return { why: `the PSAM has no key for it: ${told(derived)}` };
  const encrypted = await orAbsent(
    exchange(sam, command(0x80fa, 0x00, 0x00, Buffer.concat([SOURCE, PADDING]))),
  );
  if (encrypted?.sw !== SW.done || encrypted.data.length !== 2 * BLOCK_BYTES) {
    return { why: `the PSAM did not encrypt: ${told(encrypted)}` };
  }
  const shown = Buffer.concat([foldedHalves(encrypted.data), SOURCE, SHOWN_END]);
  const { sw } = await exchange(card, command(0x0082, 0x00, key.cardKey, shown));
  if (sw === SW.done) return 'open';
  if (sw === SW.dataNotFound) return { why: 'the card has no such key' };
  throw new Fault('card.authentication', { facts: { sw: swText(sw) } });
}

type Settings = NonNullable<Configuration['readers'][number]['healthCardPsam']>;

/** Authenticates us towards a health card; answers whether it could. Faults: as `authenticateHealthCard`. */
export type HealthCardAuthenticator = (slot: CardSlot, factors: HealthCardFactors) => Promise<boolean>;

/** The authenticator of a reader, where it has a PSAM for health cards. */
export type HealthCardAuthenticatorOf = (
  readerId: string,
  reader: OpenReader,
) => HealthCardAuthenticator | undefined;

/** @param psams the PSAM of each reader that has one, by the reader's id. */
export function healthCardAuthenticators(psams: ReadonlyMap<string, Settings>): HealthCardAuthenticatorOf {
  return (readerId, { sams }) => {
    const settings = psams.get(readerId);
    const sam = settings && sams?.[settings.slot - 1];
    if (!sam) return undefined;
    const byte = (text: string) => Number.parseInt(text, 16);
    const { keyUsage, keyIndex, cardKey } = settings;
    const key = { usage: byte(keyUsage), index: byte(keyIndex), cardKey: byte(cardKey) };
    return async (slot, factors) => (await authenticateHealthCard(slot, sam, factors, key)) === 'open';
  };
}

function told(answer: CardAnswer | undefined): string {
  return answer ? swText(answer.sw) : 'no answer';
}

/** Faults by which a module can't be used while its reader is well. */
const MODULE_FAULTS: ReadonlySet<string> = new Set(['card.removed', 'card.refused', 'reader.unsupported']);

/** Nothing where the module is to blame: it must not look as if the patient's card had been taken out. */
async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Fault && MODULE_FAULTS.has(error.code)) return undefined;
    throw error;
  }
}

/** Left eight bytes XOR right eight bytes. */
function foldedHalves(block: Buffer): Buffer {
  return Buffer.from(block.subarray(0, BLOCK_BYTES).map((byte, at) => byte ^ block[BLOCK_BYTES + at]!));
}

function command(head: number, p1: number, p2: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.of(head >> 8, head & 0xff, p1, p2, data.length), data]);
}
