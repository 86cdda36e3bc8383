import Type, { type Static } from 'typebox';
import { Strict } from './common.ts';

/** From a minute to the time for which a receiver remembers messages, 90 days. */
const Minutes = Type.Integer({ minimum: 1, maximum: 129_600 });

/** Rules for messages between organisations. */
export const DeliveryConfiguration = Strict({
  /** After how many minutes a message nobody took is given up and reported, by the priority of its referral. */
  expiryMinutes: Type.Optional(
    Strict({
      stat: Type.Optional(Minutes),
      urgent: Type.Optional(Minutes),
      routine: Type.Optional(Minutes),
    }),
  ),
});

export type DeliveryConfiguration = Static<typeof DeliveryConfiguration>;
