import type { Identity } from '../../schemas/identity.ts';
import type { OneIdentity } from '../../schemas/one-identity.ts';
import {
  type CodeRequest,
  READING_TIMEOUT_MS_DEFAULT,
  type Reading,
  type ReadingRequest,
} from '../../schemas/reading.ts';
import type { AuditTrail } from '../access/audit.ts';
import type { Caller } from '../access/caller.ts';
import type { Vault } from '../access/vault.ts';
import { type Clock, chinaDigits, type Ids, timestampOf } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Events } from '../events/events.ts';
import type { Store } from '../store/port.ts';
import { CodeDesk } from './codes/desk.ts';
import { type Content, contentOf } from './model.ts';
import { type NamedReading, oneIdentity } from './one-identity.ts';
import { admit, type CardRules, cardNumbers, DEFAULT_RULES } from './policy.ts';
import type { ReaderPool } from './pool.ts';
import type { CodeVerifier, Readings, SocialSecurityCard, Told } from './port.ts';
import { type KeysOf, readPresented } from './present.ts';
import { addReading, expireReadings, readingById } from './queries.ts';
import type { Hindrance } from './social-security/authentication.ts';
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
  /** Opens cards that keep their holder locked; they stay so where it is absent. */
  readonly keysOf?: KeysOf;
  /** Who knows whose code it is; a kind without a verifier is `code.unsupported`. */
  readonly verifiers?: readonly CodeVerifier[];
  readonly rules?: CardRules;
  /** The cards reported lost. */
  readonly revocations?: { has(numbers: readonly string[]): boolean };
}

export interface ReadOptions {
  /** The id the reading takes; a fresh one otherwise. */
  readonly id?: string;
  /** Ends the wait for a card, for a caller who has gone away. */
  readonly cancelled?: AbortSignal;
}

/** What decides whether and how a reading is kept. */
interface Keeping {
  readonly readerId?: string;
  readonly holder?: ReadingRequest['holder'];
  readonly id?: string | undefined;
  readonly hindrance?: Hindrance | undefined;
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
  readonly #rules: CardRules;
  readonly #codes: CodeDesk;

  constructor(parts: CardServiceParts) {
    this.#parts = parts;
    this.#timers = parts.timers ?? systemTimers;
    this.#rules = parts.rules ?? DEFAULT_RULES;
    this.#codes = new CodeDesk({
      verifiers: parts.verifiers ?? [],
      rules: this.#rules,
      timers: this.#timers,
    });
  }

  /**
   * Waits for a card or code on a reader, reads and stores it. Faults: those of the pool, of the card and of the code's
   * verifier; `card.locked-data`, `encryption.unreachable`, `encryption.refused` or `card.refused` where the holder is
   * required and can't be read; `card.expired`, `card.blocked`, `card.revoked` by the rules.
   */
  async read(
    readerId: string,
    request: ReadingRequest,
    caller: Caller,
    options: ReadOptions = {},
  ): Promise<Made> {
    const { pool, clock } = this.#parts;
    const timeoutMs = request.timeoutMs ?? READING_TIMEOUT_MS_DEFAULT;
    const keep = (content: Content, hindrance?: Hindrance) =>
      this.#keep(content, { readerId, holder: request.holder, id: options.id, hindrance }, caller);
    const presented = await pool.use(
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
            ...this.#parts.keysOf?.(readerId, reader),
          },
          async (told) => {
            if ('code' in told) return told;
            const content = contentOf(told, this.#today(), request.photo ?? false);
            return { told, reading: await keep(content, hindranceOf(told)) };
          },
        ),
      { limitMs: timeoutMs + READING_LIMIT_MS, cancelled: options.cancelled, lease: request.lease },
    );
    // The reader is free again while the issuer is asked whose code it is.
    const made =
      'reading' in presented
        ? presented
        : {
            told: presented,
            reading: await keep(await this.#codes.scanned(presented, request, caller, options.cancelled)),
          };
    this.#tell(made.reading);
    return made;
  }

  /** Makes a reading of what was scanned or typed without a reader. Faults: those of the code desk. */
  async readCode(request: CodeRequest, caller: Caller, options: ReadOptions = {}): Promise<Reading> {
    const content = await this.#codes.taken(request, caller, options.cancelled);
    const reading = await this.#keep(content, { id: options.id }, caller);
    this.#tell(reading);
    return reading;
  }

  /** The one person that readings name. Faults: as `identityOf`, and `identity.differs`. */
  async oneIdentity(readingIds: readonly string[], caller: Caller): Promise<OneIdentity> {
    const readings: NamedReading[] = [];
    for (const id of readingIds) readings.push(await this.#use(id, caller));
    return oneIdentity(readings);
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
    return (await this.#use(readingId, { client, requestId })).identity;
  }

  /**
   * Holds a social-security card that was read in another way than by `read` to the same rules. Faults: `card.expired`,
   * `card.blocked`, `card.revoked`.
   */
  admit(card: SocialSecurityCard): void {
    this.#admitted(contentOf({ kind: 'social-security-card', card }, this.#today(), false));
  }

  /** The same for a card of which only its number is known, whose files or PIN are asked for. Fault `card.revoked`. */
  admitNumber(number: string): void {
    if (this.#parts.revocations?.has([number])) admit(['revoked'], this.#rules);
  }

  /** Removes readings that are no longer valid; called by the housekeeper. Answers how many. */
  async expire(): Promise<number> {
    const before = this.#parts.clock.now();
    return this.#parts.store.write((unit) => unit.run(expireReadings, { before }));
  }

  /** Makes a reading of what was read, as far as the rules let it, and stores it. */
  async #keep(
    content: Content,
    { readerId, holder = 'required', id, hindrance }: Keeping,
    caller: Caller,
  ): Promise<Reading> {
    const { clock, ids } = this.#parts;
    const notes = this.#admitted(content);
    const now = clock.now();
    const reading: Reading = {
      id: id ?? ids.next(),
      ...(readerId === undefined ? {} : { readerId }),
      madeAt: timestampOf(now),
      validUntil: timestampOf(now + READING_VALID_MS),
      ...content,
      notes,
    };
    if (holder === 'required') requireHolder(reading, hindrance);
    await this.#store(reading, caller);
    return reading;
  }

  /** What is noted of it, where the rules let it in. */
  #admitted(content: Content): Content['notes'] {
    const isRevoked = this.#parts.revocations?.has(cardNumbers(content)) ?? false;
    const notes = isRevoked ? [...content.notes, 'revoked' as const] : content.notes;
    admit(notes, this.#rules);
    return notes;
  }

  async #store(reading: Reading, caller: Caller): Promise<void> {
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

  /** yyyymmdd. */
  #today(): string {
    return chinaDigits(this.#parts.clock.now()).slice(0, 8);
  }

  #tell({ id, kind, readerId = NO_READER }: Reading): void {
    this.#parts.events.publish('reading.made', readerId, { readingId: id, kind });
  }

  /** A reading that names somebody, for what is done with the person; on the audit trail. */
  async #use(id: string, caller: Caller): Promise<NamedReading> {
    const reading = requireHolder(await this.#find(id));
    await this.#parts.audit.look({ ...caller, act: 'use', kind: 'reading', subject: id });
    return reading;
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

function requireHolder(reading: Reading, hindrance?: Hindrance): NamedReading {
  const { identity, holder, kind } = reading;
  if (identity) return { ...reading, identity };
  const facts = { document: kind, ...(reading.card ? { version: reading.card.version } : {}) };
  if (holder === 'locked') {
    const { code = 'card.locked-data', detail } = hindrance ?? {};
    throw new Fault(code, { facts, ...(detail === undefined ? {} : { detail }) });
  }
  throw new Fault('card.refused', { detail: 'the card names nobody', facts });
}
