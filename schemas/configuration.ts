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

const SerialTransport = Strict({
  kind: Type.Literal('serial'),
  path: Type.String({ minLength: 1, description: '/dev/ttyUSB0, COM3, …' }),
  baudRate: Type.Optional(Type.Integer({ minimum: 1200, maximum: 921_600 })),
});
const TcpTransport = Strict({ kind: Type.Literal('tcp'), host: Type.String({ minLength: 1 }), port: Port });

export const ReaderConfiguration = Strict({
  id: Name,
  name: Type.Optional(Type.String({ maxLength: 60 })),
  dialect: OneOf(['sam-v', 'ccid-serial']),
  transport: Type.Union([SerialTransport, TcpTransport]),
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
    { maxItems: 200 },
  ),
  readers: Type.Array(ReaderConfiguration, { maxItems: 200 }),
  insurers: Type.Array(NhsaConfiguration, { maxItems: 20 }),
  organisations: Type.Array(OrganisationConfiguration, { maxItems: 5_000 }),
});

export type Secret = Static<typeof Secret>;
export type Configuration = Static<typeof Configuration>;
export type ReaderConfiguration = Static<typeof ReaderConfiguration>;
export type NhsaConfiguration = Static<typeof NhsaConfiguration>;
export type OrganisationConfiguration = Static<typeof OrganisationConfiguration>;
