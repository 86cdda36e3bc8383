import Type, { type Static } from 'typebox';
import { Strict } from './common.ts';
import { Name, Url } from './configuration-words.ts';

/** Medical assistance (医疗救助) by the civil-affairs department's own service. */
export const AssistanceConfiguration = Strict({
  id: Name,
  adapter: Type.Literal('assistance'),
  name: Type.Optional(Type.String({ maxLength: 60 })),
  url: Url,
  hospitalId: Type.String({ minLength: 1, maxLength: 40 }),
  hospitalName: Type.String({ minLength: 1, maxLength: 200 }),
  /** Division of the institution. */
  hospitalArea: Type.String({ pattern: '^[0-9]{6,12}$' }),
  /** The namespace of its methods, where its WSDL says otherwise. */
  namespace: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 600_000 })),
});

/** The card's electronic purse as a payer of what is left to the patient. */
export const PursePayerConfiguration = Strict({
  id: Name,
  adapter: Type.Literal('purse'),
  name: Type.Optional(Type.String({ maxLength: 60 })),
  /** How long the card is waited for. */
  cardWaitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })),
  /** How long the whole purchase may take. */
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 600_000 })),
});

/** Cash over the counter, recorded as a payer. */
export const CashConfiguration = Strict({
  id: Name,
  adapter: Type.Literal('cash'),
  name: Type.Optional(Type.String({ maxLength: 60 })),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 600_000 })),
});

export type AssistanceConfiguration = Static<typeof AssistanceConfiguration>;
export type PursePayerConfiguration = Static<typeof PursePayerConfiguration>;
export type CashConfiguration = Static<typeof CashConfiguration>;
