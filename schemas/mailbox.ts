import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict, Timestamp } from './common.ts';

/** How long an organisation may have us wait for mail, and how much it gets at once. */
export const MAILBOX_WAIT_S_MAX = 50;
export const MAILBOX_MESSAGES_MAX = 50;

/** What became of a message that was handed over: on disk there, to be handed over again later, or never taken. */
export const MailboxResult = Strict({
  /** The id under which it was handed over. */
  id: Id,
  outcome: OneOf(['taken', 'later', 'refused']),
  receivedAt: Type.Optional(Timestamp),
  duplicate: Type.Optional(Type.Boolean()),
  /** Why it was not taken. */
  code: Type.Optional(Type.String({ pattern: '^[a-z.-]{1,60}$' })),
});

/** The body of a link.collect message: an organisation that we can't reach comes for its mail. */
export const MailboxRequest = Strict({
  version: Type.Literal(1),
  /** Which of its gateways asks: a new question of one takes the place of its old one. */
  collector: Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' }),
  waitS: Type.Integer({ minimum: 0, maximum: MAILBOX_WAIT_S_MAX }),
  max: Type.Integer({ minimum: 1, maximum: MAILBOX_MESSAGES_MAX }),
  results: Type.Array(MailboxResult, { maxItems: MAILBOX_MESSAGES_MAX }),
});

/** Messages in their order, each as it would have been posted. Handed over again until its result comes. */
export const MailboxAnswer = Strict({
  messages: Type.Array(
    Strict({
      id: Id,
      headers: Type.Record(Type.String({ maxLength: 60 }), Type.String({ maxLength: 1_000 })),
      body: Type.String(),
    }),
    { maxItems: MAILBOX_MESSAGES_MAX },
  ),
});

export type MailboxResult = Static<typeof MailboxResult>;
export type MailboxRequest = Static<typeof MailboxRequest>;
export type MailboxAnswer = Static<typeof MailboxAnswer>;
