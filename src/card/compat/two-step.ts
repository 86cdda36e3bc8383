import type { CompatAnswer } from '../../../schemas/compat.ts';
import { Fault } from '../../errors.ts';
import { readChipCard } from '../chip.ts';
import { type ChipSessionParts, type PresentedChip, withChip } from '../chip-session.ts';
import type { CardService } from '../service.ts';
import type { Authenticator } from '../social-security/authentication.ts';
import { basString, NO_PSAM } from '../social-security/bas.ts';
import { challenge, respond } from '../social-security/encryption.ts';
import { type ActCall, lookOf } from './acts.ts';
import { type Ask, HOLD_MS } from './dialogue.ts';
import { RET } from './return-codes.ts';
import { machineAnswerOf, stepOneString } from './step-one.ts';

/** What reading the card may take, before and after the machine was asked. */
const READING_LIMIT_MS = 20_000;

/**
 * iReadCardBas_HSM_Step1 and _Step2 with our own card code: draws the challenges, tells them to the caller, who has the
 * encryption machine answer them, and shows the card the answers. The card stays powered, and the reader taken,
 * meanwhile. Faults: those of `withChip`, of reading the card, and of the rules (`CardService.admit`).
 */
export function readInTwoSteps(
  parts: ChipSessionParts & { readonly cards: CardService },
  call: ActCall,
  ask: Ask,
): Promise<CompatAnswer> {
  return withChip(
    parts,
    call.reader,
    lookOf(call),
    { run: (chip) => read(parts.cards, chip, call.reader, ask), limitMs: READING_LIMIT_MS + HOLD_MS },
    call.cancelled,
  );
}

async function read(
  cards: CardService,
  { reader, slot, atr }: PresentedChip,
  id: string,
  ask: Ask,
): Promise<CompatAnswer> {
  const contactless = slot === reader.contactless;
  const kinds = ['social-security-card'] as const;
  const told = await readChipCard(slot, atr, kinds, { contactless, authenticator: byCaller(ask, true) });
  if (told.kind !== 'social-security-card') throw new Error('only social-security cards are read');
  const { card } = told;
  // One that reads freely has no external half; that it is no copy, the machine tells all the same.
  if (card.authenticatedBy === undefined) await byCaller(ask, false).authenticate(slot, card);
  cards.admit(card);
  return {
    ret: card.holder === 'locked' ? RET.noPsam : RET.done,
    pOutInfo: basString(card, { terminalNumber: NO_PSAM, deviceNumber: id }),
  };
}

/** The caller's own way to an encryption machine. */
function byCaller(ask: Ask, external: boolean): Authenticator {
  return {
    async authenticate(slot, card) {
      const challenged = await challenge(slot, card, external);
      const stepOne = { ret: RET.done, pOutInfo: stepOneString(challenged.request) };
      const { pKey = '' } = await ask(stepOne, 'iReadCardBas_HSM_Step2');
      try {
        await respond(slot, challenged, machineAnswerOf(pKey));
      } catch (error) {
        throw differs(error)
          ? new Fault('card.authentication', { facts: { ret: RET.machineDiffers } })
          : error;
      }
      return { by: 'encryption-machine' };
    },
  };
}

/** Card and machine disagree over the internal authentication, which no status word tells. */
function differs(error: unknown): boolean {
  return (
    error instanceof Fault && error.code === 'card.authentication' && error.context.facts?.sw === undefined
  );
}
