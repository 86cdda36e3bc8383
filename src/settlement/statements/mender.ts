import type { Logger } from 'pino';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import { maskError } from '../../access/masking.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Store, Unit } from '../../store/port.ts';
import { Superseded } from '../ledger.ts';
import { type DifferenceRow, lockDifference, updateDifference } from './difference-queries.ts';
import { LEASE_MS } from './keeper.ts';
import { nextDifference } from './machine.ts';
import type { Mended } from './mended.ts';
import type { Mending } from './mending.ts';
import type { StatementSeals } from './model.ts';
import { statementById } from './queries.ts';
import { needsConfirmation } from './rules.ts';

/** What a person says with it. */
export interface Word {
  readonly confirm: boolean;
  readonly note?: string;
  /** The settlement that a row of the insurer's is about, where only a person can tell. */
  readonly settlementId?: string;
}

export interface MendRequest extends Word {
  readonly statement: string;
  readonly n: number;
  /** Names the request: repeated, it finds itself done. */
  readonly act: string;
}

export interface MenderParts {
  readonly store: Store;
  readonly mending: Mending;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly seals: StatementSeals;
  readonly runner: string;
}

/**
 * Mends differences, each by one call and never twice: it is set to `mending` on disk before anything is done, and what
 * is sent is fenced by that.
 */
export class Mender {
  readonly #parts: MenderParts;

  constructor(parts: MenderParts) {
    this.#parts = parts;
  }

  /** Faults: `statement.not-found`, `statement.state`, `statement.confirm`, `request.invalid`. */
  async mend(request: MendRequest, caller: Caller): Promise<void> {
    const { store, mending, logger } = this.#parts;
    const statement = await store.one(statementById, { id: request.statement });
    if (!statement) throw new Fault('statement.not-found');
    const begun = await this.#begin(request, caller);
    if (!begun) return;
    let mended: Mended;
    try {
      mended = await mending.act({ statement, difference: begun, request, caller });
    } catch (error) {
      if (error instanceof Fault && error.code === 'request.invalid') {
        await this.#end(begun, { event: 'not-sent', reason: error.context.detail ?? '' }, caller);
        throw error;
      }
      const superseded = error instanceof Superseded;
      if (!superseded && !(error instanceof Fault)) {
        logger.error({ statement: statement.id, n: begun.n, err: maskError(error) }, 'a mending broke off');
      }
      mended = {
        event: 'interrupted',
        reason: superseded
          ? '结算同时有变化,请再试一次 / the settlement changed meanwhile: try once more'
          : error instanceof Fault
            ? error.message
            : '处理中断 / it broke off',
      };
    }
    await this.#end(begun, mended, caller);
  }

  /** Nothing where this very request has begun it already. */
  async #begin(
    { statement, n, act, confirm }: MendRequest,
    caller: Caller,
  ): Promise<DifferenceRow | undefined> {
    const { store, clock, audit, runner } = this.#parts;
    return store.write(async (unit) => {
      const found = await unit.one(lockDifference, { statement, n });
      if (!found) throw new Fault('statement.not-found');
      if (found.asked_by === act && found.state !== 'mending') return undefined;
      const abandoned = found.state === 'mending' && (found.lease_until ?? 0) <= clock.now();
      const state = abandoned ? nextDifference(found.state, 'interrupted')! : found.state;
      const next = nextDifference(state, 'mend');
      if (!next) throw new Fault('statement.state', { facts: { state } });
      if (needsConfirmation(found.act) && !confirm) throw new Fault('statement.confirm');
      const row: DifferenceRow = {
        ...found,
        ...{ state: next, version: found.version + 1, asked_by: act, client: caller.client, runner },
        ...{ lease_until: clock.now() + LEASE_MS, updated_at: clock.now() },
      };
      await this.#put(unit, row, found.version);
      const detail = { act: found.act, class: found.class };
      await audit.add(unit, {
        ...{ ...caller, act: 'mend', kind: 'statement', subject: `${statement}/${n}`, detail },
      });
      return row;
    });
  }

  async #end(begun: DifferenceRow, { event, reason }: Mended, caller: Caller): Promise<void> {
    const { store, clock, audit, seals, logger } = this.#parts;
    const { statement_id: statement, n } = begun;
    const state = nextDifference('mending', event)!;
    try {
      await store.write(async (unit) => {
        const row = await unit.one(lockDifference, { statement, n });
        // The exchange that was claimed meanwhile stays on it.
        if (row?.version !== begun.version) throw new Superseded();
        const change = { state, reason: reason === '' ? null : seals.sealWords(statement, reason) };
        const free = { runner: null, lease_until: null, updated_at: clock.now() };
        await this.#put(unit, { ...row, ...change, ...free, version: row.version + 1 }, row.version);
        const detail = { event, state };
        await audit.add(unit, {
          ...{ ...caller, act: 'mended', kind: 'statement', subject: `${statement}/${n}`, detail },
        });
      });
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      logger.warn({ statement, n }, 'a mending ended after another had begun');
    }
  }

  async #put(unit: Unit, row: DifferenceRow, before: number): Promise<void> {
    if ((await unit.run(updateDifference, { ...row, before })) !== 1) throw new Superseded();
  }
}
