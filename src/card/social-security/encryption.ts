import { Fault } from '../../errors.ts';
import { exchange, SW, swText } from '../apdu.ts';
import type { AuthenticationAnswer, AuthenticationRequest, CardSlot, SocialSecurityCard } from '../port.ts';
import { drawChallenge, showCryptogram } from './challenge.ts';

/** Of a card, what the encryption machine derives its keys by. */
export type KeyedCard = Pick<SocialSecurityCard, 'cardId' | 'resetInformation' | 'algorithm'>;

/** P2 of EXTERNAL AUTHENTICATE: the key of generation 3 that opens 卡号 and EF06 for reading. */
const READING_KEY = 0x0a;

/** Of a result and the card's own answer, these hex digits must agree; what follows differs between cards. */
const COMPARED_DIGITS = 16;

const algorithmCodes = { des: '01', ssf33: '02', sm4: '03' } as const;

/** What the machine is asked, and the card's own answer, with which its answer must agree. */
export interface Challenge {
  readonly request: AuthenticationRequest;
  /** Hex digits of the card's internal authentication. */
  readonly internal: string;
}

/**
 * Step one (iReadCardBas_HSM_Step1 of LD/T 33): draws the challenges and has the card authenticate itself. Of each pair
 * the source is drawn first and the process factor last: the card holds what is shown to it against its last challenge,
 * so nothing may be drawn between this step and the next. A card that reads freely (generations 1 and 2) has no external
 * half. Faults: those of the slot, `card.refused` with the status word.
 */
export async function challenge(slot: CardSlot, card: KeyedCard, external: boolean): Promise<Challenge> {
  const internalSource = await drawChallenge(slot);
  const internalFactor = await drawChallenge(slot);
  const internal = await internalAuthenticate(slot, internalFactor, internalSource);
  const externalSource = external ? await drawChallenge(slot) : undefined;
  const externalFactor = external ? await drawChallenge(slot) : undefined;
  return {
    request: {
      region: card.cardId.slice(0, 6),
      resetInformation: card.resetInformation,
      algorithm: algorithmCodes[card.algorithm],
      cardId: card.cardId,
      internalFactor: hex(internalFactor),
      internalSource: hex(internalSource),
      externalFactor: hex(externalFactor),
      externalSource: hex(externalSource),
    },
    internal: hex(internal),
  };
}

/**
 * Step two: compares the machine's internal result with the card's own, and shows the card the external one, unless it
 * has no external half. A card that is not what it says is shown nothing. Faults: those of the slot,
 * `card.authentication`, `card.refused`.
 */
export async function respond(
  slot: CardSlot,
  { request, internal }: Challenge,
  answer: AuthenticationAnswer,
): Promise<void> {
  if (answer.internal.slice(0, COMPARED_DIGITS) !== internal.slice(0, COMPARED_DIGITS)) {
    throw new Fault('card.authentication', { detail: 'internal authentication' });
  }
  if (request.externalFactor === '') return;
  const shown = await showCryptogram(slot, READING_KEY, Buffer.from(answer.external, 'hex'));
  if (shown === 'no-key') {
    throw new Fault('card.refused', {
      detail: 'external authentication',
      facts: { sw: swText(SW.dataNotFound) },
    });
  }
}

/** INTERNAL AUTHENTICATE over `factor ‖ source`. */
async function internalAuthenticate(slot: CardSlot, factor: Buffer, source: Buffer): Promise<Buffer> {
  const data = Buffer.concat([factor, source]);
  const { data: answer, sw } = await exchange(
    slot,
    Buffer.concat([Buffer.of(0x00, 0x88, 0x00, 0x00, data.length), data]),
  );
  if (sw === SW.done && answer.length >= COMPARED_DIGITS / 2) return answer;
  throw new Fault('card.refused', { detail: 'internal authentication', facts: { sw: swText(sw) } });
}

function hex(bytes: Buffer | undefined): string {
  return bytes?.toString('hex').toUpperCase() ?? '';
}
