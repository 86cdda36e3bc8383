import Type, { type Static } from 'typebox';
import { OneOf, Strict } from '../../../schemas/common.ts';

const Digits = (count: number) => Type.String({ pattern: `^[0-9]{${count}}$` });
const Hex = (count: number) => Type.String({ pattern: `^[0-9A-F]{${count}}$` });

const heading = {
  id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' }),
  title: Strict({ zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) }),
};

/** A virtual social-security card: what is on it, and which of the many ways of real cards it has. */
export const SocialSecurityProfile = Strict({
  kind: Type.Literal('social-security-card'),
  ...heading,
  version: OneOf(['1.00', '2.00', '3.00'], { description: '规范版本' }),
  behaviour: Strict({
    recordModes: Type.Array(OneOf(['tag', 'number']), {
      minItems: 1,
      uniqueItems: true,
      description: 'READ RECORD 按数据项标识(P2=00)或按记录号(P2=04) / by tag, by number',
    }),
    getResponse: Type.Boolean({ description: 'SELECT 应答 61xx(T=0) / answers SELECT with 61xx' }),
    knowsItsName: Type.Boolean({
      description:
        'false:对应用名应答 6A82,但可直接选 EF05(早期卡) / answers 6A82 to its name, as early cards do',
    }),
  }),
  resetInformation: Hex(26),
  cardId: Hex(32),
  category: OneOf(['1', '2', '3']),
  issuer: Digits(24),
  issuedOn: Digits(8),
  validTo: Digits(8),
  cardNumber: Type.String({ pattern: '^[0-9A-Z]{9}$' }),
  /** Absent on a card that has none. */
  pin: Type.Optional(Type.String({ pattern: '^[0-9]{4,12}$' })),
  /** By its issuer, wholly or its application. */
  blocked: Type.Optional(OneOf(['card', 'application'])),
  /** Files beyond EF05 and EF06, by application and identifier: records as the card answers them, or bytes; in hex. */
  further: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^(SSSE|DF0[1-9A])EF[0-9A-F]{2}$' }),
      Type.Union([
        Type.Array(Type.String({ pattern: '^([0-9A-F]{2})+$' })),
        Type.String({ pattern: '^([0-9A-F]{2})+$' }),
      ]),
    ),
  ),
  /** Absent on a card that has not been made out to anyone. */
  holder: Type.Optional(
    Strict({
      number: Type.String({ maxLength: 18 }),
      name: Type.String({ minLength: 1, maxLength: 25 }),
      sex: OneOf(['1', '2']),
      nation: Digits(2),
      birthplace: Digits(6),
      birthDate: Digits(8),
    }),
  ),
});

/** A virtual resident health card of 2012. */
export const HealthCardProfile = Strict({
  kind: Type.Literal('health-card'),
  ...heading,
  resetInformation: Hex(26),
  cardNumber: Type.String({ pattern: '^[0-9A-Z]{18}$' }),
  version: Digits(4),
  category: Digits(1),
  issuer: Type.String({ maxLength: 15 }),
  issuerCode: Digits(22),
  issuedOn: Digits(8),
  validTo: Digits(8),
  city: Digits(6),
  archiveNumber: Type.String({ maxLength: 17 }),
  nrcmsNumber: Type.String({ maxLength: 18 }),
  bloodGroup: OneOf(['1', '2', '3', '4', '5']),
  rhesus: OneOf(['1', '2', '3']),
  /** Absent on a card that has not been made out to anyone. */
  holder: Type.Optional(
    Strict({
      number: Type.String({ maxLength: 18 }),
      name: Type.String({ minLength: 1, maxLength: 15 }),
      sex: OneOf(['0', '1', '2', '9']),
      nation: Digits(2),
      birthDate: Digits(8),
    }),
  ),
});

const field = (length: number) => Type.Optional(Type.String({ maxLength: length }));

/** A virtual resident ID card or one of its sisters: its text block, field by field. */
export const ResidentIdProfile = Strict({
  kind: Type.Literal('resident-id-card'),
  ...heading,
  type: OneOf([' ', 'J', 'I', 'Y'], { description: '证件类型标识,偏移 248 / the letter at offset 248' }),
  text: Strict({
    name: field(15),
    englishName: field(60),
    englishNameMore: field(14),
    sex: field(1),
    nation: field(2),
    nationality: field(3),
    birthDate: field(8),
    address: field(35),
    number: field(18),
    issuer: field(15),
    validFrom: field(8),
    validTo: field(8),
    passNumber: field(9),
    issueCount: field(2),
    version: field(2),
  }),
});

export const CardProfile = Type.Union([SocialSecurityProfile, ResidentIdProfile, HealthCardProfile]);

export type SocialSecurityProfile = Static<typeof SocialSecurityProfile>;
export type HealthCardProfile = Static<typeof HealthCardProfile>;
export type ResidentIdProfile = Static<typeof ResidentIdProfile>;
export type CardProfile = Static<typeof CardProfile>;
