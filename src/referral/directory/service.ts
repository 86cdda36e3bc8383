import type { Logger } from 'pino';
import type {
  Agreement,
  AgreementView,
  DirectoryFile,
  OrganisationQuery,
  OrganisationRecord,
  OrganisationView,
} from '../../../schemas/directory.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import { maskError } from '../../access/masking.ts';
import { type Clock, chinaDate, type Timers, timestampOf } from '../../clock.ts';
import type { Ways } from '../../delivery/port.ts';
import { Fault } from '../../errors.ts';
import { ok } from '../../result.ts';
import type { Store, Unit } from '../../store/port.ts';
import { type Router, routerOver } from '../router.ts';
import { readDirectoryFile } from './file.ts';
import {
  countRevision,
  directoryRevision,
  REVISION,
  type RecordKind,
  type RecordRow,
  records,
} from './queries.ts';
import { type Flaw, flawsOf, withdrawn } from './rules.ts';
import { listOf, recordOf, type Snapshot, snapshotOf, viewOf } from './snapshot.ts';
import { sourcesOf, storeSources } from './sources.ts';

/** How soon a change of the file, or one made at another gateway, is seen here. */
const LOOK_EVERY_MS = 2_000;

/** Flaws and dead ends told at once. */
const TOLD_MAX = 20;

export interface DirectoryParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly audit: AuditTrail;
  readonly logger: Logger;
  /** Our own organisation and those of the configuration: what there is before anything else is known. */
  readonly own: OrganisationRecord;
  readonly configured: readonly OrganisationRecord[];
  readonly file?: string | undefined;
  /** Throws where the secrets of a link can't be read here. */
  readonly checkLink: (record: OrganisationRecord) => void;
}

/**
 * The directory of organisations. It is kept in the store, which the configuration, a file and the API write to;
 * each gateway keeps a snapshot of it in memory and looks for changes every `LOOK_EVERY_MS`.
 */
export class DirectoryService {
  readonly #parts: DirectoryParts;
  readonly #listeners = new Set<(organisations: readonly OrganisationRecord[]) => void>();
  #snapshot: Snapshot;
  /** Everybody but us: the same array for ever, its content always that of now. */
  readonly organisations: OrganisationRecord[] = [];
  #fileVersion = '';
  #trouble = '';
  #cancel: (() => void) | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: DirectoryParts) {
    this.#parts = parts;
    this.#snapshot = snapshotOf(parts.own, 0, [], []);
    this.route = routerOver(() => this.#snapshot, parts.clock);
  }

  /** Writes down what the configuration and the file say. A file that can't be used stops the start. */
  async start(): Promise<void> {
    const { file } = this.#parts;
    if (file === undefined) await this.#sync(undefined);
    else await this.#readFile(file);
    if (this.#trouble !== '')
      throw new Error(`机构目录不可用 / the directory cannot be used: ${this.#trouble}`);
    await this.refresh();
    this.#lookLater();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#looking;
  }

  /** Calls `listener` with everybody but us, now and after each change. */
  onChange(listener: (organisations: readonly OrganisationRecord[]) => void): void {
    this.#listeners.add(listener);
    listener(this.organisations);
  }

  /** Looks at file and store now. Never rejects: what can't be read is told, and the last directory stays in force. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      try {
        if (this.#parts.file !== undefined) await this.#readFile(this.#parts.file);
        await this.refresh();
      } catch (error) {
        this.#complain(maskError(error).code ?? 'unknown');
      }
    });
    return this.#looking;
  }

  /** Takes over what the store has, where that changed. */
  async refresh(): Promise<void> {
    const { store, own } = this.#parts;
    const revision = (await store.one(directoryRevision, REVISION))?.revision ?? 0;
    if (revision === this.#snapshot.revision) return;
    const [rows, agreements] = [
      await store.all(records.organisations.all, {}),
      await store.all(records.agreements.all, {}),
    ];
    this.#snapshot = snapshotOf(own, revision, rows, agreements);
    const others = this.#snapshot.organisations.filter(({ code }) => code !== own.code);
    this.organisations.splice(0, this.organisations.length, ...others);
    this.#tellDeadEnds();
    for (const listener of this.#listeners) listener(this.organisations);
  }

  /** Which link leads where, by the directory of this moment. */
  readonly ways: Ways = {
    hopTo: (to, passed) => {
      const way = this.#snapshot.ways.hopTo(to, passed);
      // Whoever left the directory is still told what was begun with them, should there be a link.
      return way.ok || way.error === 'no-way' || passed !== undefined ? way : ok(to);
    },
    mayPassOn: (neighbour, from) => this.#snapshot.ways.mayPassOn(neighbour, from),
  };

  /** See `Router`. */
  readonly route: Router;

  list(query: Omit<OrganisationQuery, 'limit'> & { readonly limit: number }): OrganisationView[] {
    return listOf(this.#snapshot, query, this.#day());
  }

  async get(code: string): Promise<OrganisationView> {
    await this.refresh();
    const row = this.#snapshot.rows.get(code);
    if (!row) throw new Fault('organisation.not-found');
    return viewOf(this.#snapshot, row, this.#day());
  }

  agreements(after: string | undefined, limit: number): AgreementView[] {
    return this.#snapshot.agreementRows
      .filter(({ code }) => after === undefined || code > after)
      .slice(0, limit + 1)
      .map(agreementOf);
  }

  async agreement(code: string): Promise<AgreementView> {
    const row = await this.#parts.store.one(records.agreements.byCode, { code });
    if (!row) throw new Fault('agreement.not-found');
    return agreementOf(row);
  }

  /** Sets an organisation. `version` is that of If-Match: what was read; none where it is new. */
  async put(by: Caller, record: OrganisationRecord, version: number | undefined): Promise<OrganisationView> {
    this.#parts.checkLink(record);
    await this.#put(by, 'organisations', record, version);
    return this.get(record.code);
  }

  /**
   * Withdraws an organisation: from today on no referral goes to it. What was begun with it goes on, since it stays in
   * the directory with its link. Setting it again takes it back.
   */
  async withdraw(by: Caller, code: string, version: number): Promise<OrganisationView> {
    if (code === this.#parts.own.code) throw new Fault('organisation.own');
    await this.refresh();
    const row = this.#snapshot.rows.get(code);
    if (!row) throw new Fault('organisation.not-found');
    const record = withdrawn(recordOf<OrganisationRecord>(row), this.#day());
    if (record) await this.#put(by, 'organisations', record, version, 'withdraw');
    return this.get(code);
  }

  async putAgreement(by: Caller, record: Agreement, version: number | undefined): Promise<AgreementView> {
    await this.#put(by, 'agreements', record, version);
    return this.agreement(record.code);
  }

  async #put(
    by: Caller,
    kind: RecordKind,
    record: OrganisationRecord | Agreement,
    version: number | undefined,
    act: 'set' | 'withdraw' = 'set',
  ): Promise<void> {
    const { store, clock, audit } = this.#parts;
    await store.write(async (unit) => {
      const { byCode, insert, update } = records[kind];
      // First of all, so that nobody else changes what is checked below.
      await unit.run(countRevision, REVISION);
      const known = await unit.one(byCode, { code: record.code });
      const text = JSON.stringify(record);
      // The same again changes nothing: its answer may have been lost.
      if (known?.source === 'api' && known.record === text) return;
      if (known && version === undefined) throw new Fault('request.version-missing');
      if (known?.version !== version)
        throw new Fault('request.version', { facts: { version: known?.version ?? 0 } });
      const row: RecordRow = {
        code: record.code,
        source: 'api',
        record: text,
        version: (known?.version ?? 0) + 1,
        updated_at: clock.now(),
      };
      await unit.run(known ? update : insert, row);
      await this.#refuseFlaws(unit, record.code);
      const subject = record.code;
      await audit.add(unit, { ...by, act, kind: kind.slice(0, -1), subject });
    });
    await this.refresh();
  }

  async #refuseFlaws(unit: Unit, code: string): Promise<void> {
    const organisations = (await unit.all(records.organisations.all, {})).map(recordOf<OrganisationRecord>);
    const agreements = (await unit.all(records.agreements.all, {})).map(recordOf<Agreement>);
    // What others are wrong about was so before.
    const flaw = flawsOf(this.#parts.own.code, organisations, agreements).find((each) => each.code === code);
    if (!flaw) return;
    throw new Fault('organisation.flaw', { pointer: `/body/${flaw.field}`, detail: flaw.why });
  }

  async #readFile(path: string): Promise<void> {
    const read = await readDirectoryFile(path, this.#fileVersion);
    if (!read) return;
    this.#fileVersion = read.version;
    if ('problems' in read) return this.#complain(read.problems.slice(0, TOLD_MAX).join('; '));
    await this.#sync(read.file);
  }

  async #sync(file: DirectoryFile | undefined): Promise<void> {
    const { store, clock, own, configured, logger } = this.#parts;
    const sources = sourcesOf([own, ...configured], file);
    const flaws = flawsOf(
      own.code,
      [...sources.organisations.map(({ record }) => record), ...repeatsOf(file)],
      sources.agreements.map(({ record }) => record),
    );
    if (flaws.length > 0) return this.#complain(flaws.slice(0, TOLD_MAX).map(flawText).join('; '));
    const changed = await store.write((unit) => storeSources(unit, sources, clock.now()));
    this.#trouble = '';
    if (changed)
      logger.info({ organisations: sources.organisations.length }, 'directory of organisations read');
  }

  #tellDeadEnds(): void {
    const { ways } = this.#snapshot;
    const ends = this.organisations.filter(({ code }) => !ways.wayTo(code)).map(({ code }) => code);
    if (ends.length === 0) return;
    this.#parts.logger.warn(
      { organisations: ends.slice(0, TOLD_MAX), count: ends.length },
      '目录中有无法到达的机构:没有通道,也没有经上级的路径 / organisations that nothing leads to: no link, and no way through a parent',
    );
  }

  #complain(why: string): void {
    if (why === this.#trouble) return;
    this.#trouble = why;
    this.#parts.logger.warn(
      { file: this.#parts.file, why },
      '机构目录不可用,沿用上一份 / the directory cannot be used; the last good one stays in force',
    );
  }

  #lookLater(): void {
    this.#cancel = this.#parts.timers.start(LOOK_EVERY_MS, () => {
      void this.look().then(() => {
        if (this.#cancel) this.#lookLater();
      });
    });
  }

  #day(): string {
    return chinaDate(this.#parts.clock.now());
  }
}

/** What stands twice in a file would otherwise go unnoticed: the later one wins. */
function repeatsOf(file: DirectoryFile | undefined): OrganisationRecord[] {
  const seen = new Set<string>();
  return (file?.organisations ?? []).filter(({ code }) => seen.has(code) || !seen.add(code));
}

function flawText({ code, field, why }: Flaw): string {
  return `${code}.${field}: ${why}`;
}

function agreementOf(row: RecordRow): AgreementView {
  const { source, version, updated_at } = row;
  return { ...recordOf<Agreement>(row), source, version, updatedAt: timestampOf(updated_at) };
}
