import type { Request, Verdict } from '../requester.ts';
import { type CcidCommand, type CcidMessage, encodeCommand, messageType } from './frame.ts';
import type { CcidToken } from './framer.ts';
import { wantsTime } from './status.ts';

/** The first slot takes the patient's card; those behind it, where a reader has any, take security modules. */
export const CARD_SLOT = 0;

/** One command to a slot. */
export interface CcidStep extends Pick<CcidCommand, 'type' | 'slot' | 'parameters' | 'data'> {
  readonly what: string;
  readonly timeoutMs: number;
  /** Told when the patient's card is taken out or put in meanwhile. */
  readonly onSlotChange?: () => void;
}

/** The step as a request with the number `seq`, which its answer repeats. */
export function requestOf(step: CcidStep, seq: number): Request<CcidToken, CcidMessage> {
  const { what, timeoutMs, type, slot, parameters, data } = step;
  const bytes = encodeCommand({
    type,
    slot,
    seq,
    ...(parameters ? { parameters } : {}),
    ...(data ? { data } : {}),
  });
  const judge = (token: CcidToken): Verdict<CcidMessage> => {
    if (token.kind === 'nak') return 'repeat';
    if (token.kind === 'time-request') return 'more-time';
    if (token.kind === 'message') return judgeMessage(token.message, slot, seq);
    step.onSlotChange?.();
    // A reader that notices a card's coming or going may forget the command it was at.
    return 'hurry';
  };
  return { what, timeoutMs, bytes, judge };
}

function judgeMessage(message: CcidMessage, slot: number, seq: number): Verdict<CcidMessage> {
  const isAnswer = message.type === messageType.dataBlock || message.type === messageType.slotStatus;
  if (!isAnswer || message.slot !== slot || message.seq !== seq) return 'not-mine';
  return wantsTime(message) ? 'more-time' : { answer: message };
}
