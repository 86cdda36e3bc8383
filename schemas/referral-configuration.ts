import Type, { type Static } from 'typebox';
import { OneOf, Strict } from './common.ts';
import { ContactConfiguration } from './referral-contact.ts';

/** From a minute to a year. */
const Minutes = Type.Integer({ minimum: 1, maximum: 527_040 });

/** How long each may take; what is left out is as in src/referral/deadlines.ts. */
const Spans = Strict({
  reviewMinutes: Type.Optional(Minutes),
  answerMinutes: Type.Optional(Minutes),
  scheduleMinutes: Type.Optional(Minutes),
  outcomeMinutes: Type.Optional(Minutes),
});

/** What the receiver of a referral can have reviewed before it goes out. */
export const REVIEWABLE = ['accept', 'decline', 'arrive', 'complete'] as const;

/** How referrals are handled in this institution. */
export const ReferralConfiguration = Strict({
  /** What is overdue when, by priority; there is no national figure. */
  deadlines: Type.Optional(
    Strict({
      routine: Type.Optional(Spans),
      urgent: Type.Optional(Spans),
      stat: Type.Optional(Spans),
    }),
  ),
  /** 转出审核, 转入审核: what a reviewer lets go before it is sent. None without it. */
  review: Type.Optional(
    Strict({
      out: Type.Optional(Type.Boolean()),
      in: Type.Optional(Type.Array(OneOf(REVIEWABLE), { uniqueItems: true })),
    }),
  ),
  /**
   * How long an accepted referral holds for what a visit here costs: days from when it was sent, of the appointment or
   * of the arrival, whichever is last. No national rule says.
   */
  validDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })),
  /** Whom emergencies that arrive here are told to, all at once. */
  contacts: Type.Optional(Type.Array(ContactConfiguration, { maxItems: 20 })),
});

export type ReferralConfiguration = Static<typeof ReferralConfiguration>;
