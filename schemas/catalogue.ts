import Type, { type Static } from 'typebox';
import { CATALOGUE_KINDS } from './catalogue-words.ts';
import { Day, Id, OneOf, PageQuery, Strict, Timestamp } from './common.ts';
import { Charge } from './settlement.ts';

export const CatalogueKindName = OneOf(CATALOGUE_KINDS, { description: '目录 / which catalogue' });

/** Letters, digits and signs of a code; no blanks. */
const CODE = '^[\\x21-\\x7e\\u4e00-\\u9fff]+$';
export const Code = Type.String({ pattern: CODE, minLength: 1, maxLength: 60, description: '编码 / code' });

const NO_CONTROLS = '^[^\\u0000-\\u001f\\ud800-\\udfff]*$';
const Words = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: NO_CONTROLS, description });

export const DownloadRequest = Strict({
  whole: Type.Optional(
    Type.Boolean({
      default: false,
      description: '重新下载整个目录,而不只是变化 / the whole catalogue anew, not only what has changed',
    }),
  ),
});

export const CatalogueDownload = Strict({
  id: Id,
  insurer: Id,
  kind: CatalogueKindName,
  state: OneOf(['running', 'done', 'unchanged', 'failed', 'cancelled']),
  whole: Type.Boolean(),
  rows: Type.Integer({ description: '已处理的行数 / rows taken so far' }),
  expected: Type.Optional(Type.Integer({ description: '医保告知的行数 / rows the insurer told of' })),
  cause: Type.Optional(
    Strict({
      code: Type.String({ description: '错误码,见 docs/errors.md / a code of the error table' }),
      reason: Type.Optional(Type.String()),
    }),
  ),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export const CatalogueList = Strict({
  items: Type.Array(
    Strict({
      kind: CatalogueKindName,
      version: Type.Optional(Type.String({ description: '医保的版本号 / the insurer’s version' })),
      items: Type.Integer(),
      loadedAt: Type.Optional(Timestamp),
      download: Type.Optional(Id),
    }),
  ),
});

export const CatalogueQuery = Strict({
  code: Type.Optional(Code),
  // Any text: what no name holds finds nothing.
  search: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 60,
      description:
        '字母:拼音首字母;其他:名称的一部分 / letters: how the initials begin; else a part of the name',
    }),
  ),
  limit: PageQuery.limit,
  after: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: 1_000 })),
});

export const CatalogueItem = Strict({
  code: Type.String(),
  variant: Type.Optional(
    Type.String({ description: '同一编码的不同条目 / tells entries of one code apart' }),
  ),
  name: Type.String(),
  aliases: Type.Optional(Type.String()),
  initials: Type.Optional(Type.String({ description: '拼音首字母' })),
  leadsTo: Type.Optional(Type.String({ description: '对应的另一目录的编码 / the code it leads to' })),
  priceLimit: Type.Optional(Type.String({ description: '限价,元 / yuan' })),
  selfPay: Type.Optional(Type.String({ description: '先自付比例,0 到 1' })),
  heldFor: Type.Optional(
    Type.String({ description: '限价类型或人员类别 / of which institutions or persons' }),
  ),
  valid: Type.Boolean(),
  validFrom: Type.Optional(Type.String()),
  validTo: Type.Optional(Type.String()),
});

export const CatalogueItemList = Strict({
  items: Type.Array(CatalogueItem),
  next: Type.Optional(Type.String()),
});

export const CatalogueEntry = Strict({
  items: Type.Array(
    Type.Object({
      ...CatalogueItem.properties,
      content: Type.Record(Type.String(), Type.String(), { description: '目录的全部字段 / every field' }),
    }),
  ),
  priceLimits: Type.Array(CatalogueItem),
  selfPayRatios: Type.Array(CatalogueItem),
});

const mapping = {
  kind: CatalogueKindName,
  localName: Words(200, '院内名称'),
  nationalCode: Code,
  validFrom: Day,
  validTo: Type.Optional(Day),
  dosageForm: Type.Optional(Words(200, '剂型')),
  specification: Type.Optional(Words(200, '规格')),
  approvalNumber: Type.Optional(Words(30, '批准文号')),
  unit: Type.Optional(Words(100, '计价单位')),
};

/** The institution's code is at most 30 characters to the insurer. */
/** The charges of a bill, to be looked at before it is put to an insurer. */
export const ChargeCheckRequest = Strict({
  charges: Type.Array(Charge, { minItems: 1, maxItems: 10_000 }),
  day: Type.Optional(Day),
});

export const ChargeCheck = Strict(
  {
    notes: Type.Array(
      Strict({
        index: Type.Integer({ description: '费用在请求中的位置 / place in the request' }),
        line: Type.String(),
        note: OneOf(['unknown-code', 'invalid-code', 'over-limit', 'unmapped', 'mapped-elsewhere'], {
          description:
            '编码不在目录、编码已失效、超过限价、院内编码未对照、对照了别的编码 / not in the catalogue, no longer valid, over its limit, local code not matched, matched to another',
        }),
        priceLimit: Type.Optional(Type.String({ description: '限价,元 / yuan' })),
        nationalCode: Type.Optional(Type.String()),
      }),
    ),
  },
  { description: '提示,不阻止结算:以医保为准 / notes only; the insurer decides' },
);

export const LocalCode = Type.String({ pattern: CODE, minLength: 1, maxLength: 30, description: '院内编码' });

export const MAPPING_STATES = ['local', 'uploaded', 'refused', 'unknown', 'withdrawn'] as const;

export const MappingRequest = Strict(mapping);

export const Mapping = Strict({
  localCode: LocalCode,
  ...mapping,
  validTo: Day,
  state: OneOf(MAPPING_STATES, { description: '在医保的状态 / how it stands at the insurer' }),
  uploadedCode: Type.Optional(
    Type.String({ description: '医保处现有的对照 / the national code that the insurer has' }),
  ),
  exchangeId: Type.Optional(Id),
  reason: Type.Optional(Type.String({ description: '医保拒绝的原因 / why the insurer refused' })),
  version: Type.Integer(),
  updatedAt: Timestamp,
});

export const MappingQuery = Strict({
  state: Type.Optional(OneOf(MAPPING_STATES)),
  limit: PageQuery.limit,
  after: Type.Optional(LocalCode),
});

export const MappingList = Strict({ items: Type.Array(Mapping), next: Type.Optional(Type.String()) });

export const MappingUpload = Strict({
  uploaded: Type.Integer(),
  refused: Type.Array(Strict({ localCode: Type.String(), reason: Type.String() }), {
    description: '被拒绝的对照及原因 / those refused, with the reasons',
  }),
  unknown: Type.Integer({
    description: '没有应答,再次上传时重发 / unanswered; sent again with the next upload',
  }),
  left: Type.Boolean({ description: '还有未上传的,请再次调用 / more are left: call again' }),
});

export type DownloadRequest = Static<typeof DownloadRequest>;
export type CatalogueDownload = Static<typeof CatalogueDownload>;
export type CatalogueItem = Static<typeof CatalogueItem>;
export type CatalogueEntry = Static<typeof CatalogueEntry>;
export type CatalogueList = Static<typeof CatalogueList>;
export type MappingRequest = Static<typeof MappingRequest>;
export type Mapping = Static<typeof Mapping>;
export type MappingUpload = Static<typeof MappingUpload>;
export type MappingQuery = Static<typeof MappingQuery>;
