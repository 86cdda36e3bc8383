import Type, { type Static, type TSchema } from 'typebox';
import { OneOf, Strict, Text } from './common.ts';

/** Something that differs from province to province, and where that is known from. */
function Fact<T extends TSchema>(value: T) {
  return Type.Object(
    { value, source: Text(600, '出处 / where it is known from') },
    { additionalProperties: false },
  );
}

const Infno = '^[0-9]{4,6}[A-Z]?$';
const Infnos = Type.Array(Type.String({ pattern: Infno }), { maxItems: 20, uniqueItems: true });
const FieldName = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,39}$' });
const Code = Type.String({ pattern: '^[A-Z0-9]{1,20}$' });
const Codes = Type.Array(Code, { maxItems: 50, uniqueItems: true });
const Texts = Type.Array(Text(60), { maxItems: 50, uniqueItems: true });

function Table<T extends TSchema>(key: string, value: T) {
  return Type.Record(Type.String({ pattern: key }), value, {
    maxProperties: 300,
    additionalProperties: false,
  });
}

/** Further fields of the request envelope, with what stands in them where the configuration says nothing. */
export const ExtraFields = Type.Record(FieldName, Type.String({ maxLength: 2_000 }), {
  maxProperties: 10,
  additionalProperties: false,
});

const facts = {
  /**
   * Where a transaction is posted: all of them to the configured URL (`single`), or each to a path of its own, under
   * a prefix, at that URL's host. With paths of their own, transactions without one can't be called.
   */
  paths: Fact(
    Type.Union([
      Type.Literal('single'),
      Strict({
        prefix: Type.String({ pattern: '^/([!-~]*/)?$', maxLength: 200 }),
        byTransaction: Table(Infno, Type.String({ pattern: '^[!-~]{1,200}$' })),
      }),
    ]),
  ),
  /** The province's spelling of fields of the request envelope (接口规范 表 2). */
  fieldNames: Fact(
    Table(
      '^(mdtrtarea_admvs|insuplc_admdvs|recer_sys_code|dev_no|dev_safe_info|cainfo|signtype|infver|opter_type|opter|opter_name|inf_time|fixmedins_code|fixmedins_name|sign_no)$',
      FieldName,
    ),
  ),
  /** How an empty field of the request envelope is written. */
  emptyAs: Fact(OneOf(['', 'null'])),
  extraFields: Fact(ExtraFields),
  inputAs: Fact(OneOf(['object', 'text'])),
  amountsAs: Fact(OneOf(['number', 'text'])),
  checking: Fact(OneOf(['strict', 'lenient'])),
  /** Required fields of the interface data that this province doesn't require, by transaction. */
  optionalFields: Fact(Table(Infno, Type.Array(FieldName, { minItems: 1, maxItems: 50 }))),
  infver: Fact(Text(6)),
  opterType: Fact(Text(3)),
  /** recer_sys_code by insutype; the configured one for the others. */
  receivingSystems: Fact(Table('^[0-9]{3,6}$', Text(10))),
  /** Transactions that are called by another number here: 2203 by 2203A. */
  variants: Fact(Table(Infno, Type.String({ pattern: Infno }))),
  /** med_type codes of other provinces, and what they are here: 21 is 2101. */
  medTypes: Fact(Table('^[0-9]{2,6}$', Type.String({ pattern: '^[0-9]{2,6}$' }))),
  /** Values of infcode that mean success, whether they come as a number or as text. */
  successCodes: Fact(Type.Array(Type.String({ pattern: '^[0-9]{1,4}$' }), { minItems: 1, maxItems: 5 })),
  /** Parts of err_msg that mean that the platform failed: the outcome is unknown. */
  systemErrors: Fact(Texts),
  /** Parts of err_msg that mean that the operator isn't signed in: the transaction did not run. */
  notSignedIn: Fact(Texts),
  /** Transactions that 2601 can undo. */
  reversible: Fact(Infnos),
  /** Parts of err_msg of 2601 that prove that the lost exchange has no effect and never will. */
  nothingToUndo: Fact(Texts),
  /** Whether fund_pay_sumamt includes the personal account. */
  fundIncludesAccount: Fact(Type.Boolean()),
  /** Codes of fund_pay_type and setl_proc_info as they come, and their code in the table. */
  fundCodes: Fact(Table('^[A-Z0-9]{1,20}$', Code)),
  /** Where medical assistance stands in setldetail while maf_pay is empty. */
  assistance: Fact(
    Strict({
      /** Codes of fund_pay_type. */
      funds: Codes,
      /** Codes of fund_pay_type under which it hides; then setl_proc_info holds one of `funds`. */
      hiddenUnder: Codes,
    }),
  ),
  /** How long an answer is waited for. */
  timeoutMs: Fact(Type.Integer({ minimum: 1_000, maximum: 600_000 })),
};

type Facts = typeof facts;

const optional = Object.fromEntries(
  Object.entries(facts).map(([name, fact]) => [name, Type.Optional(fact)]),
) as { [K in keyof Facts]: ReturnType<typeof Type.Optional<Facts[K]>> };

const Name = Text(60, '省份 / the province');

/**
 * What one province does otherwise than `national` on the national platform: only what is known, each with its
 * source. Everything else is as in `national`, which says all.
 */
export const InsurerProfile = Strict({ name: Name, ...optional });

/** The profile that all others stand on. */
export const NationalProfile = Strict({ name: Name, ...facts });

export type InsurerProfile = Static<typeof InsurerProfile>;
export type NationalProfile = Static<typeof NationalProfile>;
