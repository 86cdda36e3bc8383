import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { ReaderConfiguration } from '../../schemas/reader-configuration.ts';
import type { AuditTrail } from '../access/audit.ts';
import type { Vault } from '../access/vault.ts';
import { type Clock, type Ids, systemTimers } from '../clock.ts';
import type { Events } from '../events/events.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { Store } from '../store/port.ts';
import { Dialogues } from './compat/dialogue.ts';
import { compatRoutes } from './compat/routes.ts';
import { CompatService } from './compat/service.ts';
import { fileRoutes } from './files/routes.ts';
import { FileService } from './files/service.ts';
import { identityRoutes } from './identity-routes.ts';
import { keysOfReaders, modulesOf } from './keys.ts';
import { readerMeasureRoutes } from './measures/routes.ts';
import { ReaderMeasureService } from './measures/service.ts';
import { ReaderTally } from './measures/tally.ts';
import { pinRoutes } from './pin/routes.ts';
import { PinService } from './pin/service.ts';
import type { CardRules } from './policy.ts';
import { type ConfiguredReader, ReaderPool } from './pool.ts';
import type { CodeVerifier, EncryptionMachine, LoadHost, Purse } from './port.ts';
import { purseRoutes } from './purse/routes.ts';
import { PurseService } from './purse/service.ts';
import { DeskHost } from './remote/host.ts';
import { deskRoutes } from './remote/routes.ts';
import { Revocations } from './revocations.ts';
import { cardRoutes } from './routes.ts';
import { CardService } from './service.ts';
import { leaseRoutes } from './sharing/routes.ts';
import { fileKeys } from './social-security/file-keys.ts';

export interface CardSideParts {
  readonly gatewayId: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** In [0, 1). */
  readonly random: () => number;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly logger: Logger;
  readonly readers: readonly ConfiguredReader[];
  /** The same readers as they were configured: their security modules and purses. */
  readonly configured: readonly ReaderConfiguration[];
  readonly rules: CardRules;
  /** The file with the cards reported lost. */
  readonly revokedFile: string | undefined;
  readonly verifiers: readonly CodeVerifier[];
  readonly machine: EncryptionMachine | undefined;
  readonly loadHost: LoadHost | undefined;
}

/** The card side, put together. */
export interface CardSide {
  readonly cards: CardService;
  readonly purse: Purse;
  /** What is put away or told later, for the housekeeper. */
  readonly chores: Readonly<Record<string, () => Promise<unknown>>>;
  /** Finds out what was under way when an earlier run ended; before anything new is begun. */
  recover(): Promise<void>;
  /** Begins to open the readers. */
  start(): void;
  stop(): Promise<void>;
  routes(idempotency: Idempotency): FastifyPluginAsync[];
}

export function composeCards(parts: CardSideParts): CardSide {
  const { configured, machine, revokedFile: file, readers, logger } = parts;
  const timers = systemTimers;
  const desks = new DeskHost({ ...parts, timers });
  const tally = new ReaderTally({ ...parts, timers });
  parts.events.listen(({ type, subject, data }) => {
    if (type === 'reader.state' && data.state === 'lost') tally.lost(subject);
  });
  const pool = new ReaderPool({ ...parts, readers, tally, more: desks });
  const revocations = file === undefined ? undefined : new Revocations({ file, logger });
  const keysOf = keysOfReaders({ ...modulesOf(configured), machine });
  const cards = new CardService({ ...parts, pool, keysOf, ...(revocations ? { revocations } : {}) });
  const admit = (cardId: string) => cards.admitNumber(cardId);
  const files = new FileService({
    ...parts,
    pool,
    admit,
    authenticate: (readerId, { reader, atr }) =>
      fileKeys({ atr, authenticator: keysOf(readerId, reader).authenticator, machine }),
  });
  const pins = new PinService({ ...parts, pool, admit });
  const purses = new Map(configured.flatMap(({ id, purse }) => (purse ? [[id, purse] as const] : [])));
  const purse = new PurseService({ ...parts, pool, purses });
  const dialogues = new Dialogues({ timers, logger });
  const compat = new CompatService({ ...parts, pool, cards, files, pins, dialogues });
  return {
    cards,
    purse,
    chores: { 'expired readings': () => cards.expire(), 'ended loads': () => purse.tellHost() },
    async recover() {
      await purse.recover();
      await revocations?.start();
    },
    start: () => pool.start(),
    async stop() {
      await revocations?.stop();
      await pool.close();
      await tally.write();
    },
    routes: (idempotency) => [
      cardRoutes({ pool, cards, idempotency }),
      readerMeasureRoutes({ measures: new ReaderMeasureService({ ...parts, tally }) }),
      leaseRoutes({ pool, idempotency }),
      identityRoutes({ cards, idempotency }),
      fileRoutes({ files, idempotency }),
      pinRoutes({ pins }),
      purseRoutes({ purse, idempotency }),
      deskRoutes({ host: desks }),
      compatRoutes({ compat, timers }),
    ],
  };
}
