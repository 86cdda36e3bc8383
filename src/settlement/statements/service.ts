import type { Logger } from 'pino';
import type { AuditTrail } from '../../access/audit.ts';
import { type Caller, GATEWAY } from '../../access/caller.ts';
import { maskError } from '../../access/masking.ts';
import { type Clock, chinaDate, type Ids } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import { ConstraintError, type Store, type Unit } from '../../store/port.ts';
import type { Insurers } from '../flows.ts';
import { Superseded } from '../ledger.ts';
import type { Comparison, Findings, Progress } from './comparison.ts';
import { FREE, LEASE_MS, type StatementKeeper } from './keeper.ts';
import { dayBefore, momentOf, spanOf } from './periods.ts';
import * as queries from './queries.ts';
import { mayClose } from './rules.ts';

export interface StatementServiceParts {
  readonly store: Store;
  readonly insurers: Insurers;
  readonly comparison: Comparison;
  readonly keeper: StatementKeeper;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly runner: string;
  /** Insurers whose statement of the day before is made by itself: from this time of the day on, HH:mm. */
  readonly daily: ReadonlyMap<string, string>;
}

/** A day whose statement stays incomplete is tried this often by itself. */
const DAILY_RUNS_MAX = 8;

/** Makes statements: one for each insurer and period, by one gateway at a time, however often it is asked for. */
export class StatementService {
  readonly #parts: StatementServiceParts;
  readonly #running = new Set<Promise<void>>();
  #stopping = false;

  constructor(parts: StatementServiceParts) {
    this.#parts = parts;
  }

  /**
   * Begins a run, or joins the one under way. `finished` settles when this gateway's part of it is over. Faults:
   * `insurer.not-found`, `statement.unsupported`, `statement.period`, `statement.closed`.
   */
  async run(
    insurerId: string,
    period: string,
    caller: Caller,
  ): Promise<{ id: string; finished: Promise<void> }> {
    const insurer = this.#parts.insurers.get(insurerId);
    if (!insurer) throw new Fault('insurer.not-found');
    if (!insurer.statements) throw new Fault('statement.unsupported');
    const span = spanOf(period);
    if (!span || span.from > this.#parts.clock.now()) throw new Fault('statement.period');
    await this.#assertOpen(insurerId, period);
    const begun = await this.#begin(insurerId, period, span, caller);
    if (!begun.mine) return { id: begun.row.id, finished: Promise.resolve() };
    const finished = this.#make(begun.row, caller).finally(() => this.#running.delete(finished));
    this.#running.add(finished);
    return { id: begun.row.id, finished };
  }

  /** Makes yesterday's statements where that is wanted and nobody has; called now and then. */
  async daily(): Promise<void> {
    const { clock, store, daily, ids } = this.#parts;
    const today = chinaDate(clock.now());
    for (const [insurer, time] of daily) {
      const due = momentOf(today, time);
      if (clock.now() < due) continue;
      const period = dayBefore(today);
      const known = await store.one(queries.statementOf, { insurer, period });
      const isMade = known && known.began_at >= due && known.state !== 'incomplete';
      const isGivenUp = known && known.began_at >= due && known.run >= DAILY_RUNS_MAX;
      if (isMade || isGivenUp || known?.closed_at) continue;
      await this.run(insurer, period, { client: GATEWAY, requestId: ids.next() });
    }
  }

  /** Marks a month as closed; what is still open of it stays so, and can be mended. */
  async close(id: string, caller: Caller): Promise<void> {
    const { store, keeper, clock, audit } = this.#parts;
    const row = await store.one(queries.statementById, { id });
    if (!row) throw new Fault('statement.not-found');
    if (row.closed_at !== null) return;
    if (!mayClose(row, clock.now())) {
      throw new Fault('statement.period', {
        detail: '月结须在该月结束后先对账 / run it once the month is over',
      });
    }
    if (row.state === 'running' || row.state === 'incomplete') {
      throw new Fault('statement.state', { facts: { state: row.state } });
    }
    await this.#change(async (unit) => {
      await keeper.put(unit, { ...row, closed_at: clock.now(), closed_by: caller.client });
      const detail = { insurer: row.insurer, period: row.period };
      await audit.add(unit, { ...caller, act: 'close', kind: 'statement', subject: id, detail });
    });
  }

  /**
   * Ends a run under way as incomplete, wherever it goes on: it asks the insurer for nothing more, and what it still
   * finds counts no more. What an earlier run found stays. Faults: `statement.not-found`, `statement.state`.
   */
  async cancel(id: string, caller: Caller): Promise<void> {
    const { store, keeper, clock, audit } = this.#parts;
    const row = await store.one(queries.statementById, { id });
    if (!row) throw new Fault('statement.not-found');
    const now = clock.now();
    if (row.state !== 'running' || (row.lease_until ?? 0) <= now) {
      throw new Fault('statement.state', { facts: { state: row.state } });
    }
    const cause = { cause_code: 'statement.cancelled', cause_reason: null };
    await this.#change(async (unit) => {
      await keeper.put(unit, { ...row, ...FREE, ...cause, state: 'incomplete', finished_at: now });
      const detail = { insurer: row.insurer, period: row.period };
      await audit.add(unit, { ...caller, act: 'cancel', kind: 'statement', subject: id, detail });
    });
  }

  /** Waits for the runs under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Asks insurers for nothing more, and waits for what was asked. What is not compared is told as interrupted. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.idle();
  }

  /** Changes a statement; a run that ended, or began, meanwhile is told of as its state. */
  async #change(work: (unit: Unit) => Promise<void>): Promise<void> {
    try {
      await this.#parts.store.write(work);
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      throw new Fault('statement.state');
    }
  }

  async #hold(statement: queries.StatementRow, progress: Progress): Promise<number> {
    if (this.#stopping) throw new Fault('statement.interrupted');
    return this.#parts.keeper.hold(statement, progress);
  }

  async #assertOpen(insurer: string, period: string): Promise<void> {
    const month = await this.#parts.store.one(queries.statementOf, { insurer, period: period.slice(0, 7) });
    if (month && month.closed_at !== null) throw new Fault('statement.closed');
  }

  async #begin(
    insurer: string,
    period: string,
    span: { from: number; to: number },
    caller: Caller,
  ): Promise<{ row: queries.StatementRow; mine: boolean }> {
    const { store, clock, ids, keeper, runner } = this.#parts;
    const now = clock.now();
    const hold = { state: 'running', runner, lease_until: now + LEASE_MS, began_at: now } as const;
    const fresh: queries.StatementRow = {
      ...{ id: ids.next(), insurer, period, from_at: span.from, to_at: span.to, version: 1, run: 1 },
      ...{ client: caller.client, finished_at: null, cause_code: null, cause_reason: null },
      ...{ closed_at: null, closed_by: null, steps_done: 0, steps: 0 },
      ...hold,
    };
    const known = await store.one(queries.statementOf, { insurer, period });
    try {
      return await store.write(async (unit) => {
        if (!known) {
          await unit.run(queries.insertStatement, fresh);
          return { row: fresh, mine: true };
        }
        if (known.state === 'running' && (known.lease_until ?? 0) > now) return { row: known, mine: false };
        const again = { ...known, ...hold, run: known.run + 1, client: caller.client, finished_at: null };
        return { row: await keeper.put(unit, again), mine: true };
      });
    } catch (error) {
      // Another began it at the same moment.
      if (!(error instanceof ConstraintError) && !(error instanceof Superseded)) throw error;
      const row = await store.one(queries.statementOf, { insurer, period });
      if (!row) throw error;
      return { row, mine: false };
    }
  }

  /** Never rejects: what breaks a run off is told in the log, and its lease lets another begin. */
  async #make(statement: queries.StatementRow, caller: Caller): Promise<void> {
    const { comparison, keeper, insurers, logger } = this.#parts;
    try {
      const insurer = insurers.get(statement.insurer)!;
      const findings = await comparison
        .run(
          statement,
          insurer,
          caller,
          (progress) => this.#hold(statement, progress),
          (difference) => keeper.found(statement, difference),
        )
        .catch((error: unknown): Findings => {
          if (error instanceof Superseded) throw error;
          logger.error({ statement: statement.id, err: maskError(error) }, 'a statement broke off');
          return { totals: [], failure: { code: error instanceof Fault ? error.code : 'gateway.fault' } };
        });
      await keeper.end(statement, findings, caller);
    } catch (error) {
      const level = error instanceof Superseded ? 'warn' : 'error';
      logger[level]({ statement: statement.id, err: maskError(error) }, 'a statement was not finished');
    }
  }
}
