import Type, { type Static } from 'typebox';
import { Day, OneOf, Strict, Text } from './common.ts';

/** Documents a person is known by; the codes of psn_cert_type stand in the insurer adapter. */
export const DOCUMENT_TYPES = [
  'resident-id',
  'residence-permit',
  'foreigner-permit',
  'passport',
  'other',
] as const;

/** The person a reading names, or that a HIS gives. */
export const Identity = Strict({
  documentType: OneOf(DOCUMENT_TYPES),
  documentNumber: Type.String({ pattern: '^[0-9A-Za-z()/-]{5,30}$', description: '证件号码' }),
  name: Text(50, '姓名'),
  sex: Type.Optional(OneOf(['male', 'female', 'unknown'])),
  birthDate: Type.Optional(Day),
  /** 卡识别码 of a social-security card, 32 hex digits. */
  cardId: Type.Optional(Type.String({ pattern: '^[0-9A-Fa-f]{32}$', description: '卡识别码' })),
  /** 社会保障卡卡号. */
  cardNumber: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z]{1,30}$', description: '社保卡卡号' })),
  /** ecToken: what the insurer gave for a decoded 医保电子凭证; the credential of the visit (mdtrt_cert_type 01). */
  insuranceCodeToken: Type.Optional(
    Type.String({ pattern: '^[\\x21-\\x7e]{1,64}$', description: '医保电子凭证令牌 ecToken' }),
  ),
});

export type Identity = Static<typeof Identity>;
