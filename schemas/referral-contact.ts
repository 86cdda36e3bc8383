import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict, Text, Timestamp } from './common.ts';
import { Claimant } from './referral-claim.ts';

/** emergency, chest-pain-centre, duty-doctor: what the receiving institution calls those it has told of emergencies. */
export const ContactRole = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,31}$',
  description: '告知对象的代码,如 emergency、chest-pain-centre / code of who is told',
});

/** system: by the event log, a webhook or a page; telephone: somebody calls. */
const TOLD = ['system', 'telephone'] as const;

/** Whom an emergency that arrives here is told to. */
export const ContactConfiguration = Strict({
  role: ContactRole,
  name: Text(50),
  told: OneOf(TOLD),
  telephone: Type.Optional(Type.String({ pattern: '^[0-9+() -]{3,25}$' })),
});

/** Whom a green-channel referral names; all there are where it names nobody, or nobody that is known there. */
export const Notify = Type.Array(ContactRole, { minItems: 1, maxItems: 20, uniqueItems: true });

const Told = {
  role: ContactRole,
  name: Text(50),
  told: OneOf(TOLD, { description: 'system 系统内,telephone 需电话告知 / by the system, or by a call' }),
  toldAt: Timestamp,
  seenAt: Type.Optional(Timestamp),
  seenBy: Type.Optional(Claimant),
};

/** Who was told of an emergency, and who of them has seen it. */
export const Contact = Strict({
  ...Told,
  telephone: Type.Optional(Type.String({ description: '仅接收方 / at the receiver only' })),
});

export const SeenRequest = Strict({ by: Claimant });

/** The body of a referral.contacts message: all that the receiver has told of a case, as it stands. */
export const ContactsMessage = Strict({
  version: Type.Literal(1),
  caseId: Id,
  contacts: Type.Array(Strict(Told), { minItems: 1, maxItems: 20 }),
});

export type ContactConfiguration = Static<typeof ContactConfiguration>;
export type Contact = Static<typeof Contact>;
export type ContactsMessage = Static<typeof ContactsMessage>;
