import type { AuditTrail } from '../../access/audit.ts';
import { type Caller, GATEWAY } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Events } from '../../events/events.ts';
import { ConstraintError, type Store, type Unit } from '../../store/port.ts';
import { Superseded } from '../ledger.ts';
import type { Stay } from '../port.ts';
import { sourceOf } from '../visit-referral.ts';
import { isOver, next } from './machine.ts';
import { type ActContent, type StayRecord, StaySeals, type StayStep } from './model.ts';
import type { StayRow } from './queries.ts';
import * as queries from './queries.ts';

export interface StayLedgerParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly clock: Clock;
}

/** The stays on disk. Every change is one unit: compare and set, with its history and its audit entry. */
export class StayLedger {
  readonly seals: StaySeals;
  readonly #parts: StayLedgerParts;

  constructor(parts: StayLedgerParts) {
    this.#parts = parts;
    this.seals = new StaySeals(parts.vault);
  }

  /** Writes a new stay down and begins its admission. Fault `stay.number-live`. */
  async create(
    stay: Stay,
    insurer: string,
    caller: Caller,
    lease: Pick<StayRow, 'next_check_at' | 'runner'>,
  ): Promise<StayRecord> {
    const { store, clock } = this.#parts;
    const draft = this.#fresh(stay, insurer, caller, clock.now());
    try {
      const created = await store.write(async (unit) => {
        await unit.run(queries.insertStay, draft);
        const followed = stay.referral?.id === undefined ? {} : { referral: stay.referral.id };
        const admit: StayStep = { event: 'admit', caller, request: stay.id, change: lease, ...followed };
        const begun = await this.#take(unit, draft, admit, 0, 1);
        await this.#put(unit, begun, draft.version);
        return begun;
      });
      this.#publish(created);
      return { row: created };
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error;
      const live = await store.one(queries.liveStay, { insurer, number: stay.number });
      if (!live) throw error;
      throw new Fault('stay.number-live', { facts: { stayId: live.id, state: live.state } });
    }
  }

  async find(id: string): Promise<StayRecord | undefined> {
    const row = await this.#parts.store.one(queries.stayById, { id });
    return row && { row };
  }

  /** Fault `stay.not-found`. */
  async get(id: string): Promise<StayRecord> {
    const found = await this.find(id);
    if (!found) throw new Fault('stay.not-found');
    return found;
  }

  /** Whether a request has already had its effect on a stay. */
  async hasDone(stay: string, request: string): Promise<boolean> {
    return (await this.#parts.store.one(queries.stayRequest, { stay, request })) !== undefined;
  }

  /** What the act under way, or in doubt, was asked to do. */
  async contentOf({ row }: StayRecord): Promise<ActContent> {
    if (row.act_seq === null) return {};
    const kept = await this.#parts.store.one(queries.actContent, { stay: row.id, seq: row.act_seq });
    return kept ? this.seals.act(row.id, kept) : {};
  }

  /**
   * Takes steps in one unit, in which `plan` may write, too. It sees the stay as it is now, under lock. With
   * `version`, throws `Superseded` where the stay has moved on since. A step the machine does not take is Fault
   * `stay.state`, and nothing is changed.
   */
  async move(
    id: string,
    version: number | undefined,
    plan: (current: StayRecord, unit: Unit) => Promise<readonly StayStep[]>,
  ): Promise<StayRecord> {
    const moved = await this.#parts.store.write(async (unit) => {
      const before = await unit.one(queries.lockStay, { id });
      if (!before) throw new Fault('stay.not-found');
      if (version !== undefined && before.version !== version) throw new Superseded();
      let row = before;
      for (const [index, step] of (await plan({ row }, unit)).entries())
        row = await this.#take(unit, row, step, index);
      await this.#put(unit, row, before.version);
      await this.#parts.events.keep(unit, 'stay.state', id, { state: row.state, version: row.version });
      return row;
    });
    this.#publish(moved);
    return { row: moved };
  }

  /** Takes the lease of what is due, for one try each; what another gateway is looking at is left to it. */
  async lease(limit: number, until: number, runner: string): Promise<StayRecord[]> {
    const { store, clock } = this.#parts;
    return store.write(async (unit) => {
      const rows = await unit.all(queries.dueStays, { now: clock.now(), limit });
      const leased: StayRecord[] = [];
      for (const row of rows) {
        const mine = { ...row, version: row.version + 1, next_check_at: until, runner };
        await unit.run(queries.updateStay, { ...mine, before: row.version });
        leased.push({ row: mine });
      }
      return leased;
    });
  }

  async nextCheckAt(): Promise<number | undefined> {
    return (await this.#parts.store.one(queries.nextStayCheck, {}))?.next_check_at;
  }

  /** Makes due at once what earlier runs of this gateway left behind. */
  async releaseDeadRuns(gatewayId: string, runner: string): Promise<void> {
    const { store, clock } = this.#parts;
    const gateway = `${gatewayId} `;
    const args = { gateway, length: gateway.length, runner, now: clock.now() };
    await store.write((unit) => unit.run(queries.releaseDeadStays, args));
  }

  async #take(unit: Unit, row: StayRow, step: StayStep, index: number, first?: number): Promise<StayRow> {
    const { clock, audit } = this.#parts;
    const { event, caller } = step;
    const transition = next(row, event);
    const byGateway = caller.client === GATEWAY;
    if (!transition || (transition.by === 'person' && byGateway))
      throw new Fault('stay.state', { facts: { state: row.state, event } });
    const seq = first ?? ((await unit.one(queries.lastStayHistory, { stay: row.id }))?.seq ?? 0) + 1;
    await unit.run(queries.insertStayHistory, {
      ...{ stay_id: row.id, seq, at: clock.now(), from_state: row.state, to_state: transition.to },
      ...{ event: first === undefined ? event : 'create', act: transition.act, by_client: caller.client },
      ...{ cause_code: step.cause?.code ?? null, request: step.request ?? null },
      content: step.content ? this.seals.sealAct(row.id, step.content) : null,
      note: step.note === undefined ? null : this.seals.sealNote(row.id, step.note),
    });
    await audit.add(unit, {
      ...{ client: caller.client, requestId: caller.requestId, act: event, kind: 'stay', subject: row.id },
      detail: {
        ...{ from: row.state, to: transition.to },
        ...(step.referral === undefined ? {} : { referral: step.referral }),
      },
    });
    const begins = row.act === null && transition.act !== null;
    const ends = row.act_seq !== null && transition.act === null;
    // What an act was asked to do is not kept twice once it is done.
    if (ends) await unit.run(queries.forgetContent, { stay: row.id, seq: row.act_seq! });
    const reason = step.cause?.reason;
    return {
      ...row,
      cause_code: step.cause?.code ?? null,
      cause_reason: reason === undefined ? null : this.seals.sealReason(row.id, reason),
      // What a step leaves behind has no lease, unless it says so.
      ...{ next_check_at: null, runner: null },
      ...(begins ? { act_seq: seq, begun: 0, exchange_id: null, tries: 0, undecided: 0 } : {}),
      ...(ends ? { act_seq: null, begun: 0, exchange_id: null, tries: 0, undecided: 0 } : {}),
      ...(begins && !byGateway ? { asked_at: clock.now() } : {}),
      ...step.change,
      state: transition.to,
      act: transition.act,
      live: isOver(transition.to) ? 0 : 1,
      version: row.version + (index === 0 ? 1 : 0),
      updated_at: clock.now(),
    };
  }

  async #put(unit: Unit, row: StayRow, before: number): Promise<void> {
    if ((await unit.run(queries.updateStay, { ...row, before })) !== 1) throw new Superseded();
  }

  #fresh(stay: Stay, insurer: string, { client }: Caller, now: number): StayRow {
    return {
      ...{ id: stay.id, client, insurer, number: stay.number, live: 1 },
      ...{ person: this.seals.person(stay), referral_source: sourceOf(stay.referral) },
      ...{ state: 'draft', act: null, version: 0, handle: null, serials: 0, act_seq: null, begun: 0 },
      content: this.seals.sealContent(stay.id, { stay }),
      ...{ exchange_id: null, cause_code: null, cause_reason: null, asked_at: now, next_check_at: null },
      ...{ tries: 0, undecided: 0, runner: null, admitted_at: stay.admittedAt, discharged_at: null },
      ...{ created_at: now, updated_at: now },
    };
  }

  #publish({ id, state, version }: StayRow): void {
    this.#parts.events.publish('stay.state', id, { state, version });
  }
}
