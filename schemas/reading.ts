import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict, Timestamp } from './common.ts';
import { Identity } from './identity.ts';

/** What a reader can be asked to read. */
export const DOCUMENT_KINDS = ['social-security-card', 'resident-id-card'] as const;

/** How long a reading may wait for a card. */
export const READING_TIMEOUT_MS_MAX = 60_000;
export const READING_TIMEOUT_MS_DEFAULT = 10_000;

const DocumentKind = OneOf(DOCUMENT_KINDS);

export const ReadingRequest = Strict({
  accept: Type.Array(DocumentKind, {
    minItems: 1,
    maxItems: DOCUMENT_KINDS.length,
    uniqueItems: true,
    description: '接受的证件,先放上的先读 / whichever is presented first is read',
  }),
  timeoutMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: READING_TIMEOUT_MS_MAX,
      default: READING_TIMEOUT_MS_DEFAULT,
      description: '等待放卡的时间,毫秒;0 表示只看一次 / how long to wait for a card; 0 looks once',
    }),
  ),
  photo: Type.Optional(
    Type.Boolean({ default: false, description: '是否返回身份证照片 / whether to give the photo' }),
  ),
  holder: Type.Optional(
    OneOf(['required', 'if-readable'], {
      description:
        '持卡人信息读不出时(第三代社保卡未认证、空白卡):required 拒绝,if-readable 只给卡信息 / what to do when the holder cannot be read; default required',
    }),
  ),
});

/** A day; some old cards name a year only. */
const CardDate = Type.String({ pattern: '^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$' });

/** What else a social-security card says. */
const CardDetails = Strict({
  cardId: Type.String({ pattern: '^[0-9A-F]{32}$', description: '卡识别码' }),
  cardNumber: Type.Optional(Type.String({ description: '卡号' })),
  version: Type.String({ description: '规范版本 1.00、2.00、3.00' }),
  category: Type.Optional(Type.String({ description: '卡的类别' })),
  region: Type.String({ pattern: '^[0-9A-F]{6}$', description: '发卡地区行政区划代码' }),
  issuer: Type.Optional(Type.String({ description: '初始化机构编号' })),
  issuedOn: Type.Optional(CardDate),
  validTo: Type.Optional(CardDate),
  algorithm: OneOf(['des', 'ssf33', 'sm4']),
  resetInformation: Type.String({ description: '卡复位信息(ATR 历史字节)' }),
  nation: Type.Optional(Type.String({ description: '民族,GB/T 3304' })),
  birthplace: Type.Optional(Type.String({ description: '出生地,GB/T 2260' })),
});

/** What else a resident ID card, residence permit or foreigner's permit says. */
const DocumentDetails = Strict({
  layout: OneOf(['resident', 'residence', 'foreigner2017', 'foreigner2023']),
  englishName: Type.Optional(Type.String()),
  nation: Type.Optional(Type.String({ description: '民族,GB/T 3304' })),
  nationality: Type.Optional(Type.String({ description: '国籍,ISO 3166-1' })),
  address: Type.Optional(Type.String()),
  issuer: Type.Optional(Type.String({ description: '签发机关' })),
  validFrom: Type.Optional(CardDate),
  validTo: Type.Optional(CardDate),
  validForLife: Type.Boolean({ description: '长期' }),
  passNumber: Type.Optional(Type.String({ description: '通行证号码' })),
  issueCount: Type.Optional(Type.String({ description: '签发次数或换证次数' })),
});

/** What a person should look at before trusting the reading; none of it stops the reading. */
export const READING_NOTES = [
  'number-checksum',
  'birth-date-differs',
  'sex-differs',
  'name-cut',
  'name-unreadable',
  'expired',
] as const;

export const Reading = Strict(
  {
    id: Id,
    readerId: Id,
    kind: DocumentKind,
    madeAt: Timestamp,
    validUntil: Timestamp,
    holder: OneOf(['read', 'locked', 'blank'], {
      description:
        'locked:第三代卡未认证;blank:卡内没有持卡人 / generation 3 without authentication; nobody on it',
    }),
    verifiedBy: OneOf(['sam', 'nobody'], {
      description:
        'sam:居民身份证由读卡器安全模块验证;nobody:社保卡自由读出,未经密钥验证 / whether a security module vouches for it',
    }),
    identity: Type.Optional(Identity),
    card: Type.Optional(CardDetails),
    document: Type.Optional(DocumentDetails),
    notes: Type.Array(OneOf(READING_NOTES)),
    photo: Type.Optional(
      Type.String({
        description: '照片,WLT 格式,base64(1024 字节)/ photo in WLT format, base64 of 1024 bytes',
      }),
    ),
  },
  { description: '一次读卡的结果 / what one card told a reader' },
);

export const BasRequest = Strict({
  reader: Type.Optional(Id),
  iType: Type.Integer({
    minimum: 1,
    maximum: 4,
    description: '1 接触 2 非接触 3 自动(接触优先)4 自动(非接触优先)/ contact, contactless, either',
  }),
});

export const BasAnswer = Strict({
  pOutInfo: Type.String({ description: 'LD/T 33 规定的字符串,每项以 | 结束 / fields, each closed by |' }),
  ret: Type.Integer({ description: '0 成功,负数为错误码 / 0, or a negative error code' }),
});

export type DocumentKind = Static<typeof DocumentKind>;
export type ReadingRequest = Static<typeof ReadingRequest>;
export type ReadingNote = (typeof READING_NOTES)[number];
export type CardDetails = Static<typeof CardDetails>;
export type DocumentDetails = Static<typeof DocumentDetails>;
export type Reading = Static<typeof Reading>;
export type BasRequest = Static<typeof BasRequest>;
export type BasAnswer = Static<typeof BasAnswer>;
