import type { Identity } from '../../../../schemas/identity.ts';
import type { CreateReferral, Referral } from '../../../../schemas/referral.ts';
import { filled } from './filled.ts';
import { momentOf } from './times.ts';

/** What is being made: a referral, an emergency, or one that follows from a referral that came here. */
export type Making =
  | { readonly kind: 'new' | 'green' }
  /** onward: to the next level; return: back to where the patient came from, with the outcome. */
  | { readonly kind: 'onward' | 'return'; readonly of: Referral };

/** Who is referred: as a reading names them, or as the referral does that this one follows from. */
export type Person =
  | { readonly readingId: string; readonly name: string; readonly number: string }
  | { readonly identity: Identity; readonly name: string; readonly number: string };

/** What is filled in. */
export interface Typed {
  readonly to: string;
  readonly department: { readonly name: string };
  readonly priority: CreateReferral['priority'];
  readonly patient?: Pick<CreateReferral['patient'], 'phone' | 'address' | 'recordNumber'>;
  readonly form?: CreateReferral['form'];
  readonly outcome?: CreateReferral['outcome'];
  readonly consent: CreateReferral['consent'];
  readonly retro?: boolean;
  readonly occurredAt?: string;
}

export function personOf({ patient: { identity } }: Pick<Referral, 'patient'>): Person {
  return { identity, name: identity.name, number: identity.documentNumber };
}

/** The referral as the gateway takes it. */
export function requestOf(making: Making, person: Person, typed: Typed): CreateReferral {
  const { retro, occurredAt, patient = {}, form, outcome, ...rest } = filled(typed) ?? typed;
  return {
    ...rest,
    form: form ?? formOf(outcome),
    patient: {
      ...('readingId' in person ? { readingId: person.readingId } : { identity: person.identity }),
      ...patient,
    },
    ...(making.kind === 'green' ? { channel: 'green' } : {}),
    ...(making.kind === 'onward' ? { onwardOf: making.of.id } : {}),
    ...(making.kind === 'return' ? { returnOf: making.of.id, ...(outcome ? { outcome } : {}) } : {}),
    ...(retro ? { retro, ...(occurredAt ? { occurredAt: momentOf(occurredAt) } : {}) } : {}),
  };
}

/** Why somebody goes back is what became of them: the return form says it, and is not typed twice. */
function formOf(outcome: Typed['outcome']): CreateReferral['form'] {
  const { diagnosis = '', nextPlan, treatment, doctor = { name: '' } } = outcome ?? {};
  return {
    impression: diagnosis,
    presentIllness: nextPlan ?? treatment?.slice(0, PRESENT_ILLNESS_MAX) ?? diagnosis,
    ...(treatment === undefined ? {} : { treatment: treatment.slice(0, PRESENT_ILLNESS_MAX) }),
    doctor,
  };
}

/** As the outgoing form bounds it; a return form may be longer. */
const PRESENT_ILLNESS_MAX = 2_000;
