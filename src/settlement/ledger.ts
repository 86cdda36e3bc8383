import type { AuditTrail } from '../access/audit.ts';
import { type Caller, GATEWAY } from '../access/caller.ts';
import type { Vault } from '../access/vault.ts';
import type { Clock } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Events } from '../events/events.ts';
import { ConstraintError, type Store, type Unit } from '../store/port.ts';
import * as legQueries from './leg-queries.ts';
import { legsAfter, sumsOf } from './legs.ts';
import { next, type SettlementEvent } from './machine.ts';
import { type Cause, type Settlement, SettlementSeals } from './model.ts';
import type { Bill, Capabilities, Insurer } from './port.ts';
import type { LegRow, SettlementRow } from './queries.ts';
import * as queries from './queries.ts';
import { sourceOf } from './visit-referral.ts';

/** One transition to take: the event, and what changes beside the state. */
export interface Step {
  readonly event: SettlementEvent;
  readonly caller: Caller;
  /** Why; nothing clears the cause before. */
  readonly cause?: Cause;
  readonly change?: Partial<SettlementRow>;
  /** What changes of the payer that is worked on. */
  readonly leg?: Partial<LegRow>;
  /** What changes of each payer, in their order. */
  readonly legs?: readonly Partial<LegRow>[];
  /** The request that asks for it, so that a repeat finds it done. */
  readonly act?: string;
  readonly note?: string;
}

/** One of a bill's payers. */
export type Payer = Pick<Insurer, 'id'> & Pick<Capabilities, 'place'>;

/** Thrown where another step has begun since the settlement was read: what this one found out counts no more. */
export class Superseded extends Error {
  override name = 'Superseded';
}

export interface LedgerParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly clock: Clock;
}

/** The settlements on disk. Every change is one unit: compare and set, with its history and its audit entry. */
export class Ledger {
  readonly seals: SettlementSeals;
  readonly #parts: LedgerParts;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    this.seals = new SettlementSeals(parts.vault);
  }

  /**
   * Writes a new settlement down, and with it what `claim` writes. Fault `settlement.bill-live` where its bill has a
   * live one with one of these payers.
   */
  async create(
    bill: Bill,
    payers: readonly Payer[],
    caller: Caller,
    lease: Pick<SettlementRow, 'next_check_at' | 'runner'>,
    claim: (unit: Unit) => Promise<void> = async () => undefined,
  ): Promise<Settlement> {
    const { store, clock, audit } = this.#parts;
    const created = this.#fresh(bill, payers, caller, clock.now(), lease);
    try {
      await store.write(async (unit) => {
        await unit.run(queries.insertSettlement, created.row);
        for (const leg of created.legs) await unit.run(legQueries.insertLeg, leg);
        await claim(unit);
        await unit.run(queries.insertHistory, {
          ...{ settlement_id: bill.settlementId, seq: 1, at: clock.now(), from_state: null },
          ...{ to_state: 'draft', event: 'create', by_client: caller.client, cause_code: null },
          ...{ act: bill.settlementId, note: null },
        });
        await audit.add(unit, {
          ...{ ...caller, act: 'create', kind: 'settlement', subject: bill.settlementId },
          detail: {
            ...{ insurers: payers.map(({ id }) => id).join(','), totalFen: bill.totalFen },
            ...(bill.referral?.id === undefined ? {} : { referral: bill.referral.id }),
          },
        });
      });
    } catch (error) {
      if (error instanceof ConstraintError) throw await this.#billLive(error, payers, bill.billNumber);
      throw error;
    }
    this.#publish(created);
    return created;
  }

  async find(id: string): Promise<Settlement | undefined> {
    return read(this.#parts.store, queries.settlementById, id);
  }

  /** Fault `settlement.not-found`. */
  async get(id: string): Promise<Settlement> {
    const found = await this.find(id);
    if (!found) throw new Fault('settlement.not-found');
    return found;
  }

  /** Whether a request has already had its effect on a settlement. */
  async hasDone(id: string, act: string): Promise<boolean> {
    return (await this.#parts.store.one(queries.actOf, { settlement: id, act })) !== undefined;
  }

  /**
   * Takes steps, one after the other, in one unit. `plan` sees the settlement as it is now, under lock. With
   * `version`, throws `Superseded` where the settlement has moved on since. A step the machine does not take is
   * Fault `settlement.state`, and none of the steps is taken.
   */
  async move(
    id: string,
    version: number | undefined,
    plan: (current: Settlement, unit: Unit) => readonly Step[] | Promise<readonly Step[]>,
  ): Promise<Settlement> {
    let taken = 0;
    const moved = await this.#parts.store.write(async (unit) => {
      let current = await read(unit, queries.lockSettlement, id);
      if (!current) throw new Fault('settlement.not-found');
      if (version !== undefined && current.row.version !== version) throw new Superseded();
      const before = current.row.version;
      const steps = await plan(current, unit);
      for (const [index, step] of steps.entries()) current = await this.#take(unit, current, step, index);
      taken = steps.length;
      if (taken > 0) await this.#put(unit, current, before);
      const { state, version: now } = current.row;
      if (taken > 0 && TOLD.has(state)) {
        await this.#parts.events.keep(unit, 'settlement.state', id, { state, version: now });
      }
      return current;
    });
    if (taken > 0) this.#publish(moved);
    return moved;
  }

  /** Takes the lease of what is due, for one try each; what another gateway is looking at is left to it. */
  async lease(limit: number, until: number, runner: string): Promise<Settlement[]> {
    const { store, clock } = this.#parts;
    return store.write(async (unit) => {
      const rows = await unit.all(queries.dueSettlements, { now: clock.now(), limit });
      const leased: Settlement[] = [];
      for (const row of rows) {
        const mine = { ...row, version: row.version + 1, next_check_at: until, runner };
        await unit.run(queries.updateSettlement, { ...mine, before: row.version });
        leased.push({ row: mine, legs: await unit.all(legQueries.legsOf, { settlement: row.id }) });
      }
      return leased;
    });
  }

  /** When something is due next, if anything will be. */
  async nextCheckAt(): Promise<number | undefined> {
    return (await this.#parts.store.one(queries.nextCheck, {}))?.next_check_at;
  }

  /** Makes due at once what earlier runs of this gateway left behind. */
  async releaseDeadRuns(gatewayId: string, runner: string): Promise<void> {
    const { store, clock } = this.#parts;
    const gateway = `${gatewayId} `;
    const args = { gateway, length: gateway.length, runner, now: clock.now() };
    await store.write((unit) => unit.run(queries.releaseDeadRuns, args));
  }

  async #take(unit: Unit, current: Settlement, step: Step, index: number): Promise<Settlement> {
    const { clock, audit } = this.#parts;
    const { row } = current;
    const transition = next({ state: row.state, doubtOf: row.doubt_of }, step.event);
    const byGateway = step.caller.client === GATEWAY;
    if (!transition || (transition.by === 'person' && byGateway)) {
      throw new Fault('settlement.state', { facts: { state: row.state, event: step.event } });
    }
    const last = await unit.one(queries.lastHistory, { settlement: row.id });
    const seq = (last?.seq ?? 0) + 1;
    await unit.run(queries.insertHistory, {
      ...{ settlement_id: row.id, seq, at: clock.now(), from_state: row.state, to_state: transition.to },
      ...{ event: step.event, by_client: step.caller.client, cause_code: step.cause?.code ?? null },
      act: step.act ?? null,
      note: step.note === undefined ? null : this.seals.sealNote(row.id, step.note),
    });
    const { client, requestId } = step.caller;
    const detail = { from: row.state, to: transition.to };
    await audit.add(unit, {
      client,
      requestId,
      act: step.event,
      kind: 'settlement',
      subject: row.id,
      detail,
    });
    const reason = step.cause?.reason;
    const after = legsAfter(current, step.event, transition.to, step.leg ?? {});
    const legs = after.legs.map((leg, at) => ({ ...leg, ...step.legs?.[at] }));
    return {
      row: {
        ...row,
        ...sumsOf(legs),
        ...after.cursor,
        cause_code: step.cause?.code ?? null,
        cause_reason: reason === undefined ? null : this.seals.sealReason(row.id, reason),
        // What a step leaves behind has no lease, unless it says so.
        ...{ next_check_at: null, runner: null },
        ...step.change,
        state: transition.to,
        doubt_of: transition.doubtOf ?? null,
        version: row.version + (index === 0 ? 1 : 0),
        updated_at: clock.now(),
      },
      legs,
    };
  }

  async #put(unit: Unit, { row, legs }: Settlement, before: number): Promise<void> {
    if ((await unit.run(queries.updateSettlement, { ...row, before })) !== 1) throw new Superseded();
    for (const leg of legs) await unit.run(legQueries.updateLeg, leg);
  }

  #fresh(
    bill: Bill,
    payers: readonly Payer[],
    caller: Caller,
    now: number,
    lease: Pick<SettlementRow, 'next_check_at' | 'runner'>,
  ): Settlement {
    const { settlementId: id, billNumber } = bill;
    return {
      row: {
        ...{ id, client: caller.client, bill_number: billNumber, person: this.seals.person(bill) },
        ...{
          state: 'draft',
          doubt_of: null,
          attempt: bill.attempt,
          version: 1,
          bill: this.seals.sealBill(bill),
        },
        ...{
          setting: bill.setting,
          stay_id: bill.stay?.id ?? null,
          referral_source: sourceOf(bill.referral),
          leg: 1,
          goal: null,
          way: 0,
        },
        ...{ total_fen: bill.totalFen, fund_fen: null, account_fen: null, paid_fen: null, cash_fen: null },
        ...{ failure_code: null, failure_reason: null },
        ...{ cause_code: null, cause_reason: null, asked_at: null, tries: 0, undecided: 0 },
        ...{ created_at: now, updated_at: now },
        ...lease,
      },
      legs: payers.map(({ id: insurer, place }, index) => ({
        ...{ settlement_id: id, ordinal: index + 1, insurer, place, bill_number: billNumber, live: 1 },
        ...{ state: 'draft', quote: null, settled: null, number: null, reversal_number: null },
        ...{ settled_at: null, reversed_at: null, own_id: null, money_exchange: null },
        ...{ statement_group: null, total_fen: null, fund_fen: null, account_fen: null },
        ...{ paid_fen: null, cash_fen: null, funds: null },
      })),
    };
  }

  async #billLive(error: ConstraintError, payers: readonly Payer[], bill: string): Promise<Error> {
    for (const { id: insurer } of payers) {
      const live = await this.#parts.store.one(legQueries.liveLeg, { insurer, bill });
      if (!live) continue;
      const facts = { settlementId: live.settlement_id, state: live.state, insurer };
      return new Fault('settlement.bill-live', { facts });
    }
    return error;
  }

  #publish({ row }: Settlement): void {
    this.#parts.events.publish('settlement.state', row.id, { state: row.state, version: row.version });
  }
}

/** Where a settlement rests: what a HIS that was off must learn of. The steps between pass in a second. */
const TOLD: ReadonlySet<string> = new Set(['settled', 'reversed', 'failed', 'in-doubt', 'needs-review']);

async function read(
  rows: Pick<Store, 'one' | 'all'>,
  byId: typeof queries.settlementById,
  id: string,
): Promise<Settlement | undefined> {
  const row = await rows.one(byId, { id });
  return row && { row, legs: await rows.all(legQueries.legsOf, { settlement: id }) };
}
