import Type, { type Static } from 'typebox';
import { OneOf, Strict } from './common.ts';
import { Name, Secret, Url } from './configuration-words.ts';

const AdmDivision = Type.String({ pattern: '^[0-9]{6}$', description: '行政区划代码,6 位数字 / six digits' });

/** The comparison of our ledger with an insurer's (对账). */
export const StatementsConfiguration = Strict({
  /** From when on yesterday's statement is made by itself, HH:mm in China; never where absent. */
  daily: Type.Optional(Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' })),
  /** The groups that the institution is cleared in: insutype|clr_type|setl_optins. */
  groups: Type.Optional(
    Type.Array(Type.String({ pattern: '^[0-9]{3,6}\\|[0-9]{2,6}\\|[0-9]{6}$' }), { maxItems: 200 }),
  ),
});

export const NhsaConfiguration = Strict({
  id: Name,
  adapter: Type.Literal('nhsa'),
  name: Type.Optional(Type.String({ maxLength: 60 })),
  url: Url,
  /** Fixed medical institution. */
  fixmedinsCode: Type.String({ pattern: '^[A-Z][0-9]{11}$', description: '定点医药机构编号,12 位' }),
  fixmedinsName: Type.String({ minLength: 1, maxLength: 200 }),
  mdtrtareaAdmvs: AdmDivision,
  recerSysCode: Type.String({ minLength: 1, maxLength: 10 }),
  infver: Type.String({ minLength: 1, maxLength: 6 }),
  operator: Strict({
    no: Type.String({ minLength: 1, maxLength: 20 }),
    name: Type.String({ minLength: 1, maxLength: 50 }),
    mac: Type.Optional(Type.String({ maxLength: 20 })),
    ip: Type.Optional(Type.String({ maxLength: 20 })),
  }),
  signing: Type.Union([
    Strict({ kind: Type.Literal('tif'), paasId: Type.String({ minLength: 1 }), secret: Secret }),
    Strict({
      kind: Type.Literal('csb'),
      accessKey: Type.String({ minLength: 1 }),
      secret: Secret,
      apiVersion: Type.String({ minLength: 1 }),
    }),
    Strict({ kind: Type.Literal('none') }),
  ]),
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
});

/** A payer, by its adapter. */
export const InsurerConfiguration = Type.Union([NhsaConfiguration]);

export type NhsaConfiguration = Static<typeof NhsaConfiguration>;
export type InsurerConfiguration = Static<typeof InsurerConfiguration>;
