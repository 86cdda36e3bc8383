import Type, { type Static } from 'typebox';
import { Strict } from './common.ts';

/** From a minute to a year. */
const Minutes = Type.Integer({ minimum: 1, maximum: 527_040 });

/** How long each may take; what is left out is as in src/referral/deadlines.ts. */
const Spans = Strict({
  answerMinutes: Type.Optional(Minutes),
  scheduleMinutes: Type.Optional(Minutes),
  outcomeMinutes: Type.Optional(Minutes),
});

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
});

export type ReferralConfiguration = Static<typeof ReferralConfiguration>;
