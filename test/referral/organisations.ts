import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createHttpLink } from '../../adapters/links/http/link.ts';
import type { OrganisationConfiguration } from '../../schemas/configuration.ts';
import type { Delivery } from '../../schemas/delivery.ts';
import type { ReportRule } from '../../schemas/insured-configuration.ts';
import type { HistoryEntry, Referral, ReferralSummary } from '../../schemas/referral.ts';
import type { ReferralConfiguration } from '../../schemas/referral-configuration.ts';
import { AuditTrail } from '../../src/access/audit.ts';
import { ClientDirectory, newKey, SCOPES } from '../../src/access/clients.ts';
import { Door } from '../../src/delivery/door.ts';
import { Inbox } from '../../src/delivery/inbox.ts';
import { LinkBook } from '../../src/delivery/link-book.ts';
import { linkStateRoutes } from '../../src/delivery/link-state-routes.ts';
import { Mailbox } from '../../src/delivery/mailbox.ts';
import { StoredOutbox } from '../../src/delivery/outbox.ts';
import { packWith } from '../../src/delivery/packing.ts';
import type { Link, Ways } from '../../src/delivery/port.ts';
import { Relay } from '../../src/delivery/relay.ts';
import { REPORT, Reports } from '../../src/delivery/reports.ts';
import { deliveryRoutes } from '../../src/delivery/routes.ts';
import { DeliveryService } from '../../src/delivery/service.ts';
import { linkSecretOf } from '../../src/delivery/signature.ts';
import { DeliveryWorker } from '../../src/delivery/worker.ts';
import { Fault } from '../../src/errors.ts';
import type { GatewayEvent } from '../../src/events/events.ts';
import { buildGateway } from '../../src/gateway.ts';
import { Idempotency } from '../../src/http/idempotency.ts';
import type { VirusScanner } from '../../src/referral/attachments/port.ts';
import { composeReferral } from '../../src/referral/compose.ts';
import type { RestHooks } from '../../src/referral/fhir/subscriptions/port.ts';
import { referralsOnFile } from '../../src/referral/on-file.ts';
import type { ReferralObserver } from '../../src/referral/port.ts';
import type { InsurerInquiries } from '../../src/referral/recognition/port.ts';
import type { Filings } from '../../src/settlement/port.ts';
import type { Store } from '../../src/store/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, temporaryFolder, testParts } from '../helper.ts';

export const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

/** The two organisations of the tests. */
export const clinic = { code: 'CLINIC0001', name: '前进村卫生室', level: 'village' } as const;
export const hospital = { code: 'HOSPITAL01', name: '示范县人民医院', level: 'county' } as const;

type Member = Pick<OrganisationConfiguration, 'code' | 'name' | 'level'>;

/** What an item of a list may hold: a referral, an entry of a history, or a delivery. */
type Item = Pick<ReferralSummary, 'id'> &
  Pick<HistoryEntry, 'who' | 'type' | 'from' | 'to' | 'transition' | 'outcome' | 'delivery'> &
  Pick<Delivery, 'messageId' | 'lastError' | 'attempts' | 'reachedAt' | 'priority'> & {
    readonly state: string;
    readonly nameDiffers?: boolean;
  };

/** What the answers of these tests may hold, all in one. */
type Body = Referral & {
  readonly items: Item[];
  readonly next: string;
  readonly code: string;
  readonly pointer: string;
  readonly messageId: string;
};

interface Answer {
  readonly status: number;
  readonly body: Body;
  readonly headers: Record<string, unknown>;
}

const noHooks: RestHooks = {
  judge: () => ({ ok: false, error: 'not called in this test' }),
  call: () => Promise.reject(new Error('not called in this test')),
};

/** No insurer is told of anything, unless a test has rules. */
const noFilings = {} as Filings;

const noInsurer = () => Promise.reject(new Fault('insurer.not-found'));

/** A gateway of its own: store, services, HTTP face. Its worker only runs when told to. */
export async function organisation(
  t: Parameters<typeof testParts>[0],
  own: Member,
  peer: Member,
  options: {
    store?: Store;
    links?: (parts: { clock: { now(): number } }) => Map<string, Link>;
    secrets?: Map<string, Buffer>;
    /** How those without a link are reached; nobody is passed on for without it. */
    ways?: Ways;
    observers?: readonly ReferralObserver[];
    scanner?: VirusScanner;
    /** How subscribers are called; nobody may be without it. */
    hooks?: RestHooks;
    filings?: Filings;
    inquiries?: InsurerInquiries;
    reports?: readonly ReportRule[];
    /** How referrals are handled here. */
    referral?: ReferralConfiguration;
  } = {},
) {
  const made = await testParts(t);
  const store = options.store ?? made.store;
  const parts = { ...made, store, audit: new AuditTrail(store, own.code.toLowerCase(), made.clock) };
  const organisations: OrganisationConfiguration[] = [
    { ...peer, link: { kind: 'http', url: 'http://127.0.0.1:1', secret: { env: 'NONE' } } },
    { code: 'NOLINK0001', name: '无通道医院', level: 'city' },
  ];
  const links = options.links?.(parts) ?? new Map<string, Link>();
  const { ways } = options;
  const outbox = new StoredOutbox({ ...parts, ...(ways ? { ways } : {}) });
  const observers = options.observers ?? [];
  const gatewayId = own.code.toLowerCase();
  const attachmentFolder = temporaryFolder(t);
  const composed = composeReferral({
    ...parts,
    configuration: {
      gateway: { id: gatewayId, host: '127.0.0.1', port: 0, requestsPerMinuteMax: 1 },
      store: { kind: 'sqlite', file: 'unused' },
      attachments: { folder: attachmentFolder, megabytesMax: 1, countMax: 4 },
      organisation: own,
      organisations,
      ...(options.referral ? { referral: options.referral } : {}),
      ...(options.reports ? { reports: options.reports } : {}),
    },
    scannerOf: () => options.scanner,
    version: 'test',
    observers,
    hooks: options.hooks ?? noHooks,
    random: () => 0,
    organisations,
    visits: { countVisits: async () => ({ outpatient: 38, stays: 2 }) },
    filings: options.filings ?? noFilings,
    inquiries: options.inquiries ?? { eligibility: noInsurer, transact: noInsurer },
    identityOf: async (readingId) => {
      if (readingId !== 'reading-1') throw new Fault('reading.not-found');
      return patient.identity;
    },
  });
  const handlers = new Map(composed.handlers);
  handlers.set(REPORT, new Reports({ ...parts, handlers }));
  const relay = ways && new Relay({ ...parts, outbox, ways, organisation: own.code });
  const inbox = new Inbox({ ...parts, handlers });
  const side = composed.over(outbox);
  const { referrals, subscriptions } = side;
  const { casesOf } = referralsOnFile({ ...parts, own, organisations });
  const deliveries = new DeliveryService({ ...parts, outbox, casesOf });
  const worker = new DeliveryWorker({
    ...parts,
    outbox,
    links,
    handlers,
    ...(relay ? { relay } : {}),
    organisation: own.code,
    gatewayId: own.code.toLowerCase(),
    random: () => 0,
    options: { sendTimeoutMs: 2_000 },
  });
  const secrets = options.secrets ?? new Map([[peer.code, linkSecretOf(SECRET)]]);
  const keys = new Map([...secrets].map(([code, secret]) => [code, { secrets: [secret] }]));
  const door = new Door({
    inbox,
    clock: parts.clock,
    organisation: own.code,
    keys,
    ...(relay ? { relay } : {}),
  });
  const book = new LinkBook(parts);
  const box = new Mailbox({
    ...parts,
    ...{ outbox, book, links, keys, handlers, relay, organisation: own.code, random: () => 0 },
  });
  const { key, hash } = newKey('his');
  const reader = newKey('reader');
  const operator = newKey('operator');
  const idempotency = new Idempotency({ ...parts, gatewayId: own.code.toLowerCase() });
  const app: FastifyInstance = await buildGateway({
    logger: parts.logger,
    ids: parts.ids,
    clients: new ClientDirectory([
      { id: 'his', keyHash: hash, scopes: new Set(SCOPES) },
      { id: 'reader', keyHash: reader.hash, scopes: new Set(['reader:read'] as const) },
      { id: 'operator', keyHash: operator.hash, scopes: new Set(['delivery:read'] as const) },
    ]),
    requestsPerMinuteMax: 1_000_000,
    sandbox: false,
    version: 'test',
    features: [
      deliveryRoutes({
        deliveries,
        idempotency,
        take: door.take,
        takeAll: door.takeAll,
        mailbox: { open: door.open, box },
      }),
      linkStateRoutes({ store, links }),
      ...side.routes(idempotency),
    ],
  });
  const events: GatewayEvent[] = [];
  parts.events.listen((event) => events.push(event));
  t.teardown(async () => {
    await worker.stop();
    await app.close();
    for (const link of links.values()) await link.close();
  });

  async function call(
    method: 'GET' | 'POST',
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${key}`,
        ...(method === 'POST' ? { 'idempotency-key': parts.ids.next() } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return { status: answer.statusCode, body: answer.json() as Body, headers: answer.headers };
  }

  /** Reads the referral and acts on the version it has. */
  async function act(id: string, body: object): Promise<Answer> {
    const { headers } = await call('GET', `/v1/referrals/${id}`);
    return call('POST', `/v1/referrals/${id}/events`, body, { 'if-match': String(headers.etag) });
  }

  /** Sends all that is due, until nothing is. */
  async function deliverAll(): Promise<void> {
    while ((await worker.runOnce()) + (await side.worker.runOnce()) > 0);
  }

  async function listen(): Promise<string> {
    await app.listen({ host: '127.0.0.1', port: 0 });
    return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  }

  const core = {
    ...parts,
    papers: side,
    attachmentFolder,
    outbox,
    inbox,
    handlers,
    worker,
    referrals,
    subscriptions,
    deliveries,
    links,
    keys,
    app,
    events,
    board: parts.events,
    door,
    book,
  };
  return { ...core, key, readerKey: reader.key, operatorKey: operator.key, call, act, deliverAll, listen };
}

export type TestOrganisation = Awaited<ReturnType<typeof organisation>>;

/** The clinic and the hospital, joined by real HTTP on loopback. */
export async function joined(t: Parameters<typeof testParts>[0], scanners: { there?: VirusScanner } = {}) {
  const here = await organisation(t, clinic, hospital);
  const there = await organisation(t, hospital, clinic, scanners.there ? { scanner: scanners.there } : {});
  join(here, hospital, await there.listen());
  join(there, clinic, await here.listen());
  return { here, there };
}

/** Gives one side its link to the other. */
export function join(side: TestOrganisation, peer: Member, url: string): void {
  const pack = packWith({ secrets: [linkSecretOf(SECRET)] }, side.clock);
  const link = createHttpLink({ organisation: peer.code, url, pack });
  side.links.set(peer.code, link);
}

export const patient = {
  identity: { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME, sex: 'male' },
  phone: '13800000000',
  address: '某县某镇前进村 1 号',
} as const;

export const creation = {
  to: hospital.code,
  priority: 'routine',
  department: { name: '心血管内科' },
  patient,
  form: {
    impression: '高血压待查',
    presentIllness: '反复头晕三个月',
    pastHistory: '无特殊',
    treatment: '口服降压药',
    doctor: { name: '李医生', phone: '0000-1234567' },
  },
  consent: { given: 'written', by: 'patient' },
} as const;

export const outcome = {
  diagnosis: '原发性高血压',
  findings: '心电图未见异常',
  nextPlan: '回基层随访',
  doctor: { name: '王医生' },
} as const;

export const appointment = { at: '2026-03-05T09:00:00+08:00', department: { name: '心血管内科' } } as const;
