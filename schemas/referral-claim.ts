import Type, { type Static } from 'typebox';
import { OneOf, Strict, Text, Timestamp } from './common.ts';
import { StaffNumber } from './referral-content.ts';

/** A doctor of this side, who takes a referral on. */
export const Claimant = Strict({ number: StaffNumber, name: Text(50, '医生') });
export const Claim = Strict({ doctor: Claimant, at: Timestamp });

export const ClaimRequest = Strict({ doctor: Claimant });
export const ReleaseRequest = Strict({
  doctor: Claimant,
  reason: Type.Optional(Text(500, '代为释放的原因')),
});

export const ReasonTable = Strict({
  items: Type.Array(
    Strict({
      code: Type.String(),
      for: OneOf(['decline', 'cancel', 'review']),
      zh: Type.String(),
      en: Type.String(),
    }),
  ),
});

export type ClaimRequest = Static<typeof ClaimRequest>;
export type ReleaseRequest = Static<typeof ReleaseRequest>;
export type Claimant = Static<typeof Claimant>;
export type Claim = Static<typeof Claim>;
