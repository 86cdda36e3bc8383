/** The composition root: configuration → store, adapters → features → gateway. Only it imports adapters. */
import { readFileSync } from 'node:fs';
import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import { createXmlEncryptionMachine } from '../adapters/encryption/xml/machine.ts';
import { insurerOf, timeoutsOf } from '../adapters/insurers/index.ts';
import { Specification } from '../adapters/insurers/nhsa/specification.ts';
import { linksOf } from '../adapters/links/index.ts';
import { findReaders } from '../adapters/readers/discovery/index.ts';
import { readerDriverOf } from '../adapters/readers/index.ts';
import { scannerOf } from '../adapters/scanners/index.ts';
import { openStore } from '../adapters/stores/open.ts';
import { codeVerifiersOf } from '../adapters/verifiers/index.ts';
import { HttpWebhookCaller } from '../adapters/webhooks/http.ts';
import { HttpRestHooks } from '../adapters/webhooks/rest-hook.ts';
import type { Configuration, DeskConfiguration } from '../schemas/configuration.ts';
import { AuditTrail } from './access/audit.ts';
import { pageAccess } from './access/pages.ts';
import { composePeople, type Ease } from './access/users/compose.ts';
import { dataKeyOf, Vault } from './access/vault.ts';
import { composeCards } from './card/compose.ts';
import { keysOfReaders, modulesOf } from './card/keys.ts';
import type { ConfiguredReader } from './card/pool.ts';
import type { EncryptionMachine, LoadHost } from './card/port.ts';
import { leaveGateway, type RunningDesk, startDeskProgram } from './card/remote/compose.ts';
import { systemClock, systemIds } from './clock.ts';
import { readSecret } from './config.ts';
import { clientsOf, dailyStatementsOf, isReadableOnTheWay } from './configured.ts';
import { composeDelivery } from './delivery/compose.ts';
import { linkKeysOf } from './delivery/keys.ts';
import { composeEvents, openEvents } from './events/compose.ts';
import { buildGateway } from './gateway.ts';
import { Housekeeper } from './housekeeper.ts';
import { healthRoutes } from './http/health.ts';
import { Idempotency } from './http/idempotency.ts';
import { metricsRoutes } from './http/metrics.ts';
import { builtPages } from './pages/built.ts';
import { pageRoutes } from './pages/routes.ts';
import { composeReferral } from './referral/compose.ts';
import { follow, startDirectory } from './referral/directory/compose.ts';
import { directoryRoutes } from './referral/directory/routes.ts';
import { referralsOnFile } from './referral/on-file.ts';
import { type RunningSandbox, type SandboxStart, startSandbox } from './sandbox/sandbox.ts';
import { composeCatalogues } from './settlement/catalogues/compose.ts';
import { composeSettlement } from './settlement/compose.ts';
import { DiskSpool, spoolFolderOf } from './settlement/files/spool.ts';
import type { Store } from './store/port.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export { findReaders, readerDriverOf };

export interface GatewayOptions {
  readonly logger: Logger;
  /** Given only by the sandbox: its own routes, and the mark on every answer. */
  readonly sandbox?: readonly FastifyPluginAsync[];
  /** The insurer's interface as data, where it is shared; read anew otherwise. */
  readonly specification?: Specification;
  /** The issuer's host for loads of purses. None is known whose line is public: only the sandbox has one. */
  readonly loadHost?: LoadHost;
  /** What is easier for people than elsewhere; only in the sandbox. */
  readonly ease?: Ease;
}

export interface RunningGateway {
  /** Where it listens: http://127.0.0.1:7300. */
  readonly url: string;
  /** Answers what is under way, lets go of readers, lines and the store. */
  close(): Promise<void>;
}

/** Puts a gateway together and starts it; rejects, with everything closed again, when a part can't start. */
export async function startGateway(
  configuration: Configuration,
  options: GatewayOptions,
): Promise<RunningGateway> {
  const vault = new Vault(dataKeyOf(readSecret(configuration.dataKey, 'dataKey')));
  const store = await openStore(configuration, readSecret);
  const closing = new AsyncDisposableStack();
  closing.defer(() => store.close());
  try {
    return await compose(configuration, options, { store, vault, closing });
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
}

async function compose(
  configuration: Configuration,
  { logger, sandbox, specification, loadHost, ease }: GatewayOptions,
  { store, vault, closing }: { store: Store; vault: Vault; closing: AsyncDisposableStack },
): Promise<RunningGateway> {
  const { gateway, organisation } = configuration;
  const [clock, ids, random] = [systemClock, systemIds, Math.random];
  const { events, log } = openEvents({ clock, ids, ...configuration.events });
  const audit = new AuditTrail(store, gateway.id, clock);
  const idempotency = new Idempotency({ store, vault, clock, ids, gatewayId: gateway.id });
  const common = { store, vault, clock, ids, random, audit, events, logger, gatewayId: gateway.id };
  const caller = new HttpWebhookCaller(clock);
  const told = composeEvents({ ...common, ...configuration.events, log, caller });

  const directory = await startDirectory({
    ...common,
    configuration,
    checkLink: ({ code, link }) => link && linkKeysOf(link, readSecret, `organisations.${code}.link`),
  });
  closing.defer(() => directory.stop());
  const { organisations } = directory;

  // The card's journey: reader → identity → settlement.
  const encryption = configuration.cards.encryptionMachine;
  const machine = encryption && createXmlEncryptionMachine(encryption);
  if (machine) closing.defer(() => machine.close());

  const spool = new DiskSpool(spoolFolderOf(configuration));
  const insurers = configuration.insurers.map((insurer) =>
    insurerOf(insurer, { ...common, secretOf: readSecret, specification, spool, purse: () => card.purse }),
  );
  for (const insurer of insurers) closing.defer(() => insurer.close());
  const insurersById = new Map(insurers.map((insurer) => [insurer.id, insurer]));
  const referralsHere = referralsOnFile({
    ...{ ...common, organisations, own: organisation },
    validDays: configuration.referral?.validDays,
  });
  const settlement = composeSettlement({
    ...common,
    referrals: referralsHere,
    insurers: insurersById,
    timeoutsMs: timeoutsOf(configuration.insurers),
    estimates: {
      ownLevel: organisation.level,
      file: configuration.estimates?.benefits,
      levelOf: (code) => organisations.find((each) => each.code === code)?.level,
      referrals: referralsHere,
    },
    dailyStatements: dailyStatementsOf(configuration),
  });

  const catalogues = composeCatalogues({
    ...common,
    insurers: insurersById,
    inquiries: settlement.inquiries,
    spool,
    level: organisation.level,
  });

  const verifiers = codeVerifiersOf(configuration, {
    clock,
    ids,
    healthCodeSecret: (secret) => readSecret(secret, 'cards.healthCode.secret'),
    transact: (insurer, transaction, input, caller) =>
      settlement.inquiries.transact(insurer, transaction, { input }, caller),
  });
  for (const verifier of verifiers) closing.defer(() => verifier.close());
  const card = composeCards({
    ...common,
    readers: readersOf(configuration, machine),
    configured: configuration.readers,
    rules: configuration.cards,
    revokedFile: configuration.cards.revokedFile,
    verifiers,
    machine,
    loadHost,
  });
  await card.recover();

  // The referral's journey: route → outbox → peer, and back.
  const hooks = new HttpRestHooks(configuration.events?.webhookHosts ?? []);
  closing.defer(() => hooks.close());
  const referral = composeReferral({
    ...common,
    configuration,
    scannerOf,
    hooks,
    version,
    organisations,
    router: directory.route,
    visits: settlement.visits,
    inquiries: settlement.inquiries,
    filings: settlement.filings.filings,
    identityOf: (readingId, by) => card.cards.identityOf(readingId, by.client, by.requestId),
  });
  const delivery = composeDelivery({
    ...common,
    organisation: organisation.code,
    handlers: referral.handlers,
    organisations: configuration.organisations,
    ways: directory.ways,
    casesOf: referralsHere.casesOf,
    rules: configuration.delivery,
    linkOf: linksOf({ ...common, secretOf: readSecret, organisation: organisation.code }),
    secretOf: readSecret,
  });
  closing.defer(() => delivery.peers.close());
  follow(directory, delivery, { joined: configuration.organisations, logger });
  const referrals = referral.over(delivery.outbox);

  const people = composePeople(common, { ...configuration.pages, ...ease });
  const clients = clientsOf(configuration);
  const app = await buildGateway({
    logger,
    ids,
    version,
    sandbox: sandbox !== undefined,
    requestsPerMinuteMax: gateway.requestsPerMinuteMax,
    clients,
    pages: pageAccess(configuration.cards, gateway.host, clients, logger),
    sessions: people.users,
    features: [
      metricsRoutes(events),
      healthRoutes({ store, version }),
      pageRoutes({ version, sandbox: sandbox !== undefined, built: builtPages() }),
      ...card.routes(idempotency),
      ...settlement.routes({ readings: card.cards, idempotency }),
      ...catalogues.routes({ idempotency }),
      ...referrals.routes(idempotency),
      directoryRoutes(directory),
      ...delivery.routes(idempotency),
      ...told.routes(idempotency),
      ...people.routes({ idempotency, configuration, version }),
      ...(sandbox ?? []),
    ],
  });
  closing.defer(() => app.close());
  const url = await app.listen({ host: gateway.host, port: gateway.port });

  const housekeeper = new Housekeeper(logger, {
    'expired answers': () => idempotency.expire(),
    ...people.chores,
    ...card.chores,
    ...settlement.chores,
    ...told.chores,
    ...referrals.chores,
    'expired messages': () => delivery.inbox.expire(),
    'interrupted catalogues': () => catalogues.downloads.resume(),
  });
  for (const part of [told, settlement.worker, settlement.stays.worker, delivery, referrals, housekeeper]) {
    part.start();
    closing.defer(() => part.stop());
  }
  closing.defer(() => settlement.statements.service.stop());
  await catalogues.downloads.resume();
  closing.defer(() => catalogues.downloads.stop());
  card.start();
  // Before the HTTP side, whose end would wait for every reading that waits for a card.
  closing.defer(() => card.stop());
  return { url, close: () => closing.disposeAsync() };
}

interface DeskOptions {
  readonly logger: Logger;
  /** Tells the person at the desk, a line at a time. */
  say(line: string): void;
}

/** Starts a desk: its readers, and the line to its institution's gateway. */
export function startDesk(configuration: DeskConfiguration, options: DeskOptions): RunningDesk {
  const keysOf = keysOfReaders({ ...modulesOf(configuration.readers), machine: undefined });
  return startDeskProgram({ ...deskLine(configuration, options), readers: readersOf(configuration), keysOf });
}

/** Has the institution's gateway forget a desk that is given up; what came of it is said. */
export function leaveAsDesk(configuration: DeskConfiguration, options: DeskOptions): void {
  leaveGateway(deskLine(configuration, options));
}

function deskLine({ desk: { gateway, key } }: DeskConfiguration, { logger, say }: DeskOptions) {
  if (isReadableOnTheWay(gateway)) {
    logger.warn({}, 'patients’ data goes to the gateway in the clear: use wss');
  }
  return { gateway, key: readSecret(key, 'desk.key'), logger, say };
}

function readersOf(
  { readers }: Pick<Configuration, 'readers'>,
  encryption?: EncryptionMachine,
): ConfiguredReader[] {
  return readers.map((reader) => ({
    id: reader.id,
    name: reader.name,
    mustLift: reader.mustLift,
    watch: reader.watch,
    driver: readerDriverOf(reader, { encryption }),
  }));
}

/** Starts the sandbox: two gateways and everything around them. */
export function sandbox(parts: SandboxStart): Promise<RunningSandbox> {
  const specification = new Specification();
  return startSandbox({
    ...parts,
    specification,
    startGateway: (configuration, options) => startGateway(configuration, { ...options, specification }),
  });
}
