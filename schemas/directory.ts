import Type, { type Static } from 'typebox';
import { Day, OneOf, PageQuery, Strict, Text, Timestamp } from './common.ts';
import { LinkConfiguration } from './link-configuration.ts';
import { DirectionSchema, LEVELS, Organisation, OrganisationCode } from './organisation.ts';
import { ContactRole } from './referral-contact.ts';

const Count = Type.Integer({ minimum: 0, maximum: 100_000 });

const Word = Text(64);

const Words = Type.Array(Word, { maxItems: 500, uniqueItems: true });

const OfferedDepartment = Strict({
  code: Type.Optional(Text(20, '科室代码')),
  name: Text(50, '科室名称'),
  beds: Type.Optional(Count),
  slots: Type.Optional(Count),
});

/** What a directory knows of an organisation. */
export const OrganisationRecord = Strict(
  {
    code: OrganisationCode,
    name: Text(70),
    level: OneOf(LEVELS),
    /** GB/T 2260 with six digits, with the township (9) and the village (12). */
    division: Type.Optional(
      Type.String({ pattern: '^[0-9]{6}([0-9]{3}){0,2}$', description: '行政区划代码,6、9 或 12 位' }),
    ),
    parent: Type.Optional(OrganisationCode),
    services: Type.Optional(Words),
    departments: Type.Optional(Type.Array(OfferedDepartment, { maxItems: 200 })),
    beds: Type.Optional(Count),
    slots: Type.Optional(Count),
    capabilities: Type.Optional(Words),
    /** Whom its emergencies are told to, for `notify` of a green-channel referral. */
    contacts: Type.Optional(Type.Array(Strict({ role: ContactRole, name: Text(50) }), { maxItems: 20 })),
    link: Type.Optional(LinkConfiguration),
    opensOn: Type.Optional(Day),
    closedFrom: Type.Optional(Day),
    closedReason: Type.Optional(Text(200)),
  },
  { description: '机构 / an organisation of the directory' },
);

/** The four forms of 医联体 (国办发〔2017〕32号). */
const AGREEMENT_KINDS = ['urban-group', 'county-community', 'specialty-alliance', 'remote-network'] as const;

/** 医联体: its members prefer each other. */
export const Agreement = Strict({
  code: Type.String({ pattern: '^[A-Za-z0-9-]{1,40}$' }),
  name: Text(70),
  kind: OneOf(AGREEMENT_KINDS, {
    description: '城市医疗集团、县域医共体、专科联盟、远程医疗协作网',
  }),
  members: Type.Array(OrganisationCode, { minItems: 2, maxItems: 2_000, uniqueItems: true }),
  /** Where it is about some departments or services only, as a 专科联盟 is. */
  about: Type.Optional(Words),
  from: Type.Optional(Day),
  until: Type.Optional(Day),
});

/** The directory as a TOML or JSON file. */
export const DirectoryFile = Strict({
  $schema: Type.Optional(Type.String()),
  organisations: Type.Optional(Type.Array(OrganisationRecord, { maxItems: 20_000 })),
  agreements: Type.Optional(Type.Array(Agreement, { maxItems: 2_000 })),
});

/** What a patient needs, where no receiver is named. */
export const Need = Strict(
  {
    department: Type.Optional(Text(50, '科室代码或名称 / code or name of a department')),
    service: Type.Optional(Word),
    capabilities: Type.Optional(Type.Array(Word, { maxItems: 20 })),
    beds: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    slots: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    prefer: Type.Optional(
      OneOf(['ladder', 'agreement'], {
        description:
          'ladder:先就近逐级,同级中医联体优先(默认);agreement:先医联体 / the nearest level first, or partners first',
      }),
    ),
  },
  { description: '患者需要什么,用于不指定接收机构时 / what is needed, to find a receiver' },
);

export const RouteRequest = Strict({
  to: Type.Optional(OrganisationCode),
  need: Type.Optional(Need),
  direction: Type.Optional(DirectionSchema),
});

const Known = Strict({ code: OrganisationCode, name: Type.String(), level: OneOf(LEVELS) });

export const RouteAnswer = Strict(
  {
    to: Known,
    direction: DirectionSchema,
    by: OneOf(['address', 'ladder', 'agreement'], {
      description: '按指定机构、逐级就近、医联体 / by what it was chosen',
    }),
    agreement: Type.Optional(Type.String({ description: '医联体名称' })),
    way: Type.Array(Known, {
      description: '依次经过的机构,最后一个是接收机构 / those it passes, the last is the receiver',
    }),
    considered: Type.Array(
      Strict({
        ...Organisation.properties,
        verdict: OneOf(['chosen', 'possible', 'closed', 'not-capable', 'no-way']),
      }),
      { description: '按优先顺序考虑过的机构 / those considered, the best first' },
    ),
  },
  { description: '会走的路径及理由,不发送任何消息 / the way that would be taken and why; nothing is sent' },
);

export const OrganisationView = Strict({
  ...OrganisationRecord.properties,
  /** Its secrets are never shown, only where they are kept. */
  open: Type.Boolean({ description: '当前是否接收转诊 / whether it takes referrals today' }),
  own: Type.Boolean({ description: '本机构 / our own' }),
  reach: OneOf(['own', 'direct', 'relayed', 'none'], {
    description: '有通道、经中转、没有路径 / by its own link, through others, or not at all',
  }),
  way: Type.Array(OrganisationCode),
  source: OneOf(['configuration', 'file', 'api'], { description: '来源 / where it was set' }),
  version: Type.Integer(),
  updatedAt: Timestamp,
});

export const OrganisationPage = Strict({
  items: Type.Array(OrganisationView),
  next: Type.Optional(Type.String()),
});

export const OrganisationQuery = Strict({
  ...PageQuery,
  level: Type.Optional(OneOf(LEVELS)),
  division: Type.Optional(
    Type.String({ pattern: '^[0-9]{2,12}$', description: '行政区划代码的开头 / its beginning' }),
  ),
  parent: Type.Optional(OrganisationCode),
  department: Type.Optional(Text(50)),
  service: Type.Optional(Word),
  capability: Type.Optional(Word),
  reach: Type.Optional(OneOf(['own', 'direct', 'relayed', 'none'])),
  open: Type.Optional(OneOf(['true', 'false'])),
});

export const AgreementView = Strict({
  ...Agreement.properties,
  source: OneOf(['configuration', 'file', 'api']),
  version: Type.Integer(),
  updatedAt: Timestamp,
});

export const AgreementPage = Strict({
  items: Type.Array(AgreementView),
  next: Type.Optional(Type.String()),
});

export type OrganisationRecord = Static<typeof OrganisationRecord>;
export type Agreement = Static<typeof Agreement>;
export type DirectoryFile = Static<typeof DirectoryFile>;
export type Need = Static<typeof Need>;
export type RouteRequest = Static<typeof RouteRequest>;
export type RouteAnswer = Static<typeof RouteAnswer>;
export type OrganisationView = Static<typeof OrganisationView>;
export type OrganisationQuery = Static<typeof OrganisationQuery>;
export type AgreementView = Static<typeof AgreementView>;
