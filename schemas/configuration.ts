import Type, { type Static } from 'typebox';
import { SCOPES } from '../src/access/clients.ts';
import { AttachmentsConfiguration } from './attachment-configuration.ts';
import { OneOf, Strict } from './common.ts';
import { Name, Port, Secret, Url } from './configuration-words.ts';
import { DeliveryConfiguration } from './delivery-configuration.ts';
import { FormsConfiguration } from './forms-configuration.ts';
import { ReportRule } from './insured-configuration.ts';
import { InsurerConfiguration } from './insurer-configuration.ts';
import { LinkConfiguration } from './link-configuration.ts';
import { MeasuresConfiguration } from './measure.ts';
import { ReaderConfiguration } from './reader-configuration.ts';
import { ReferralConfiguration } from './referral-configuration.ts';

const OrganisationCode = Type.String({ pattern: '^[A-Za-z0-9]{4,30}$', description: '机构编码' });

/** Where codes are decoded, as the bureau registered it. */
const codeOffice = {
  /** 医保科室 of the desk; one for all desks. */
  office: Type.Optional(
    Strict({
      id: Type.String({ minLength: 1, maxLength: 20 }),
      name: Type.String({ minLength: 1, maxLength: 30 }),
    }),
  ),
  /** The field that takes the code, where the province names it otherwise. */
  codeField: Type.Optional(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,39}$' })),
};
const CodeOperator = Strict({
  no: Type.String({ minLength: 1, maxLength: 20 }),
  name: Type.String({ minLength: 1, maxLength: 30 }),
});

/** Which insurer decodes 医保电子凭证, and how: transaction 6101, or the ec.query service of the local component. */
const InsuranceCodeConfiguration = Type.Union([
  Strict({ kind: Type.Literal('transaction'), insurer: Name, ...codeOffice }),
  Strict({
    kind: Type.Literal('ec-query'),
    url: Url,
    orgId: Type.String({ minLength: 1, maxLength: 40 }),
    operator: Type.Optional(CodeOperator),
    ...codeOffice,
  }),
]);

/** The health-code platform that answers verifyQRCode. */
const HealthCodeConfiguration = Strict({
  url: Url,
  appId: Type.String({ minLength: 1, maxLength: 64 }),
  secret: Type.Optional(Secret),
  /** The institution's number there, where it is not the code of the organisation. */
  hospitalId: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  /** What codes are shown for (用卡环节) and where (用卡渠道), as the platform's dictionaries number it. */
  medicalStep: Type.Optional(Type.String({ pattern: '^[0-9]{4,10}$' })),
  useChannel: Type.Optional(Type.String({ pattern: '^[0-9]{4}$' })),
  terminalId: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
});

/** The gateway's own pages. */
const PagesConfiguration = Strict({
  https: Type.Optional(
    Type.Boolean({
      description: '浏览器是否经 HTTPS 访问网关 / whether browsers reach the gateway over HTTPS',
    }),
  ),
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
  insuranceCode: Type.Optional(InsuranceCodeConfiguration),
  healthCode: Type.Optional(HealthCodeConfiguration),
});

const EstimatesConfiguration = Strict({
  /** The benefit table, a TOML file of the form of benefit-table.ts; read anew when it changes. */
  benefits: Type.Optional(Type.String({ minLength: 1 })),
});

/** The event log, and who may be called. */
const EventsConfiguration = Strict({
  /** Days that events can be asked for. */
  keptDays: Type.Optional(Type.Integer({ minimum: 4, maximum: 366 })),
  /** Hosts, or host:port, of webhooks that are not at a public https address. */
  webhookHosts: Type.Optional(
    Type.Array(Type.String({ pattern: '^[0-9A-Za-z.:\\[\\]_-]{1,255}$' }), { maxItems: 100 }),
  ),
});

export const OrganisationConfiguration = Strict({
  code: OrganisationCode,
  name: Type.String({ minLength: 1, maxLength: 70 }),
  level: OneOf(['village', 'township', 'county', 'city', 'province']),
  link: Type.Optional(LinkConfiguration),
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
    division: Type.Optional(
      Type.String({ pattern: '^[0-9]{6}([0-9]{3}){0,2}$', description: '行政区划代码' }),
    ),
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
  estimates: Type.Optional(EstimatesConfiguration),
  events: Type.Optional(EventsConfiguration),
  attachments: Type.Optional(AttachmentsConfiguration),
  referral: Type.Optional(ReferralConfiguration),
  pages: Type.Optional(PagesConfiguration),
  measures: Type.Optional(MeasuresConfiguration),
  reports: Type.Optional(Type.Array(ReportRule, { maxItems: 20 })),
  forms: Type.Optional(FormsConfiguration),
  insurers: Type.Array(InsurerConfiguration, { maxItems: 20 }),
  delivery: Type.Optional(DeliveryConfiguration),
  directory: Type.Optional(
    // TOML or JSON of the form of directory.ts; read anew when it changes.
    Strict({ file: Type.Optional(Type.String({ minLength: 1 })) }),
  ),
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

export type CardsConfiguration = Static<typeof CardsConfiguration>;
export type InsuranceCodeConfiguration = Static<typeof InsuranceCodeConfiguration>;
export type HealthCodeConfiguration = Static<typeof HealthCodeConfiguration>;
export type DeskConfiguration = Static<typeof DeskConfiguration>;
export type Configuration = Static<typeof Configuration>;
export type OrganisationConfiguration = Static<typeof OrganisationConfiguration>;
