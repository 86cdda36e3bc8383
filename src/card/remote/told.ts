import Type, { type Static } from 'typebox';
import { OneOf, Strict } from '../../../schemas/common.ts';
import { type ErrorCode, errorTable } from '../../errors.ts';
import type { Told } from '../port.ts';
import { Base64, base64Of, bytesOf } from './base64.ts';

const Field = Type.String({ maxLength: 500 });

const ERROR_CODES = Object.keys(errorTable) as ErrorCode[];

const SocialSecurityCard = Strict({
  resetInformation: Field,
  algorithm: OneOf(['des', 'ssf33', 'sm4']),
  cardId: Field,
  category: Field,
  version: Field,
  issuer: Field,
  issuedOn: Field,
  validTo: Field,
  cardNumber: Field,
  holder: Type.Union([
    OneOf(['locked', 'blank']),
    Strict({
      number: Field,
      name: Field,
      sex: Field,
      nation: Field,
      birthplace: Field,
      birthDate: Field,
    }),
  ]),
  blocked: Type.Optional(Type.Boolean()),
  authenticatedBy: Type.Optional(OneOf(['psam', 'encryption-machine', 'library'])),
  hindrance: Type.Optional(Strict({ code: OneOf(ERROR_CODES), detail: Type.Optional(Field) })),
});

const ResidentIdText = Strict({
  layout: OneOf(['resident', 'residence', 'foreigner2017', 'foreigner2023']),
  name: Field,
  englishName: Field,
  sex: Field,
  nation: Field,
  nationality: Field,
  birthDate: Field,
  address: Field,
  number: Field,
  issuer: Field,
  validFrom: Field,
  validTo: Field,
  passNumber: Field,
  issueCount: Field,
  version: Field,
});

const HealthCard = Strict({
  cardNumber: Field,
  version: Field,
  category: Field,
  issuer: Field,
  issuerCode: Field,
  issuedOn: Field,
  validTo: Field,
  holder: Type.Union([
    OneOf(['locked', 'blank']),
    Strict({ number: Field, name: Field, sex: Field, nation: Field, birthDate: Field }),
  ]),
  archiveNumber: Field,
  nrcmsNumber: Field,
  bloodGroup: Field,
  rhesus: Field,
  authenticated: Type.Boolean(),
});

/** What a card or code told, as it travels: `Told` with its bytes in base64, every field of it and no other. */
export const WireTold = Type.Union([
  Strict({ kind: Type.Literal('social-security-card'), card: SocialSecurityCard }),
  Strict({
    kind: Type.Literal('resident-id-card'),
    text: ResidentIdText,
    photo: Base64(4_096),
    newAddress: Type.Optional(Field),
  }),
  Strict({ kind: Type.Literal('health-card'), card: HealthCard }),
  Strict({ kind: OneOf(['insurance-code', 'health-code']), code: Type.String({ maxLength: 4_096 }) }),
]);

export type WireTold = Static<typeof WireTold>;

export function wireOfTold(told: Told): WireTold {
  return told.kind === 'resident-id-card' ? { ...told, photo: base64Of(told.photo) } : told;
}

export function toldOfWire(told: WireTold): Told {
  return told.kind === 'resident-id-card' ? { ...told, photo: bytesOf(told.photo) } : told;
}
