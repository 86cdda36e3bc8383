import type { Identity } from '../../schemas/identity.ts';
import type {
  CreateReferral,
  HistoryEntry,
  Referral,
  ReferralAct,
  ReferralSummary,
} from '../../schemas/referral.ts';
import type { AuditTrail } from '../access/audit.ts';
import type { Caller } from '../access/caller.ts';
import type { Vault } from '../access/vault.ts';
import type { Clock, Ids } from '../clock.ts';
import { type AfterCommit, type Outbox, StaleRow } from '../delivery/port.ts';
import { Fault } from '../errors.ts';
import { ConstraintError, type Rows, type Store, type Unit } from '../store/port.ts';
import { CaseFile } from './case-file.ts';
import { checkContent, occurredAt } from './content.ts';
import { act as actOn } from './convergence.ts';
import { STATES } from './machine.ts';
import { contentOf, type ReferralBody, ReferralModel } from './model.ts';
import { type Hearers, tell } from './observing.ts';
import { type Creation, openReferral } from './opening.ts';
import {
  eventById,
  historyPage,
  type ReferralRow,
  referralById,
  referralToChange,
  telling,
  undeliveredEvent,
} from './queries.ts';
import { directRouter, type Router } from './router.ts';
import { type Entry, organisationNames, type RoutedOrganisation } from './routing.ts';
import { encodeEvent, encodeRequest } from './wire.ts';

/** More than a referral's appointments, outcome and decline can need. */
const TELLING_MAX = 20;

export interface ReferralParts extends Hearers {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditTrail;
  readonly outbox: Outbox;
  /** What insurers were told of a referral. */
  readonly reports?: (referralId: string) => Promise<Pick<Referral, 'reports'>>;
  readonly own: RoutedOrganisation;
  /** Everybody else that is known. */
  readonly organisations: readonly Entry[];
  /** Finds where a referral goes; without one, only to those that have a link. */
  readonly router?: Router;
  /** The person that a reading names. Throws Fault reading.not-found. */
  readonly identityOf: (readingId: string, by: Caller) => Promise<Identity>;
}

export interface ReferralFilter {
  readonly role?: ReferralRow['role'] | undefined;
  readonly state?: ReferralRow['state'] | 'open' | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/**
 * Referrals as the HIS of either side sees them. Each change is one unit: the referral, its history, the audit row
 * and the message that tells the other side.
 */
export class ReferralService {
  readonly #parts: ReferralParts;
  readonly #model: ReferralModel;
  readonly #route: Router;

  constructor(parts: ReferralParts) {
    this.#parts = parts;
    this.#model = new ReferralModel(parts.vault, organisationNames(parts.organisations));
    this.#route = parts.router ?? directRouter(parts);
  }

  /** Sends a patient away. `id` comes from the Idempotency-Key: the same again changes nothing.
   * `also` writes in the same unit what belongs to the referral elsewhere. */
  async create(
    by: Caller,
    id: string,
    input: CreateReferral,
    also?: (unit: Unit) => Promise<void>,
  ): Promise<Referral> {
    const creation = await this.creation(by, input);
    const { referral, after } = await this.#parts.store.write(async (unit) => {
      const created = await creation(unit, id);
      await also?.(unit);
      return created;
    });
    after();
    return referral;
  }

  /** Looks at what is to be created; answers the work of it, for a unit of the caller's. */
  async creation(by: Caller, input: CreateReferral): Promise<Creation> {
    const { to: peer, direction } = this.#route(input);
    const body = await this.#bodyOf(by, input);
    return async (unit, id) => {
      // A repeat of this request after a crash finds what it had done.
      const known = await unit.one(referralById, { id });
      if (known) return { referral: await this.#view(known, unit), after: () => undefined };
      const { row, after } = await this.#open(unit, by, id, { peer: peer.code, direction, input, body });
      return { referral: this.#model.referral(row, [], false, body), after };
    };
  }

  /** One act on a referral. `eventId` comes from the Idempotency-Key, `version` from If-Match. */
  async act(by: Caller, eventId: string, id: string, version: number, act: ReferralAct): Promise<Referral> {
    const checked = checkContent(act);
    if (!checked.ok) {
      const { field, wrong } = checked.error;
      const detail =
        wrong === 'missing'
          ? `${act.type} 需要此项 / needs this`
          : `${act.type} 不接受此项 / does not take this`;
      throw new Fault('request.invalid', { pointer: `/body/${field}`, detail });
    }
    const at = occurredAt(act, this.#parts.clock.now());
    try {
      const after = await this.#parts.store.write((unit) =>
        this.#act(unit, by, { eventId, id, version, act, at }),
      );
      this.#parts.outbox.wake();
      after();
    } catch (error) {
      // Another gateway was first, at the row itself or at the number of its next event.
      const collided = error instanceof StaleRow || error instanceof ConstraintError;
      if (collided && (await this.#row(id)).version !== version) throw new Fault('request.version');
      throw error;
    }
    return this.#view(await this.#row(id));
  }

  async get(by: Caller, id: string): Promise<Referral> {
    const row = await this.#row(id);
    await this.#parts.audit.look({ ...by, act: 'read', kind: 'referral', subject: id });
    return this.#view(row);
  }

  /** Newest first, persons masked; one more than asked for when there are more. */
  async list(by: Caller, filter: ReferralFilter): Promise<ReferralSummary[]> {
    const rows = await this.#parts.store.list<ReferralRow>((db) => {
      let query = db.selectFrom('referrals').selectAll();
      if (filter.role) query = query.where('role', '=', filter.role);
      if (filter.state === 'open') query = query.where('closed', '=', 0);
      else if (filter.state) query = query.where('state', '=', filter.state);
      if (filter.after) query = query.where('id', '<', filter.after);
      return query.orderBy('id', 'desc').limit(filter.limit + 1);
    });
    const detail = { rows: Math.min(rows.length, filter.limit) };
    await this.#parts.audit.look({ ...by, act: 'list', kind: 'referral', subject: 'list', detail });
    return rows.map((row) => this.#model.summary(row));
  }

  /** Oldest first, after the entry of that number. */
  async history(
    by: Caller,
    id: string,
    after: number,
    limit: number,
  ): Promise<{ entries: HistoryEntry[]; next?: number }> {
    await this.#row(id);
    const rows = await this.#parts.store.all(historyPage, { referral_id: id, after, limit: limit + 1 });
    await this.#parts.audit.look({ ...by, act: 'read-history', kind: 'referral', subject: id });
    const page = rows.slice(0, limit);
    const more = rows.length > limit ? { next: page.at(-1)!.number } : {};
    return { entries: page.map((row) => this.#model.entry(row)), ...more };
  }

  /** A row as its answer, for another face of the gateway, which itself writes down that somebody looked. */
  viewOf(row: ReferralRow): Promise<Referral> {
    return this.#view(row);
  }

  async #row(id: string): Promise<ReferralRow> {
    const row = await this.#parts.store.one(referralById, { id });
    if (!row) throw new Fault('referral.not-found');
    return row;
  }

  async #view(row: ReferralRow, rows: Rows = this.#parts.store): Promise<Referral> {
    const latest = await rows.all(telling, { referral_id: row.id, limit: TELLING_MAX });
    const undelivered = await rows.one(undeliveredEvent, { referral_id: row.id });
    const view = this.#model.referral(row, latest, undelivered !== undefined);
    return { ...view, ...(await this.#parts.reports?.(row.id)) };
  }

  async #bodyOf(by: Caller, { patient, department, form, consent }: CreateReferral): Promise<ReferralBody> {
    const { identity: given, readingId, ...contact } = patient;
    if ((given === undefined) === (readingId === undefined)) {
      throw new Fault('request.invalid', {
        pointer: '/body/patient',
        detail: 'identity 与 readingId 必须且只能提供一个 / exactly one of identity and readingId',
      });
    }
    const named = given ?? (await this.#parts.identityOf(readingId!, by));
    // The credential of a visit here is nothing for another organisation.
    const { insuranceCodeToken: _token, ...identity } = named;
    return { department, patient: { identity, ...contact }, form, consent };
  }

  async #open(
    unit: Unit,
    by: Caller,
    id: string,
    {
      peer,
      direction,
      input,
      body,
    }: { peer: string; direction: ReferralRow['direction']; input: CreateReferral; body: ReferralBody },
  ): Promise<{ row: ReferralRow; after: AfterCommit }> {
    const { vault, clock, ids, audit, outbox } = this.#parts;
    const [now, messageId] = [clock.now(), ids.next()];
    const { priority } = input;
    const { row, event } = await openReferral(
      unit,
      { vault, ids },
      {
        id,
        case_id: id,
        correlation_id: id,
        role: 'initiator',
        peer,
        direction,
        priority,
        body,
        messageId,
        at: now,
        now,
      },
    );
    const request = encodeRequest({ caseId: id, at: now, direction, priority, ...body });
    await outbox.enqueue(unit, {
      id: messageId,
      correlationId: id,
      to: peer,
      orderSeq: 1,
      priority,
      ...request,
    });
    await audit.add(unit, { ...by, act: 'create', kind: 'referral', subject: id, detail: { to: peer } });
    const after = await tell(this.#parts, unit, {
      cause: 'opened',
      before: undefined,
      after: row,
      events: [event],
      settled: [],
    });
    const wakeAfter = () => {
      outbox.wake();
      after();
    };
    return { row, after: wakeAfter };
  }

  async #act(
    unit: Unit,
    by: Caller,
    request: { eventId: string; id: string; version: number; act: ReferralAct; at: number },
  ): Promise<AfterCommit> {
    const { vault, clock, ids, audit, outbox } = this.#parts;
    const { eventId, id, version, act, at } = request;
    const row = await unit.one(referralToChange, { id });
    if (!row) throw new Fault('referral.not-found');
    // A repeat of this request after a crash finds what it had done.
    if (await unit.one(eventById, { id: eventId })) return () => undefined;
    if (row.version !== version) throw new Fault('request.version', { facts: { version: row.version } });
    const file = await CaseFile.open(unit, vault, row);
    const detail = act.detail;
    const step = actOn(file.end, { type: act.type, detail });
    if (!step.ok) {
      const { status } = STATES[row.state];
      throw new Fault('referral.transition', { facts: { state: row.state, status, type: act.type } });
    }
    const { end, move, seen } = step.value;
    const [now, messageId] = [clock.now(), ids.next()];
    const content = contentOf(act);
    await file.acted(end, move, { id: eventId, at, now, detail, messageId, delivery: 'queued', content });
    const event = encodeEvent({ caseId: row.case_id, by: row.role, seq: move.seq, seen, at, event: act });
    await outbox.enqueue(unit, {
      id: messageId,
      correlationId: row.correlation_id,
      to: row.peer,
      orderSeq: move.seq,
      priority: row.priority,
      ...event,
    });
    await audit.add(unit, { ...by, act: act.type, kind: 'referral', subject: id });
    return file.save(this.#parts, 'acted', now);
  }
}
