import Type, { type Static } from 'typebox';
import { Amount, Id, Strict, Text } from './common.ts';
import { Identity } from './identity.ts';
import { UsedReferral } from './visit-referral.ts';

/** Who works at the desk, for the insurer's own records. */
export const Operator = Strict({
  no: Type.String({ pattern: '^[0-9A-Za-z_-]{1,20}$', description: '操作员编号' }),
  name: Text(50, '操作员姓名'),
});

/** The person: as given, or as a reading names them. One of the two. */
export const Person = {
  identity: Type.Optional(Identity),
  readingId: Type.Optional(Id),
};

export const EligibilityRequest = Strict({ insurer: Id, ...Person, operator: Type.Optional(Operator) });

export const Eligibility = Strict({
  insurer: Id,
  personNumber: Type.String({ description: '人员编号' }),
  name: Type.String(),
  insurances: Type.Array(
    Strict({
      insutype: Type.String({ description: '险种' }),
      personType: Type.String({ description: '人员类别' }),
      active: Type.Boolean({ description: '今天能否使用 / whether it can be used today' }),
      balance: Amount,
      insuredPlace: Type.String({ description: '参保地区划' }),
    }),
  ),
  classes: Type.Array(
    Strict({
      code: Type.String({ description: '人员身份 / person class' }),
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
    }),
  ),
  referral: Type.Optional(UsedReferral),
  exchangeId: Id,
});

export type EligibilityRequest = Static<typeof EligibilityRequest>;
export type Eligibility = Static<typeof Eligibility>;
