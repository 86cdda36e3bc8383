import type { ReportRule } from '../../../schemas/insured-configuration.ts';
import type { FilingState } from '../../../schemas/settlement-words.ts';
import { err, ok, type Result } from '../../result.ts';
import type { StateName } from '../machine.ts';
import { isOutside, type Placed } from '../measures/rules.ts';

/** From one look at a filing whose outcome is open to the next. */
const LOOK_MS = 5 * 60_000;
/** A person decides about it. */
const PERSON_MS = 3_600_000;
/** How long after filing the insurer's list is asked for it: some process what is filed first. */
const CHECK_AFTER_MS = 10 * 60_000;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

/** Taken up: the receiver has said yes, or has begun. */
const TAKEN_UP: ReadonlySet<StateName> = new Set([
  'accepted',
  'active',
  'scheduled',
  'arrived',
  'noted',
  'completed',
]);
const VOID: ReadonlySet<StateName> = new Set(['declined', 'cancelled']);

/** What a change of state means to the insurer; nothing for most. */
export function meaningOf(
  before: StateName | undefined,
  after: StateName,
): 'to-file' | 'to-withdraw' | undefined {
  if (VOID.has(after) && (before === undefined || !VOID.has(before))) return 'to-withdraw';
  if (TAKEN_UP.has(after) && (before === undefined || !TAKEN_UP.has(before))) return 'to-file';
  return undefined;
}

/** Whether a rule is about a referral to this receiver. */
export function applies(
  rule: Pick<ReportRule, 'when' | 'directions'>,
  direction: 'up' | 'down' | 'across',
  peer: Placed | undefined,
  own: Placed,
): boolean {
  if (!(rule.directions ?? ['up', 'across']).includes(direction)) return false;
  return rule.when === 'always' || isOutside(peer, own, {});
}

/** Where the patient goes, as 2501 has it. */
export interface Receiver {
  readonly toCode: string;
  readonly toName: string;
  readonly toDivision: string;
  readonly reach: '1' | '2' | '3';
}

/** The receiver in the insurer's words; the error names what is not known of it. */
export function receiverOf(
  rule: Pick<ReportRule, 'receivers'>,
  peer: Placed & { readonly name: string },
  own: Placed,
): Result<Receiver, 'code' | 'division'> {
  const known = rule.receivers?.[peer.code];
  const toCode = known?.code ?? (peer.code.length <= 12 ? peer.code : undefined);
  const toDivision = known?.division ?? peer.division?.slice(0, 6);
  if (toCode === undefined) return err('code');
  if (toDivision === undefined || own.division === undefined) return err('division');
  return ok({ toCode, toName: peer.name, toDivision, reach: reachOf(toDivision, own.division) });
}

/** refl_type: 1 within the city, 2 elsewhere in the province, 3 beyond. The first two digits are the province. */
function reachOf(to: string, own: string): Receiver['reach'] {
  if (to.slice(0, 4) === own.slice(0, 4)) return '1';
  return to.slice(0, 2) === own.slice(0, 2) ? '2' : '3';
}

/** What is to be done about a report. */
export type Step = 'file' | 'file-anew' | 'withdraw' | 'check' | 'look' | 'call-person' | 'done';

/**
 * The next step, from what is wanted and how its filing stands. A filing in doubt is looked for by the filing side;
 * nothing is filed or withdrawn beside it meanwhile, and the referral goes its way.
 */
export function stepOf(
  wanted: 'filed' | 'withdrawn',
  state: FilingState | undefined,
  isChecked: boolean,
): Step {
  switch (state) {
    case undefined:
      return wanted === 'filed' ? 'file' : 'done';
    case 'sending':
    case 'withdrawing':
    case 'in-doubt':
      return 'look';
    case 'needs-review':
      return 'call-person';
    case 'filed':
      if (wanted === 'withdrawn') return 'withdraw';
      return isChecked ? 'done' : 'check';
    case 'not-filed':
      return wanted === 'filed' ? 'file-anew' : 'done';
    case 'refused':
    case 'withdrawn':
      return 'done';
  }
}

/** When a step that leaves something open is followed by the next. */
export const WAITS_MS = { look: LOOK_MS, 'call-person': PERSON_MS, check: CHECK_AFTER_MS } as const;

/** @param tries failures in a row, from 1; @param random from 0 to 1 */
export function backoffMs(tries: number, random: number): number {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries - 1, 20));
  return Math.round(whole * (1 - random / 2));
}
