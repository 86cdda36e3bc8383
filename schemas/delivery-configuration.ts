import Type, { type Static } from 'typebox';
import { Strict } from './common.ts';
import { Secret } from './configuration-words.ts';

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
  /** How many days after it was made a message is still taken: fewer than the 90 that messages are remembered. */
  messageAgeDaysMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 80 })),
  /** Our Ed25519 private key, whsk_: what we send is signed with it too. */
  signingKey: Type.Optional(Secret),
  /** Our X25519 private keys, yksk_: two while one is being changed. */
  decryptionKeys: Type.Optional(Type.Array(Secret, { maxItems: 2 })),
});

export type DeliveryConfiguration = Static<typeof DeliveryConfiguration>;
