import type { AttachmentState } from '../../../schemas/attachment.ts';

/**
 * The states of a file that goes with a referral, at the end that attached it (own) and at the other (peer).
 *
 *     own:   sending ──every part delivered──► sent ──the other side's word──► taken | refused
 *               ▲└──a part was given up──► stalled
 *               └──replayed, and all of them delivered──┘
 *     peer:  receiving ──every part here──► whole ──hash, type and scan──► taken | refused
 *
 * That a part was delivered is the transport's word; `taken` and `refused` are the other side's, who has seen the whole.
 */
export type AttachmentEvent =
  | 'part-delivered'
  | 'caught-up'
  | 'last-part-delivered'
  | 'part-dead'
  | 'part-taken'
  | 'last-part-taken'
  | 'told-taken'
  | 'told-refused'
  | 'verified'
  | 'rejected';

/** The other side's word may come before the receipt of the last part, and after a part was given up too early. */
const TABLE: Readonly<Record<AttachmentState, Partial<Record<AttachmentEvent, AttachmentState>>>> = {
  sending: {
    'part-delivered': 'sending',
    'caught-up': 'sending',
    'last-part-delivered': 'sent',
    'part-dead': 'stalled',
    'told-taken': 'taken',
    'told-refused': 'refused',
  },
  stalled: {
    'part-delivered': 'stalled',
    'caught-up': 'sending',
    'last-part-delivered': 'sent',
    'part-dead': 'stalled',
    'told-taken': 'taken',
    'told-refused': 'refused',
  },
  sent: { 'told-taken': 'taken', 'told-refused': 'refused' },
  receiving: { 'part-taken': 'receiving', 'last-part-taken': 'whole', rejected: 'refused' },
  whole: { verified: 'taken', rejected: 'refused' },
  taken: {},
  refused: {},
};

/** The state after an event; undefined where the event comes too late to change anything. */
export function nextState(state: AttachmentState, event: AttachmentEvent): AttachmentState | undefined {
  return TABLE[state][event];
}
