import type { Referral } from '../../../../schemas/referral.ts';

/** China has one time, and so do its clinics, whatever the clock of an old PC is set to. */
const OFFSET_MS = 8 * 3_600_000;

/** A moment as it is written here: 2026-05-04 09:30. */
export function timeText(at: string): string {
  return new Date(Date.parse(at) + OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');
}

/** What a field of date and time holds, as the gateway takes it. */
export function momentOf(field: string): string {
  return `${field.slice(0, 16)}:00+08:00`;
}

/** A day and hour that an appointment may begin with: tomorrow, nine in the morning. */
export function tomorrow(now: number): string {
  return `${new Date(now + OFFSET_MS + 86_400_000).toISOString().slice(0, 10)}T09:00`;
}

/** When and where a patient is expected, in one line. */
export function appointmentText({
  at,
  department,
  doctor,
  place,
  instructions,
}: NonNullable<Referral['appointment']>): string {
  return [timeText(at), department.name, doctor, place, instructions].filter(Boolean).join(' · ');
}
