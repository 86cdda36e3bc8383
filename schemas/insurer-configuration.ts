import Type, { type Static } from 'typebox';
import { OneOf, Strict } from './common.ts';
import { Name, Port, Secret, Url } from './configuration-words.ts';
import { ExtraFields } from './insurer-profile.ts';

const AdmDivision = Type.String({ pattern: '^[0-9]{6}$', description: '行政区划代码,6 位数字 / six digits' });

export const NhsaConfiguration = Strict({
  id: Name,
  adapter: Type.Literal('nhsa'),
  name: Type.Optional(Type.String({ maxLength: 60 })),
  url: Url,
  /** What the province does otherwise: a profile that comes with the gateway, by name, or a file. */
  profile: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  /** Fixed medical institution. */
  fixmedinsCode: Type.String({ pattern: '^[A-Z][0-9]{11}$', description: '定点医药机构编号,12 位' }),
  fixmedinsName: Type.String({ minLength: 1, maxLength: 200 }),
  mdtrtareaAdmvs: AdmDivision,
  recerSysCode: Type.String({ minLength: 1, maxLength: 10 }),
  infver: Type.Optional(Type.String({ minLength: 1, maxLength: 6 })),
  operator: Strict({
    no: Type.String({ minLength: 1, maxLength: 20 }),
    name: Type.String({ minLength: 1, maxLength: 50 }),
    mac: Type.Optional(Type.String({ maxLength: 20 })),
    ip: Type.Optional(Type.String({ maxLength: 20 })),
  }),
  signing: Type.Union([
    Strict({
      kind: Type.Literal('tif'),
      paasId: Type.String({ minLength: 1 }),
      secret: Secret,
      serviceId: Type.Optional(Type.String({ pattern: '^[!-~]{1,100}$' })),
    }),
    Strict({
      kind: Type.Literal('csb'),
      accessKey: Type.String({ minLength: 1 }),
      secret: Secret,
      apiVersion: Type.String({ minLength: 1 }),
    }),
    /** The secret goes along as it is, in the header `apikey`. */
    Strict({ kind: Type.Literal('plain'), secret: Secret }),
    Strict({ kind: Type.Literal('none') }),
  ]),
  /** How the body is announced; some gateways take nothing but text/plain. */
  contentType: Type.Optional(OneOf(['application/json', 'text/plain'])),
  /** PEM: whom to believe instead of the usual authorities, and where the gateway wants one, our certificate. */
  tls: Type.Optional(
    Strict({
      ca: Type.Optional(Secret),
      certificate: Type.Optional(Secret),
      key: Type.Optional(Secret),
    }),
  ),
  /** How long an answer is waited for. What got none is not undone earlier: the insurer may still be at it. */
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 600_000 })),
  /** Transactions that 2601 can undo here; provinces differ. */
  reversible: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9]{4}[A-Z]?$' }), { maxItems: 20 })),
  /** Whether fund_pay_sumamt includes the personal account (Guangdong) or not (elsewhere). */
  fundIncludesAccount: Type.Optional(Type.Boolean()),
  /** Further err_msg texts that mean the platform failed, not that it refused: the outcome is unknown. */
  systemErrors: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 50 })),
  /** Err_msg texts of 2601 that prove the lost exchange has no effect and never will. None unless the bureau says so. */
  nothingToUndo: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 50 })),
  /** Whether requests with codes or fields beyond the specification are refused (strict) or sent (lenient). */
  checking: Type.Optional(OneOf(['strict', 'lenient'])),
  /** Whether amounts go out as JSON numbers or as text. */
  amountsAs: Type.Optional(OneOf(['number', 'text'])),
  /** Whether `input` goes out as an object or as JSON text. */
  inputAs: Type.Optional(OneOf(['object', 'text'])),
  /** Further fields of the request envelope, as the bureau wants them. */
  extraFields: Type.Optional(ExtraFields),
});

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

/** A payer, by its adapter. */
export const InsurerConfiguration = Type.Union([
  NhsaConfiguration,
  AssistanceConfiguration,
  PursePayerConfiguration,
  CashConfiguration,
  NrcmsGuizhouConfiguration,
  NrcmsJiangsuConfiguration,
]);

export type NhsaConfiguration = Static<typeof NhsaConfiguration>;
export type AssistanceConfiguration = Static<typeof AssistanceConfiguration>;
export type PursePayerConfiguration = Static<typeof PursePayerConfiguration>;
export type CashConfiguration = Static<typeof CashConfiguration>;

export type NrcmsGuizhouConfiguration = Static<typeof NrcmsGuizhouConfiguration>;
export type NrcmsJiangsuConfiguration = Static<typeof NrcmsJiangsuConfiguration>;
export type InsurerConfiguration = Static<typeof InsurerConfiguration>;
