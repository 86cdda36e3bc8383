import Type, { type Static } from 'typebox';
import { Day, Id, OneOf, Strict, Text, Timestamp } from './common.ts';
import { Identity } from './identity.ts';

/** What a reader can be asked to read. */
export const DOCUMENT_KINDS = [
  'social-security-card',
  'resident-id-card',
  'health-card',
  'insurance-code',
  'health-code',
] as const;

/** What a reading can be of: what readers read, and a number typed by hand. */
export const READING_KINDS = [...DOCUMENT_KINDS, 'typed'] as const;

/** Where on the reader a chip card is looked for. */
export const READER_SPOTS = ['contact', 'contactless', 'either'] as const;

/**
 * How sure a reading is of the person, the surest first: a security module or the issuer's machine vouches for the
 * chip; the chip was read freely; its issuer decoded a code; somebody typed it.
 */
export const ASSURANCES = ['chip-authenticated', 'chip-read', 'code-verified', 'typed'] as const;

/** How long a reading may wait for a card. */
export const READING_TIMEOUT_MS_MAX = 60_000;
export const READING_TIMEOUT_MS_DEFAULT = 10_000;

const DocumentKind = OneOf(DOCUMENT_KINDS);

const BusinessType = Type.String({
  pattern: '^[0-9]{5}$',
  description:
    '医保电子凭证的用码业务类型,默认 01101 挂号 / what an insurance code is shown for; default 01101',
});

/** Longer than any code that is known, blanks and all. */
const CODE_LENGTH_MAX = 200;

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
  spot: Type.Optional(
    OneOf(READER_SPOTS, {
      description:
        '芯片卡的位置:接触、非接触、都找(默认)/ where a chip card is looked for: contact, contactless, either (default)',
    }),
  ),
  photo: Type.Optional(
    Type.Boolean({ default: false, description: '是否返回身份证照片 / whether to give the photo' }),
  ),
  newAddress: Type.Optional(
    Type.Boolean({
      default: false,
      description: '是否读取身份证的追加住址 / whether to look for a newer address on a resident ID card',
    }),
  ),
  businessType: Type.Optional(BusinessType),
  lease: Type.Optional(Id),
  holder: Type.Optional(
    OneOf(['required', 'if-readable'], {
      description:
        '持卡人信息读不出时(第三代社保卡未认证、空白卡):required 拒绝,if-readable 只给卡信息 / what to do when the holder cannot be read; default required',
    }),
  ),
});

/** A code that was scanned, or a number that was typed, without a reader of this gateway. */
export const CodeRequest = Strict({
  code: Type.String({
    minLength: 1,
    maxLength: CODE_LENGTH_MAX,
    description:
      '扫到的医保电子凭证或电子健康卡,或手工录入的证件号码、社保卡号;全角、空格、换行都可以 / an insurance or health code as scanned, or a document or card number as typed',
  }),
  name: Type.Optional(Text(50, '姓名;手工录入号码时必填 / required with a typed number')),
  sex: Type.Optional(OneOf(['male', 'female', 'unknown'])),
  birthDate: Type.Optional(Day),
  businessType: Type.Optional(BusinessType),
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
  newAddress: Type.Optional(Type.String({ description: '追加住址 / the address added later' })),
});

/** What else a resident health card (居民健康卡) says. */
const HealthCardDetails = Strict({
  cardNumber: Type.Optional(Type.String({ description: '卡号' })),
  version: Type.Optional(Type.String({ description: '规范版本' })),
  category: Type.Optional(Type.String({ description: '卡的类别' })),
  issuer: Type.Optional(Type.String({ description: '发卡机构名称' })),
  issuerCode: Type.Optional(Type.String({ description: '发卡机构代码' })),
  issuedOn: Type.Optional(CardDate),
  validTo: Type.Optional(CardDate),
  nation: Type.Optional(Type.String({ description: '民族,GB/T 3304' })),
  archiveNumber: Type.Optional(Type.String({ description: '健康档案编号' })),
  nrcmsNumber: Type.Optional(Type.String({ description: '新农合证号' })),
  bloodGroup: Type.Optional(Type.String({ description: 'ABO 血型 1A 2B 3O 4AB 5不详' })),
  rhesus: Type.Optional(Type.String({ description: 'RH 阴性 1否 2是 3不详' })),
});

/** Who vouches for what was read. */
export const VERIFIERS = [
  'sam',
  'psam',
  'encryption-machine',
  'library',
  'insurer',
  'health-code-service',
  'nobody',
] as const;

/** What a person should look at before trusting the reading; none of it stops the reading. */
export const READING_NOTES = [
  'number-checksum',
  'birth-date-differs',
  'sex-differs',
  'name-cut',
  'name-unreadable',
  'expired',
  'not-yet-valid',
  'blocked',
  'revoked',
  'old-number',
] as const;

export const Reading = Strict(
  {
    id: Id,
    readerId: Type.Optional(Id),
    kind: OneOf(READING_KINDS),
    madeAt: Timestamp,
    validUntil: Timestamp,
    holder: OneOf(['read', 'locked', 'blank'], {
      description:
        'locked:第三代卡未认证;blank:卡内没有持卡人 / generation 3 without authentication; nobody on it',
    }),
    verifiedBy: OneOf(VERIFIERS, {
      description:
        'sam:身份证安全模块;psam:社保卡由 PSAM 打开(卡本身未被证明);encryption-machine:加密机;library:厂商动态库;insurer、health-code-service:发码方解码;nobody:自由读出或手工录入 / who vouches for it',
    }),
    assurance: OneOf(ASSURANCES, {
      description: '可信程度:芯片已认证、芯片已读出、电子凭证已验证、手工录入 / how sure it is of the person',
    }),
    identity: Type.Optional(Identity),
    card: Type.Optional(CardDetails),
    document: Type.Optional(DocumentDetails),
    healthCard: Type.Optional(HealthCardDetails),
    notes: Type.Array(OneOf(READING_NOTES)),
    photo: Type.Optional(
      Type.String({
        description: '照片,WLT 格式,base64(1024 字节)/ photo in WLT format, base64 of 1024 bytes',
      }),
    ),
  },
  { description: '一次读卡的结果 / what one card told a reader' },
);

export type DocumentKind = Static<typeof DocumentKind>;
export type ReaderSpot = (typeof READER_SPOTS)[number];
export type Assurance = (typeof ASSURANCES)[number];
export type HealthCardDetails = Static<typeof HealthCardDetails>;
export type ReadingRequest = Static<typeof ReadingRequest>;
export type CodeRequest = Static<typeof CodeRequest>;
export type ReadingNote = (typeof READING_NOTES)[number];
export type CardDetails = Static<typeof CardDetails>;
export type DocumentDetails = Static<typeof DocumentDetails>;
export type Reading = Static<typeof Reading>;
