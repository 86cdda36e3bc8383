import type { Request, Verdict } from '../requester.ts';
import { type CcidCommand, type CcidMessage, encodeCommand, messageType } from './frame.ts';
import type { CcidToken } from './framer.ts';
import { wantsTime } from './status.ts';

/** These readers have one slot, or a first one that takes the patient's card. */
const SLOT = 0;

/** One command to the slot. */
export interface CcidStep extends Pick<CcidCommand, 'type' | 'parameters' | 'data'> {
  readonly what: string;
  readonly timeoutMs: number;
  /** Told when a card is taken out or put in meanwhile. */
  readonly onSlotChange?: () => void;
}

/** The step as a request with the number `seq`, which its answer repeats. */
export function requestOf(step: CcidStep, seq: number): Request<CcidToken, CcidMessage> {
  const { what, timeoutMs, type, parameters, data } = step;
  const bytes = encodeCommand({
    type,
    slot: SLOT,
    seq,
    ...(parameters ? { parameters } : {}),
    ...(data ? { data } : {}),
  });
  const judge = (token: CcidToken): Verdict<CcidMessage> => {
    if (token.kind === 'nak') return 'repeat';
    if (token.kind === 'time-request') return 'more-time';
    if (token.kind === 'message') return judgeMessage(token.message, seq);
    step.onSlotChange?.();
    // A reader that notices a card's coming or going may forget the command it was at.
    return 'hurry';
  };
  return { what, timeoutMs, bytes, judge };
}

function judgeMessage(message: CcidMessage, seq: number): Verdict<CcidMessage> {
  const isAnswer = message.type === messageType.dataBlock || message.type === messageType.slotStatus;
  if (!isAnswer || message.slot !== SLOT || message.seq !== seq) return 'not-mine';
  return wantsTime(message) ? 'more-time' : { answer: message };
}
