import type { Identity } from '../../schemas/identity.ts';
import type {
  CreateReferral,
  HistoryEntry,
  Referral,
  ReferralAct,
  ReferralSummary,
} from '../../schemas/referral.ts';
import type { ClaimRequest, ReleaseRequest } from '../../schemas/referral-claim.ts';
import type { ReviewDecision, ReviewState, ReviewSubmission } from '../../schemas/referral-review.ts';
import type { Caller } from '../access/caller.ts';
import { type AfterCommit, StaleRow } from '../delivery/port.ts';
import { Fault } from '../errors.ts';
import { ConstraintError, type Rows, type Store, type Unit } from '../store/port.ts';
import { type ActingParts, actWithin } from './acting.ts';
import { claimWithin, releaseWithin } from './claiming.ts';
import { checkNamed } from './contacts/rules.ts';
import { checkContent, occurredAt } from './content.ts';
import { type ReferralBody, ReferralModel } from './model.ts';
import { nonDeliveryOf } from './non-delivery.ts';
import type { Creation } from './opening.ts';
import { historyPage, linkedReferrals, type ReferralRow, referralById, telling } from './queries.ts';
import { checkReasonCode } from './reasons.ts';
import { decideWithin, submitWithin } from './review/deciding.ts';
import { directRouter, type Router } from './router.ts';
import { type Entry, organisationNames, type RoutedOrganisation } from './routing.ts';
import { sendWithin } from './sending.ts';

/** More than a referral's appointments, outcome and decline can need. */
const TELLING_MAX = 20;

/** More levels of care, there and back, than a case can go through. */
const LINKED_MAX = 20;

export interface ReferralParts extends ActingParts {
  readonly store: Store;
  /** What insurers were told of a referral. */
  readonly reports?: (referralId: string, rows: Rows) => Promise<Pick<Referral, 'reports'>>;
  /** Who was told of an emergency. */
  readonly contacts?: (row: ReferralRow, rows: Rows) => Promise<Pick<Referral, 'contacts'>>;
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
  readonly correlationId?: string | undefined;
  readonly overdue?: 'true' | undefined;
  readonly review?: ReviewState | undefined;
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

  /** Sends a patient away, in a unit of its own. The same id again changes nothing. */
  async create(by: Caller, id: string, input: CreateReferral): Promise<Referral> {
    const creation = await this.creation(by, input);
    const { referral, after } = await this.#parts.store.write(async (unit) => {
      const { answer, after } = await creation(unit, id);
      return { referral: await answer(), after };
    });
    after();
    return referral;
  }

  /** Looks at what is to be created; answers the work of it, for a unit of the caller's. */
  async creation(by: Caller, input: CreateReferral): Promise<Creation> {
    const at = this.#sentAt(input);
    const back = input.returnOf === undefined || input.direction ? {} : { direction: 'down' as const };
    const { to: peer, direction } = this.#route({ ...input, ...back });
    checkNamed(this.#parts.organisations.find(({ code }) => code === peer.code)?.contacts, input.notify);
    const body = await this.#bodyOf(by, input);
    return async (unit, id) => {
      // A repeat of this request after a crash finds what it had done.
      const known = await unit.one(referralById, { id });
      if (known) {
        const answer = () => this.#view(known, unit);
        return { row: known, repeated: true, answer, after: () => undefined };
      }
      const { row, told } = await sendWithin(this.#parts, unit, by, {
        id,
        peer: peer.code,
        direction,
        input,
        body,
        at,
      });
      const after = () => {
        this.#parts.outbox.wake();
        told();
      };
      const answer = async () =>
        row.based_on === null
          ? this.#model.referral(row, [], { body, now: this.#parts.clock.now() })
          : this.#view(row, unit);
      return { row, repeated: false, answer, after };
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
    checkReasonCode(act.type, act.reason?.code);
    const at = occurredAt(act, this.#parts.clock.now());
    return this.#change(id, version, (unit) =>
      actWithin(this.#parts, unit, by, { eventId, id, version, act, at }),
    );
  }

  /** A doctor of this organisation takes a referral on. Throws Fault referral.claimed where another one has. */
  async claim(by: Caller, id: string, version: number, { doctor }: ClaimRequest): Promise<Referral> {
    return this.#change(id, version, (unit) => claimWithin(this.#parts, unit, by, { id, version, doctor }));
  }

  async release(by: Caller, id: string, version: number, given: ReleaseRequest): Promise<Referral> {
    return this.#change(id, version, (unit) =>
      releaseWithin(this.#parts, unit, by, { id, version, ...given }),
    );
  }

  /** A reviewer of this organisation decides on what waits: 转出审核 here, 转入审核 there. */
  async decide(
    by: Caller,
    eventId: string,
    id: string,
    version: number,
    given: ReviewDecision,
  ): Promise<Referral> {
    return this.#change(id, version, (unit) =>
      decideWithin(this.#parts, unit, by, { eventId, id, version, given }),
    );
  }

  /** The doctor submits anew what is under review, or takes it back. */
  async submit(
    by: Caller,
    eventId: string,
    id: string,
    version: number,
    given: ReviewSubmission,
  ): Promise<Referral> {
    return this.#change(id, version, (unit) =>
      submitWithin(this.#parts, unit, by, { eventId, id, version, given }),
    );
  }

  async #change(id: string, version: number, work: (unit: Unit) => Promise<AfterCommit>): Promise<Referral> {
    try {
      const after = await this.#parts.store.write(work);
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
      if (filter.review) query = query.where('review', '=', filter.review);
      if (filter.correlationId) query = query.where('correlation_id', '=', filter.correlationId);
      if (filter.overdue) {
        query = query.where((eb) => eb.or([eb('overdue', '=', 1), eb('consent_overdue', '=', 1)]));
        query = query.where('closed', '=', 0);
      }
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
    const place = { correlation_id: row.correlation_id, limit: LINKED_MAX };
    const linked = await rows.all(linkedReferrals, place);
    const about = { linked, now: this.#parts.clock.now() };
    return {
      ...this.#model.referral(row, latest, about),
      ...(await nonDeliveryOf(rows, this.#parts.outbox, row.id)),
      ...(await this.#parts.reports?.(row.id, rows)),
      ...(await this.#parts.contacts?.(row, rows)),
    };
  }

  async #bodyOf(
    by: Caller,
    { patient, department, form, consent, notify }: CreateReferral,
  ): Promise<ReferralBody> {
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
    return { department, patient: { identity, ...contact }, form, consent, ...(notify ? { notify } : {}) };
  }

  /** A referral is sent now; one that is entered after the fact says when it was. */
  #sentAt({ channel, notify, retro, occurredAt: at, onwardOf, returnOf, outcome }: CreateReferral): number {
    const wrong = (pointer: string, detail: string) => new Fault('request.invalid', { pointer, detail });
    if (onwardOf !== undefined && returnOf !== undefined) {
      throw wrong('/body/returnOf', 'onwardOf 与 returnOf 只能提供一个 / only one of onwardOf and returnOf');
    }
    if (outcome && returnOf === undefined) {
      throw wrong('/body/outcome', '仅用于回转(returnOf) / only with returnOf');
    }
    if (notify && channel !== 'green') {
      throw wrong('/body/notify', '仅用于绿色通道(channel) / only with channel green');
    }
    if (!retro && at !== undefined) {
      throw wrong('/body/occurredAt', '仅用于补录(retro) / only with retro');
    }
    return occurredAt({ occurredAt: at }, this.#parts.clock.now());
  }
}
