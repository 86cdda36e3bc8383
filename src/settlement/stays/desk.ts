import type { Identity } from '../../../schemas/identity.ts';
import type {
  StayChangeRequest,
  StayChargesRequest,
  StayDischargeRequest,
  StayRequest,
} from '../../../schemas/stay.ts';
import { Fault } from '../../errors.ts';
import { fenOf } from '../../money.ts';
import type { Discharge, ReferralNote } from '../port.ts';
import type { NewCharge } from './model.ts';
import type { NewStay, StayPatch } from './service.ts';

/** What the routes of stays make of what a desk sends, whose form the schema has checked. */
export function newStayOf(
  body: StayRequest,
  identity: Identity,
  referral: ReferralNote | undefined,
): NewStay {
  const { insurer, identity: _identity, readingId: _reading, admittedAt, ...others } = body;
  const { referral: _told, referralId: _id, useReferral: _use, ...told } = others;
  const followed = referral && { referral };
  return { insurer, stay: { ...told, ...followed, identity, admittedAt: Date.parse(admittedAt) } };
}

export function patchOf({ admittedAt, ...told }: StayChangeRequest): StayPatch {
  return { ...told, ...(admittedAt === undefined ? {} : { admittedAt: Date.parse(admittedAt) }) };
}

export function chargesOf({ charges }: StayChargesRequest): NewCharge[] {
  return charges.map(({ amount, occurredAt, ...charge }, index) => {
    const fen = fenOf(amount);
    if (!fen.ok) {
      const pointer = `/body/charges/${index}/amount`;
      throw new Fault('settlement.charges', { pointer, detail: fen.error });
    }
    return { ...charge, amountFen: fen.value, occurredAt: Date.parse(occurredAt) };
  });
}

export function dischargeOf({ at, ...told }: StayDischargeRequest): Discharge {
  return { ...told, at: Date.parse(at) };
}
