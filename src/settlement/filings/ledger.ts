import type { AuditTrail } from '../../access/audit.ts';
import { type Caller, GATEWAY } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Events } from '../../events/events.ts';
import { ConstraintError, type Store } from '../../store/port.ts';
import { type FilingEvent, isLive, next } from './machine.ts';
import { type Cause, FilingSeals, type NewFiling } from './model.ts';
import type { FilingRow } from './queries.ts';
import * as queries from './queries.ts';

/** One transition to take: the event, and what changes beside the state. */
export interface Step {
  readonly event: FilingEvent;
  readonly caller: Caller;
  /** Why; nothing clears the cause before. */
  readonly cause?: Cause | undefined;
  readonly change?: Partial<FilingRow>;
  /** The request that asks for it, so that a repeat finds it done. */
  readonly act?: string;
  readonly note?: string;
}

/** Thrown where the filing has moved on since it was read: what a step found out counts no more. */
export class Superseded extends Error {
  override name = 'Superseded';
}

export interface FilingLedgerParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly clock: Clock;
}

/** The filings on disk. Every change is one unit: compare and set, with its history and its audit entry. */
export class FilingLedger {
  readonly seals: FilingSeals;
  readonly #parts: FilingLedgerParts;

  constructor(parts: FilingLedgerParts) {
    this.#parts = parts;
    this.seals = new FilingSeals(parts.vault);
  }

  /** Writes a new filing down, leased to who sends it. Fault `filing.live` where the person has the same one. */
  async create(
    { insurer, referralId, filing }: NewFiling,
    caller: Caller,
    leaseUntil: number,
  ): Promise<FilingRow> {
    const { store, audit } = this.#parts;
    const now = this.#parts.clock.now();
    const row: FilingRow = {
      ...{ id: filing.id, client: caller.client, insurer, kind: filing.kind },
      ...{ person: this.seals.person(filing.identity), subject: this.seals.subject(filing) },
      ...{ live: 1, state: 'sending', doubt_of: null, version: 1, number: null },
      ...{ referral_id: referralId ?? null, filing: this.seals.sealFiling(filing), exchange: null },
      ...{ cause_code: null, cause_reason: null, next_check_at: leaseUntil, running: 1, looks: 0 },
      ...{ created_at: now, updated_at: now },
    };
    try {
      await store.write(async (unit) => {
        await unit.run(queries.insertFiling, row);
        await unit.run(queries.insertFilingHistory, {
          ...{ filing_id: row.id, version: 1, at: now, from_state: null, to_state: row.state },
          ...{ event: 'create', by_client: caller.client, cause_code: null, act: row.id, note: null },
        });
        const detail = { insurer, filing: row.kind };
        await audit.add(unit, { ...caller, act: 'create', kind: 'filing', subject: row.id, detail });
      });
    } catch (error) {
      if (error instanceof ConstraintError) throw await this.#whyNot(error, row);
      throw error;
    }
    this.#publish(row);
    return row;
  }

  find(id: string): Promise<FilingRow | undefined> {
    return this.#parts.store.one(queries.filingById, { id });
  }

  /** Fault `filing.not-found`. */
  async get(id: string): Promise<FilingRow> {
    const row = await this.find(id);
    if (!row) throw new Fault('filing.not-found');
    return row;
  }

  /** Whether a request has already had its effect. */
  async hasDone(filing: string, act: string): Promise<boolean> {
    return (await this.#parts.store.one(queries.filingAct, { filing, act })) !== undefined;
  }

  /**
   * Takes a step. `plan` sees the filing as it is now, under lock. With `version`, throws `Superseded` where it has
   * moved on since. A step that the machine does not take is Fault `filing.state`.
   */
  async move(
    id: string,
    version: number | undefined,
    plan: (current: FilingRow) => Step,
  ): Promise<FilingRow> {
    const { store, clock, audit, events } = this.#parts;
    const moved = await store.write(async (unit) => {
      const current = await unit.one(queries.lockFiling, { id });
      if (!current) throw new Fault('filing.not-found');
      if (version !== undefined && current.version !== version) throw new Superseded();
      const { event, caller, cause, change, act, note } = plan(current);
      const transition = next({ state: current.state, doubtOf: current.doubt_of }, event);
      if (!transition || (transition.by === 'person' && caller.client === GATEWAY)) {
        throw new Fault('filing.state', { facts: { state: current.state, event } });
      }
      const row: FilingRow = {
        ...current,
        cause_code: cause?.code ?? null,
        cause_reason: cause?.reason === undefined ? null : this.seals.sealReason(id, cause.reason),
        ...{ next_check_at: null, running: 0 },
        ...change,
        ...{ state: transition.to, doubt_of: transition.doubtOf ?? null },
        live: isLive(transition.to) ? 1 : 0,
        ...{ version: current.version + 1, updated_at: clock.now() },
      };
      if ((await unit.run(queries.updateFiling, { ...row, before: current.version })) !== 1)
        throw new Superseded();
      await unit.run(queries.insertFilingHistory, {
        ...{ filing_id: id, version: row.version, at: clock.now(), from_state: current.state },
        ...{ to_state: row.state, event, by_client: caller.client, cause_code: row.cause_code },
        act: act ?? null,
        note: note === undefined ? null : this.seals.sealNote(id, note),
      });
      const detail = { from: current.state, to: row.state };
      await audit.add(unit, { ...caller, act: event, kind: 'filing', subject: id, detail });
      await events.keep(unit, 'filing.state', id, { state: row.state, version: row.version });
      return row;
    });
    this.#publish(moved);
    return moved;
  }

  /** Takes the lease of a doubt for one look; nothing where another has it, or it has moved on. */
  async lease(row: FilingRow, until: number): Promise<FilingRow | undefined> {
    const leased = { ...row, version: row.version + 1, next_check_at: until, running: 1 };
    const changed = await this.#parts.store.write((unit) =>
      unit.run(queries.updateFiling, { ...leased, before: row.version }),
    );
    return changed === 1 ? leased : undefined;
  }

  async #whyNot(error: ConstraintError, row: FilingRow): Promise<Error> {
    const live = await this.#parts.store.one(queries.liveFiling, row);
    if (!live) return error;
    return new Fault('filing.live', { facts: { filingId: live.id, state: live.state } });
  }

  #publish({ id, state, version }: FilingRow): void {
    this.#parts.events.publish('filing.state', id, { state, version });
  }
}
