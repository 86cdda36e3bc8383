import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict } from './common.ts';
import { Identity } from './identity.ts';
import { ASSURANCES, VERIFIERS } from './reading.ts';

/** Readings that may be of one person; more documents nobody carries. */
const READINGS_MAX = 4;

export const IdentityRequest = Strict({
  readingIds: Type.Array(Id, {
    minItems: 1,
    maxItems: READINGS_MAX,
    uniqueItems: true,
    description: '同一个人的读卡结果 / readings of one person',
  }),
});

/** What two documents are compared by. */
export const IDENTITY_FIELDS = ['number', 'name', 'sex', 'birthDate'] as const;

export const OneIdentity = Strict(
  {
    identity: Identity,
    assurance: OneOf(ASSURANCES, { description: '最可信的一份 / that of the surest reading' }),
    verifiedBy: OneOf(VERIFIERS),
    readings: Type.Array(Id),
    differences: Type.Array(OneOf(IDENTITY_FIELDS), {
      description:
        '写法不同但同属一人的项(15 位旧号码、生僻字等)/ fields written differently that yet mean one person',
    }),
  },
  { description: '由一次或多次读卡得出的一个人 / the one person that readings name' },
);

export type IdentityField = (typeof IDENTITY_FIELDS)[number];
export type IdentityRequest = Static<typeof IdentityRequest>;
export type OneIdentity = Static<typeof OneIdentity>;
