import Type, { type Static } from 'typebox';
import { OneOf, Strict } from './common.ts';
import { Name, Port, Secret, Url } from './configuration-words.ts';

const AdmDivision = Type.String({ pattern: '^[0-9]{6}$', description: '行政区划代码,6 位数字 / six digits' });

const TimeoutMs = Type.Optional(Type.Integer({ minimum: 1_000, maximum: 600_000 }));
/** Parts of an insurer's own texts. */
const Texts = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 50 }));
const ShortCode = Type.String({ minLength: 1, maxLength: 40 });

export const NrcmsGuizhouConfiguration = Strict({
  id: Name,
  adapter: Type.Literal('nrcms-guizhou'),
  name: Type.Optional(Type.String({ maxLength: 60 })),
  url: Url,
  /** For S02. */
  userName: ShortCode,
  password: Secret,
  timeoutMs: TimeoutMs,
  /** Which number is the family's medical certificate (医疗证号): that of the card, or the document's. */
  medicalNumber: Type.Optional(OneOf(['card', 'document'])),
  /** Whether rsa, the MD5 of the body, goes out in lower or upper case. */
  digestCase: Type.Optional(OneOf(['lower', 'upper'])),
  /** How the web service spells its call, where its WSDL says otherwise. */
  soap: Type.Optional(
    Strict({
      namespace: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      headElement: Type.Optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,59}$' })),
      bodyElement: Type.Optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,59}$' })),
    }),
  ),
  /** For people insured in another province; they are a payer of their own. */
  crossProvince: Type.Optional(Strict({ areaCode: AdmDivision })),
  /** 补偿类型编码 of trials and settlements. */
  redeemNo: Type.Optional(ShortCode),
  /** Categories (类别代码) of charges, by the beginning of their code. */
  itemTypes: Type.Optional(Type.Array(Strict({ prefix: ShortCode, type: ShortCode }), { maxItems: 200 })),
  /** 入院状态 and 出院状态 of its dictionary. */
  admissionStatus: Type.Optional(ShortCode),
  dischargeStatus: Type.Optional(ShortCode),
  systemErrors: Texts,
  /** Texts that say that the ticket is no longer valid. */
  turnedAway: Texts,
  /** Refusals of S16 and S27 that say that nothing is settled under the handle. */
  notSettled: Texts,
  /** Refusals that say that the registration has been taken back (S19). */
  rolledBack: Texts,
});

export const NrcmsJiangsuConfiguration = Strict({
  id: Name,
  adapter: Type.Literal('nrcms-jiangsu'),
  name: Type.Optional(Type.String({ maxLength: 60 })),
  url: Url,
  /** The institution's code (yybh), and the front-end host that the web service is to speak to. */
  hospitalCode: ShortCode,
  frontEnd: Strict({ host: Type.String({ minLength: 1, maxLength: 100 }), port: Port }),
  operator: Strict({ no: ShortCode }),
  timeoutMs: TimeoutMs,
  /** JSON as the argument of a SOAP call, or posted as it is. */
  wire: Type.Optional(OneOf(['soap', 'json'])),
  namespace: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  argumentElement: Type.Optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,59}$' })),
  /** Which number is grbh, the person's number. */
  personNumber: Type.Optional(OneOf(['document', 'card'])),
  /** Beginnings of the codes of drugs; everything else is a service. */
  drugCodes: Type.Optional(Type.Array(ShortCode, { maxItems: 50 })),
  /** Whether sum01, the total reimbursed, holds sum11, the assistance. */
  totalHoldsAssistance: Type.Optional(Type.Boolean()),
  /**
   * When, on the next day in China, the list of a day (MrdzMx) is complete: HH:mm. Only then its silence proves that
   * nothing was settled; without it, never.
   */
  listCompleteAt: Type.Optional(Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' })),
  systemErrors: Texts,
});

export type NrcmsGuizhouConfiguration = Static<typeof NrcmsGuizhouConfiguration>;
export type NrcmsJiangsuConfiguration = Static<typeof NrcmsJiangsuConfiguration>;
