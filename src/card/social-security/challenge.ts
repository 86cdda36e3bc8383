import { Fault } from '../../errors.ts';
import { exchange, SW, swText } from '../apdu.ts';
import type { CardSlot } from '../port.ts';

/** What a card draws, and half of what it is shown. */
export const CHALLENGE_BYTES = 8;

/** Status words of ISO 7816-4 by which a card says that it has no such key, at no cost to any counter. */
const NO_KEY: ReadonlySet<number> = new Set([0x6a81, SW.wrongP1P2, SW.dataNotFound, 0x6d00]);

/** Refused for good, out of tries, no longer fresh, or not as the card computed it. */
const NOT_PASSED: ReadonlySet<number> = new Set([0x6300, SW.locked, 0x6983, 0x6984, 0x6988]);

/** GET CHALLENGE. Faults: those of the slot, `card.refused` with the status word. */
export async function drawChallenge(slot: CardSlot): Promise<Buffer> {
  const { data, sw } = await exchange(slot, Buffer.of(0x00, 0x84, 0x00, 0x00, CHALLENGE_BYTES));
  if (sw === SW.done && data.length === CHALLENGE_BYTES) return data;
  throw new Fault('card.refused', { detail: 'no challenge', facts: { sw: swText(sw) } });
}

/**
 * EXTERNAL AUTHENTICATE with the key `key` over the last challenge drawn. Answers whether the card has that key: one
 * it has not costs no try. Faults: those of the slot; `card.authentication` where the card rejects what it is shown,
 * which does cost a try, so that nobody may show it anything else; `card.refused`.
 */
export async function showCryptogram(slot: CardSlot, key: number, data: Buffer): Promise<'open' | 'no-key'> {
  const head = Buffer.of(0x00, 0x82, 0x00, key, data.length);
  const { sw } = await exchange(slot, Buffer.concat([head, data]));
  if (sw === SW.done) return 'open';
  if (NO_KEY.has(sw)) return 'no-key';
  const rejected = NOT_PASSED.has(sw) || (sw & 0xfff0) === 0x63c0;
  throw new Fault(rejected ? 'card.authentication' : 'card.refused', {
    detail: 'external authentication',
    facts: { sw: swText(sw) },
  });
}
