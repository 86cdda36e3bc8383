import Type, { type Static } from 'typebox';
import { OneOf, Strict } from './common.ts';
import { Name, Secret, Url } from './configuration-words.ts';
import { ExtraFields } from './insurer-profile.ts';
import { NrcmsGuizhouConfiguration, NrcmsJiangsuConfiguration } from './nrcms-configuration.ts';
import {
  AssistanceConfiguration,
  CashConfiguration,
  PursePayerConfiguration,
} from './payer-configuration.ts';
import { SmEnvelopeConfiguration } from './sm-envelope-configuration.ts';
import { StatementsConfiguration } from './statements-configuration.ts';

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
  /**
   * Err_msg texts that say that what was asked for is so already, by transaction: a line that is there (2301), one that
   * is gone (2302), a patient who has left (2402). None unless the bureau says so.
   */
  alreadySo: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^[0-9]{4}[A-Z]?$' }),
      Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 20 }),
    ),
  ),
  /** When exp_content is sent (跨省异地): away from the insured place, or always. */
  extension: Type.Optional(OneOf(['away', 'always'])),
  statements: Type.Optional(StatementsConfiguration),
  /** Whether requests with codes or fields beyond the specification are refused (strict) or sent (lenient). */
  checking: Type.Optional(OneOf(['strict', 'lenient'])),
  /** Whether amounts go out as JSON numbers or as text. */
  amountsAs: Type.Optional(OneOf(['number', 'text'])),
  /** Whether `input` goes out as an object or as JSON text. */
  inputAs: Type.Optional(OneOf(['object', 'text'])),
  /** The largest file that is sent or fetched, and how long it may take. */
  fileBytesMax: Type.Optional(Type.Integer({ minimum: 1024, maximum: 1_073_741_824 })),
  fileTimeoutMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 600_000 })),
  /** Columns of a catalogue's file, by its transaction, where the province's differ from the known ones. */
  catalogueFiles: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^13[0-9]{2}$' }),
      Strict({
        columns: Type.Array(Type.String({ pattern: '^[a-z0-9_]{1,60}$' }), { minItems: 2, maxItems: 200 }),
        code: Type.String({ minLength: 1 }),
        name: Type.String({ minLength: 1 }),
      }),
    ),
  ),
  /** Further fields of the request envelope, as the bureau wants them. */
  extraFields: Type.Optional(ExtraFields),
  /** Where 6201–6401 go inside the SM2/SM4 envelope; absent, they go as all others. */
  mobile: Type.Optional(SmEnvelopeConfiguration),
  /** Where 7101–7107 and 7211 go inside the SM2/SM4 envelope; absent, they go as all others. */
  prescriptions: Type.Optional(SmEnvelopeConfiguration),
});

const FurtherFields = Type.Record(
  Type.String({ pattern: '^[A-Za-z][0-9A-Za-z]{0,39}$' }),
  Type.String({ maxLength: 200 }),
  { maxProperties: 40 },
);

/** Mobile pay (医保移动支付) as a payer of its own; persons and visits are asked of the national platform. */
export const MobileConfiguration = Strict({
  ...NhsaConfiguration.properties,
  adapter: Type.Literal('mobile'),
  mobile: SmEnvelopeConfiguration,
  /** cash: what the payers before left to the patient. all: the whole bill, the insurance's part with it. */
  covers: OneOf(['cash', 'all']),
  /** The one line under which the rest of a bill is put to it; with `covers = "cash"`. */
  restItem: Type.Optional(
    Strict({
      nationalCode: Type.String({ minLength: 1, maxLength: 50 }),
      localCode: Type.String({ minLength: 1, maxLength: 150 }),
    }),
  ),
  /** The disease a registration is written under, where the province takes registrations. */
  registrationDisease: Type.Optional(
    Strict({
      code: Type.String({ minLength: 1, maxLength: 30 }),
      name: Type.String({ minLength: 1, maxLength: 100 }),
    }),
  ),
  /** How long a patient may take to pay. An order not paid by then is revoked (6401). */
  payWithinMs: Type.Optional(Type.Integer({ minimum: 10_000, maximum: 3_600_000 })),
  /** Which token a refund goes under: the patient's ecToken, or the order's revsToken, which lives an hour. */
  refundToken: Type.Optional(OneOf(['ecToken', 'revsToken'])),
  /** Fields of 6201 and 6202 as the province wants them. */
  orderFields: Type.Optional(FurtherFields),
  payFields: Type.Optional(FurtherFields),
});

/** A payer, by its adapter. */
export const InsurerConfiguration = Type.Union([
  NhsaConfiguration,
  MobileConfiguration,
  AssistanceConfiguration,
  PursePayerConfiguration,
  CashConfiguration,
  NrcmsGuizhouConfiguration,
  NrcmsJiangsuConfiguration,
]);

export type NhsaConfiguration = Static<typeof NhsaConfiguration>;
export type MobileConfiguration = Static<typeof MobileConfiguration>;
export type InsurerConfiguration = Static<typeof InsurerConfiguration>;
