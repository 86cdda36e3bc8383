import Type, { type Static } from 'typebox';
import { OneOf, Strict } from '../../../schemas/common.ts';
import { DOCUMENT_KINDS, READER_SPOTS } from '../../../schemas/reading.ts';
import { checkOf } from '../../schema-checks.ts';
import { Base64 } from './base64.ts';
import { WireTold } from './told.ts';

/** Security modules that one reader may have. */
export const SAMS_MAX = 8;

/** Longer than any time-out a caller gives. */
const Wait = Type.Integer({ minimum: 0, maximum: 600_000 });
const Command = Base64(4_096);
const Answer = Base64(8_192);
const Documents = Type.Array(OneOf(DOCUMENT_KINDS), { maxItems: DOCUMENT_KINDS.length, uniqueItems: true });

/** The two places for cards, and the security modules by their slot, from 1. */
const SlotName = Type.String({ pattern: `^(contact|contactless|sam-[1-${SAMS_MAX}])$` });

/** What the gateway can ask of a reader of a desk while it has it to itself: the calls of `OpenReader`. */
export const Ask = Type.Union([
  Strict({
    op: Type.Literal('read'),
    accept: Documents,
    spot: OneOf(READER_SPOTS),
    timeoutMs: Wait,
    newAddress: Type.Boolean(),
  }),
  Strict({ op: Type.Literal('power-on'), slot: SlotName, timeoutMs: Wait }),
  Strict({ op: Type.Literal('transmit'), slot: SlotName, command: Command, timeoutMs: Wait }),
  Strict({ op: Type.Literal('power-off'), slot: SlotName, timeoutMs: Wait }),
  Strict({ op: Type.Literal('find-id'), timeoutMs: Wait }),
  Strict({ op: Type.Literal('read-id'), timeoutMs: Wait }),
  Strict({ op: Type.Literal('read-new-address'), timeoutMs: Wait }),
  Strict({ op: Type.Literal('next-code'), timeoutMs: Wait }),
  Strict({
    op: Type.Literal('type-pin'),
    slot: SlotName,
    kind: OneOf(['verify', 'change']),
    header: Base64(4),
    digitsMin: Type.Integer({ minimum: 0, maximum: 20 }),
    digitsMax: Type.Integer({ minimum: 0, maximum: 20 }),
    timeoutMs: Wait,
  }),
  Strict({
    op: Type.Literal('library'),
    name: Type.String({ maxLength: 64 }),
    args: Type.Array(Type.Union([Type.Number(), Type.String({ maxLength: 1_024 })]), { maxItems: 16 }),
    timeoutMs: Wait,
  }),
]);

/** What a reader has to offer to who claimed it. */
export const Offers = Strict({
  kinds: Documents,
  contact: Type.Boolean(),
  contactless: Type.Boolean(),
  sams: Type.Integer({ minimum: 0, maximum: SAMS_MAX }),
  residentId: OneOf(['none', 'text', 'text-and-new-address']),
  codes: Type.Boolean(),
  pinPad: Type.Boolean(),
  library: Type.Boolean(),
  deviceNumber: Type.Optional(Type.String({ maxLength: 64 })),
});

const MaybeBytes = Strict({ bytes: Type.Optional(Answer) });
const Bytes = Strict({ bytes: Answer });

/** What each of them is answered with; `claim` is the answer to having a reader to oneself. */
const answers = {
  claim: Offers,
  read: WireTold,
  'power-on': MaybeBytes,
  transmit: Bytes,
  'power-off': Strict({}),
  'find-id': Strict({ found: Type.Boolean() }),
  'read-id': Strict({ text: Base64(1_024), photo: Base64(4_096) }),
  'read-new-address': MaybeBytes,
  'next-code': Strict({ code: Type.Optional(Type.String({ maxLength: 4_096 })) }),
  'type-pin': Bytes,
  library: Strict({ ret: Type.Integer(), out: Type.String({ maxLength: 16_384 }) }),
};

export type Ask = Static<typeof Ask>;
export type Op = Ask['op'];
export type SlotName = 'contact' | 'contactless' | `sam-${number}`;
export type Offers = Static<typeof Offers>;
export type AnswerTo<Name extends Op | 'claim'> = Static<(typeof answers)[Name]>;

export const isAsk = checkOf<Ask>(Ask);

const checks = new Map(Object.entries(answers).map(([op, schema]) => [op, checkOf(schema)]));

/** Whether a value from the wire is an answer to that. */
export function isAnswerTo<Name extends Op | 'claim'>(op: Name, value: unknown): value is AnswerTo<Name> {
  return checks.get(op)?.(value) ?? false;
}
