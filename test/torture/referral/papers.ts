import type { CreateReferral, ReferralAct } from '../../../schemas/referral.ts';
import type { Chance } from '../../end-to-end/random.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';

/** Emergencies, some of them without a consent yet; and what is entered after the fact. */
const GREEN_CHANCE = 0.15;
const OWED_CHANCE = 0.5;
const RETRO_CHANCE = 0.05;

type Act = ReferralAct['type'];

const reason = { reason: { text: '患者要求' } };
const appointment = { at: '2026-12-01T09:00:00+08:00', department: { name: '心血管内科' } };
const form = { impression: '原发性高血压', presentIllness: '头晕三个月', doctor: { name: '示例医师' } };
const consent = { given: 'written', by: 'patient' } as const;
export const outcome = { diagnosis: '原发性高血压', doctor: { name: '示例医师' } };

/** What each act brings with it. */
const CONTENT: Readonly<Record<Act, Omit<ReferralAct, 'type'>>> = {
  accept: {},
  decline: reason,
  schedule: { appointment },
  reschedule: { appointment },
  'no-show': {},
  'cancel-appointment': reason,
  arrive: {},
  note: { text: '病情平稳' },
  complete: { outcome },
  'request-cancellation': reason,
  'confirm-cancellation': {},
  'refuse-cancellation': reason,
  remind: {},
  amend: {},
  consent: { consent },
};

/** An act with what belongs to it; an amended form is another one each time. */
export function actOf(type: Act, chance: Chance): ReferralAct {
  if (type !== 'amend') return { type, ...CONTENT[type] };
  return { type, form: { ...form, presentIllness: `头晕三个月,${chance.between(1, 1_000_000)}` } };
}

/** A patient to be sent: most as usual, some as emergencies, some entered later. */
export function patientTo(to: string, chance: Chance): CreateReferral {
  const green = chance.next() < GREEN_CHANCE;
  const owed = green && chance.next() < OWED_CHANCE;
  const retro = !owed && chance.next() < RETRO_CHANCE;
  return {
    to,
    priority: green ? 'stat' : chance.oneOf(['routine', 'urgent', 'stat']),
    department: { name: '心血管内科' },
    patient: {
      identity: { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME },
    },
    form,
    consent: owed ? { given: 'deferred', by: 'patient' } : consent,
    ...(green ? { channel: 'green' } : {}),
    ...(retro ? { retro, occurredAt: '2026-03-01T09:00:00+08:00' } : {}),
  };
}
