import Type, { type Static } from 'typebox';
import { SCOPES } from '../src/access/clients.ts';
import { OneOf, Strict } from './common.ts';

/** A secret is never written in the configuration itself, only where it is found. */
export const Secret = Type.Union([
  Strict({ file: Type.String({ minLength: 1, description: '密钥文件的路径 / path of a file' }) }),
  Strict({ env: Type.String({ minLength: 1, description: '环境变量名 / name of an environment variable' }) }),
]);

const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
const Url = Type.String({ pattern: '^https?://[^\\s]+$', maxLength: 500 });
const Name = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,31}$',
  description: '小写字母、数字、连字符 / a-z 0-9 -',
});
const OrganisationCode = Type.String({ pattern: '^[A-Za-z0-9]{4,30}$', description: '机构编码' });
const AdmDivision = Type.String({ pattern: '^[0-9]{6}$', description: '行政区划代码,6 位数字 / six digits' });

const UsbId = Type.String({
  pattern: '^[0-9a-f]{4}$',
  description: 'USB 编号,四位小写十六进制 / four hex digits',
});
const SerialNumber = Type.String({ minLength: 1, maxLength: 64 });

/** A port by its path, or by the device behind it, which keeps its numbers when it is plugged in elsewhere. */
const SerialTransport = Strict({
  kind: Type.Literal('serial'),
  path: Type.Optional(Type.String({ minLength: 1, description: '/dev/ttyUSB0, COM3, …' })),
  vendorId: Type.Optional(UsbId),
  productId: Type.Optional(UsbId),
  serialNumber: Type.Optional(SerialNumber),
  baudRate: Type.Optional(Type.Integer({ minimum: 1200, maximum: 921_600 })),
  /** Whether to look for the speed the reader answers at, where it doesn't at the one given. */
  findBaudRate: Type.Optional(Type.Boolean()),
});
const TcpTransport = Strict({ kind: Type.Literal('tcp'), host: Type.String({ minLength: 1 }), port: Port });
const HidTransport = Strict({
  kind: Type.Literal('hid'),
  vendorId: UsbId,
  productId: UsbId,
  serialNumber: Type.Optional(SerialNumber),
  /** Where one device has several interfaces: the one with this usage page. */
  usagePage: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff })),
});
/** The card side dials in, as the virtual card of vsmartcard does to its virtual reader. */
const VpcdTransport = Strict({ kind: Type.Literal('vpcd'), host: Type.String({ minLength: 1 }), port: Port });
/** A vendor's SSCardDriver library (LD/T 33). */
const LibraryTransport = Strict({
  kind: Type.Literal('library'),
  file: Type.String({ minLength: 1, description: '动态库的路径 / path of the shared library' }),
  /** Which of the vendor's extra functions it has. */
  extras: Type.Optional(
    Type.Array(OneOf(['iReadIdentityCard', 'iScan2DBarcode', 'iGetReaderInfo']), { uniqueItems: true }),
  ),
  /** What iScan2DBarcode is given for its time-out: 1 unless said. Most vendors take seconds, some milliseconds. */
  scanTimeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
});

/** How a PSAM is asked and what the card is shown; provinces differ (facts: authentication with a PSAM). */
const PsamConfiguration = Strict({
  /** Slot of the reader, from 1. */
  slot: Type.Integer({ minimum: 1, maximum: 8 }),
  /** Usage byte of the key: the high three bits are the levels it is diversified by, the low five its type. */
  keyUsage: Type.String({
    pattern: '^[2-7][0-9A-F]$',
    description: '密钥用途,高三位为 1 至 3 级分散 / usage byte of a key diversified by 1 to 3 levels',
  }),
  /** Index of the key. */
  keyIndex: Type.String({ pattern: '^[0-9A-F]{2}$' }),
  /** P2 of EXTERNAL AUTHENTICATE. */
  cardKey: Type.String({ pattern: '^[0-9A-F]{2}$' }),
});

export const READER_DIALECTS = [
  'sam-v',
  'ccid-serial',
  'gwi',
  'hd',
  'hid-scanner',
  'line-scanner',
  'vpcd',
  'library',
  'profile',
] as const;

export const ReaderConfiguration = Strict({
  id: Name,
  name: Type.Optional(Type.String({ maxLength: 60 })),
  dialect: OneOf(READER_DIALECTS),
  /** With dialect "profile": a profile that comes with the gateway, by name, or a file. */
  profile: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  transport: Type.Union([SerialTransport, TcpTransport, HidTransport, VpcdTransport, LibraryTransport]),
  psam: Type.Optional(PsamConfiguration),
  /** Whether a resident ID card must be lifted before the next is read; true unless given. */
  mustLift: Type.Optional(Type.Boolean()),
  /** Whether cards are looked for between readings, for events of their coming and going; false unless given. */
  watch: Type.Optional(Type.Boolean()),
  /** A PSAM for resident health cards, of 2012; the keys in the captures are 47, 34 and 84. */
  healthCardPsam: Type.Optional(PsamConfiguration),
});

const Policy = OneOf(['note', 'refuse'], {
  description: 'note:照读并注明;refuse:拒绝 / read it with a note, or refuse',
});

/** What becomes of cards that should not be used any more; a rule of the county, not of the program. */
const CardsConfiguration = Strict({
  expired: Policy,
  blocked: Policy,
  revoked: Policy,
  /** 卡识别码 or 卡号 of cards reported lost, one a line; read anew when it changes. */
  revokedFile: Type.Optional(Type.String({ minLength: 1 })),
  /** A typed number is good for a reading only where the county allows it. */
  typed: OneOf(['accept', 'refuse']),
  /** Origins of browser pages that may use the readers: "http://10.0.0.8:8080". No origin of this list, no card. */
  origins: Type.Array(Type.String({ pattern: '^https?://[^/\\s]+$', maxLength: 200 }), { maxItems: 100 }),
  /** The client whose rights pages of these origins have that can send no key; none where absent. */
  originClient: Type.Optional(Name),
  encryptionMachine: Type.Optional(
    // A card lies on the reader meanwhile, whose reading may take no more than 20 s in all.
    Strict({ url: Url, timeoutMs: Type.Optional(Type.Integer({ minimum: 500, maximum: 10_000 })) }),
  ),
  /** Which insurer decodes 医保电子凭证, and how: transaction 6101, or the ec.query service of the local component. */
  insuranceCode: Type.Optional(
    Type.Union([
      Strict({ kind: Type.Literal('transaction'), insurer: Name }),
      Strict({
        kind: Type.Literal('ec-query'),
        url: Url,
        orgId: Type.String({ minLength: 1, maxLength: 40 }),
      }),
    ]),
  ),
  /** The health-code platform that answers verifyQRCode. */
  healthCode: Type.Optional(
    Strict({ url: Url, appId: Type.String({ minLength: 1, maxLength: 64 }), secret: Type.Optional(Secret) }),
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
  /** Whether requests with codes or fields beyond the specification are refused (strict) or sent (lenient). */
  checking: Type.Optional(OneOf(['strict', 'lenient'])),
  /** Whether amounts go out as JSON numbers or as text. */
  amountsAs: Type.Optional(OneOf(['number', 'text'])),
  /** Whether `input` goes out as an object or as JSON text. */
  inputAs: Type.Optional(OneOf(['object', 'text'])),
});

export const OrganisationConfiguration = Strict({
  code: OrganisationCode,
  name: Type.String({ minLength: 1, maxLength: 70 }),
  level: OneOf(['village', 'township', 'county', 'city', 'province']),
  link: Type.Optional(Strict({ kind: Type.Literal('http'), url: Url, secret: Secret })),
});

export const Configuration = Strict({
  gateway: Strict({
    id: Name,
    host: Type.String({ minLength: 1 }),
    port: Port,
    requestsPerMinuteMax: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
  }),
  log: Strict({ level: OneOf(['silent', 'error', 'warn', 'info', 'debug']) }),
  store: Type.Union([
    Strict({ kind: Type.Literal('sqlite'), file: Type.String({ minLength: 1 }) }),
    Strict({
      kind: Type.Literal('postgres'),
      url: Secret,
      connectionsMax: Type.Optional(Type.Integer({ minimum: 2, maximum: 100 })),
    }),
  ]),
  dataKey: Secret,
  organisation: Strict({
    code: OrganisationCode,
    name: Type.String({ minLength: 1, maxLength: 70 }),
    level: OneOf(['village', 'township', 'county', 'city', 'province']),
  }),
  clients: Type.Array(
    Strict({
      id: Name,
      keyHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'npm run key' }),
      scopes: Type.Array(OneOf(SCOPES), { minItems: 1, uniqueItems: true }),
    }),
    { maxItems: 5_000 },
  ),
  readers: Type.Array(ReaderConfiguration, { maxItems: 200 }),
  cards: CardsConfiguration,
  insurers: Type.Array(NhsaConfiguration, { maxItems: 20 }),
  organisations: Type.Array(OrganisationConfiguration, { maxItems: 5_000 }),
});

/** A desk: the same program next to its readers, joined to its institution's gateway. */
export const DeskConfiguration = Strict({
  desk: Strict({
    /** The institution's gateway: wss://10.0.0.2:7300. */
    gateway: Type.String({ pattern: '^wss?://[^\\s/]+$', maxLength: 200 }),
    /** The key of a client with the scope desk:connect; its id names the desk. */
    key: Secret,
  }),
  log: Strict({ level: OneOf(['silent', 'error', 'warn', 'info', 'debug']) }),
  readers: Type.Array(ReaderConfiguration, { minItems: 1, maxItems: 16 }),
});

export type Secret = Static<typeof Secret>;
export type PsamConfiguration = Static<typeof PsamConfiguration>;
export type CardsConfiguration = Static<typeof CardsConfiguration>;
export type DeskConfiguration = Static<typeof DeskConfiguration>;
export type Configuration = Static<typeof Configuration>;
export type ReaderConfiguration = Static<typeof ReaderConfiguration>;
export type NhsaConfiguration = Static<typeof NhsaConfiguration>;
export type OrganisationConfiguration = Static<typeof OrganisationConfiguration>;
