import type { Identity } from '../../schemas/identity.ts';
import { READING_TIMEOUT_MS_DEFAULT, type Reading, type ReadingRequest } from '../../schemas/reading.ts';
import type { AuditTrail } from '../access/audit.ts';
import type { Caller } from '../access/caller.ts';
import type { Vault } from '../access/vault.ts';
import { type Clock, chinaDigits, type Ids, timestampOf } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Events } from '../events/events.ts';
import type { Store } from '../store/port.ts';
import type { HealthCardAuthenticatorOf } from './health-card/external-authentication.ts';
import { contentOf } from './model.ts';
import type { ReaderPool } from './pool.ts';
import type { Readings, Told } from './port.ts';
import { readPresented } from './present.ts';
import { addReading, expireReadings, readingById } from './queries.ts';
import type { AuthenticatorOf, Hindrance } from './social-security/authentication.ts';
import { systemTimers, type Timers } from './timers.ts';

/** How long a reading speaks for the person: a working day, so that the morning's reading settles the evening's bill. */
export const READING_VALID_MS = 12 * 3_600_000;

/** What reading a card may take on top of waiting for it, before the reader counts as lost. */
const READING_LIMIT_MS = 20_000;

/** Where the column for the reader says that none was used: somebody typed. */
const NO_READER = '-';

export interface CardServiceParts {
  readonly pool: ReaderPool;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly timers?: Timers;
  /** Authenticates us towards health cards, where a reader has a PSAM for them. */
  readonly healthCardAuthenticatorOf?: HealthCardAuthenticatorOf;
  /** Opens cards that keep their holder locked; they stay so where it is absent. */
  readonly authenticatorOf?: AuthenticatorOf;
}

export interface ReadOptions {
  /** The id the reading takes; a fresh one otherwise. */
  readonly id?: string;
  /** Ends the wait for a card, for a caller who has gone away. */
  readonly cancelled?: AbortSignal;
}

/** A reading and what the card said, word for word. */
export interface Made {
  readonly reading: Reading;
  readonly told: Told;
}

/** Reads cards, keeps what they said, sealed, for as long as it is good for, and gives it out again, audited. */
export class CardService implements Readings {
  readonly #parts: CardServiceParts;
  readonly #timers: Timers;

  constructor(parts: CardServiceParts) {
    this.#parts = parts;
    this.#timers = parts.timers ?? systemTimers;
  }

  /**
   * Waits for a card on a reader, reads and stores it. Faults: those of the pool and of the card; `card.locked-data`,
   * `encryption.unreachable`, `encryption.refused` or `card.refused` where the holder is required and can't be read.
   */
  async read(
    readerId: string,
    request: ReadingRequest,
    caller: Caller,
    options: ReadOptions = {},
  ): Promise<Made> {
    const { pool, clock } = this.#parts;
    const timeoutMs = request.timeoutMs ?? READING_TIMEOUT_MS_DEFAULT;
    const keep = async (told: Told): Promise<Made> => {
      const reading = this.#readingOf(readerId, told, request, options.id);
      if ((request.holder ?? 'required') === 'required') requireHolder(reading, hindranceOf(told));
      await this.#keep(reading, caller);
      return { reading, told };
    };
    const made = await pool.use(
      readerId,
      (reader, signal) =>
        readPresented(
          reader,
          {
            accept: request.accept,
            spot: request.spot ?? 'either',
            newAddress: request.newAddress ?? false,
            timeoutMs,
            clock,
            timers: this.#timers,
            signal,
            gate: pool.gate(readerId),
            healthCard: this.#parts.healthCardAuthenticatorOf?.(readerId, reader),
            authenticator: this.#parts.authenticatorOf?.(readerId, reader),
          },
          keep,
        ),
      { limitMs: timeoutMs + READING_LIMIT_MS, cancelled: options.cancelled, lease: request.lease },
    );
    const { id, kind } = made.reading;
    this.#parts.events.publish('reading.made', readerId, { readingId: id, kind });
    return made;
  }

  /** A reading that is still valid; each look is on the audit trail. Fault `reading.not-found`. */
  async get(id: string, caller: Caller): Promise<Reading> {
    const reading = await this.#find(id);
    await this.#parts.audit.look({ ...caller, act: 'read', kind: 'reading', subject: id });
    return reading;
  }

  /** A reading with this id, where it was already made: for a creation that is repeated. */
  async known(id: string): Promise<Reading | undefined> {
    const row = await this.#parts.store.one(readingById, { id });
    return row && this.#parts.vault.openJson<Reading>(purpose(id), row.content);
  }

  async identityOf(readingId: string, client: string, requestId: string): Promise<Identity> {
    const reading = await this.#find(readingId);
    const { identity } = requireHolder(reading);
    await this.#parts.audit.look({ client, requestId, act: 'use', kind: 'reading', subject: readingId });
    return identity;
  }

  /** Removes readings that are no longer valid; called by the housekeeper. Answers how many. */
  async expire(): Promise<number> {
    const before = this.#parts.clock.now();
    return this.#parts.store.write((unit) => unit.run(expireReadings, { before }));
  }

  #readingOf(readerId: string, told: Told, request: ReadingRequest, id?: string): Reading {
    const now = this.#parts.clock.now();
    return {
      id: id ?? this.#parts.ids.next(),
      readerId,
      madeAt: timestampOf(now),
      validUntil: timestampOf(now + READING_VALID_MS),
      ...contentOf(told, chinaDigits(now).slice(0, 8), request.photo ?? false),
    };
  }

  async #keep(reading: Reading, caller: Caller): Promise<void> {
    const { store, vault, audit } = this.#parts;
    const number = reading.identity?.documentNumber;
    const row = {
      id: reading.id,
      reader_id: reading.readerId ?? NO_READER,
      client: caller.client,
      kind: reading.kind,
      made_at: Date.parse(reading.madeAt),
      valid_until: Date.parse(reading.validUntil),
      document_fingerprint: number === undefined ? null : vault.fingerprint('document', number),
      content: vault.sealJson(purpose(reading.id), reading),
    };
    await store.write(async (unit) => {
      await unit.run(addReading, row);
      await audit.add(unit, {
        ...caller,
        act: 'create',
        kind: 'reading',
        subject: reading.id,
        detail: { reader: reading.readerId ?? NO_READER, document: reading.kind },
      });
    });
  }

  async #find(id: string): Promise<Reading> {
    const row = await this.#parts.store.one(readingById, { id });
    if (!row || row.valid_until <= this.#parts.clock.now()) throw new Fault('reading.not-found');
    return this.#parts.vault.openJson<Reading>(purpose(id), row.content);
  }
}

function purpose(id: string): string {
  return `reading ${id}`;
}

/** What kept a locked card from being opened, where that was tried. */
function hindranceOf(told: Told): Hindrance | undefined {
  return told.kind === 'social-security-card' ? told.card.hindrance : undefined;
}

function requireHolder(reading: Reading, hindrance?: Hindrance): Reading & { identity: Identity } {
  const { identity, holder, kind } = reading;
  if (identity) return { ...reading, identity };
  const facts = { document: kind, ...(reading.card ? { version: reading.card.version } : {}) };
  if (holder === 'locked') {
    const { code = 'card.locked-data', detail } = hindrance ?? {};
    throw new Fault(code, { facts, ...(detail === undefined ? {} : { detail }) });
  }
  throw new Fault('card.refused', { detail: 'the card names nobody', facts });
}
