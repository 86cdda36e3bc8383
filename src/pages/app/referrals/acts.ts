import type { Act } from '../../../referral/machine.ts';

/** What is filled in for an act. */
export type Field = 'reason' | 'appointment' | 'outcome' | 'form' | 'consent' | 'text';

/** Which table of reasons it takes one from. */
export type Use = 'decline' | 'cancel' | 'review';

interface ActShown {
  /** Filled in before it is done; none: one press does it. The first words say what, `?` that it may be left out. */
  readonly fields: readonly (Field | `${Field}?`)[];
  readonly reasons?: Use;
  /** It ends the referral, or asks for that. */
  readonly grave?: true;
  /** What usually comes next is offered first. */
  readonly main?: true;
}

/** How each act is offered, in the order of the bar; `CONTENT` of the referral side says what each needs and takes. */
export const ACTS_SHOWN: Readonly<Record<Act, ActShown>> = {
  accept: { fields: [], main: true },
  'confirm-cancellation': { fields: ['text?'], main: true, grave: true },
  arrive: { fields: [], main: true },
  schedule: { fields: ['appointment', 'text?'], main: true },
  complete: { fields: ['outcome', 'text?'], main: true },
  reschedule: { fields: ['appointment', 'text?'] },
  note: { fields: ['text'] },
  'no-show': { fields: ['reason?', 'text?'] },
  'cancel-appointment': { fields: ['reason', 'text?'] },
  consent: { fields: ['consent', 'text?'], main: true },
  amend: { fields: ['form', 'text?'] },
  remind: { fields: [] },
  'refuse-cancellation': { fields: ['reason', 'text?'] },
  decline: { fields: ['reason', 'text?'], reasons: 'decline', grave: true },
  'request-cancellation': { fields: ['reason', 'text?'], reasons: 'cancel', grave: true },
};

export const ACT_ORDER = Object.keys(ACTS_SHOWN) as Act[];

/** A field and whether it has to be filled in. */
export function fieldsOf(act: Act): { readonly field: Field; readonly needed: boolean }[] {
  return ACTS_SHOWN[act].fields.map((each) => ({
    field: each.replace('?', '') as Field,
    needed: !each.endsWith('?'),
  }));
}

/** What may be done now, in the order of the bar. */
export function offered(actions: readonly Act[]): Act[] {
  return ACT_ORDER.filter((act) => actions.includes(act));
}
