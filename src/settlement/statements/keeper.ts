import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Clock } from '../../clock.ts';
import type { Store, Unit } from '../../store/port.ts';
import { Superseded } from '../ledger.ts';
import { legsOf } from '../leg-queries.ts';
import type { Cause } from '../model.ts';
import { settlementById } from '../queries.ts';
import type { Findings, Progress } from './comparison.ts';
import * as differences from './difference-queries.ts';
import { exchangeByOwnId, legByNumber } from './leg-queries.ts';
import { isReplaceable } from './machine.ts';
import type { Difference, Known, StatementSeals } from './model.ts';
import * as queries from './queries.ts';
import { actOf } from './rules.ts';

/** How long a run, or a try to mend, may do nothing before another may begin. */
export const LEASE_MS = 10 * 60_000;

export interface KeeperParts {
  readonly store: Store;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly seals: StatementSeals;
}

/** Keeps what a run finds. Each unit holds the run's version: what a run that was taken over finds counts no more. */
export class StatementKeeper {
  readonly #parts: KeeperParts;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Holds on to a run and says how far it is; answers until when. Throws `Superseded`. */
  async hold({ id, version }: queries.StatementRow, { done, of }: Progress): Promise<number> {
    const { store, clock } = this.#parts;
    const until = clock.now() + LEASE_MS;
    await store.write(async (unit) => {
      const progress = { id, version, until, steps_done: done, steps: of };
      if ((await unit.run(queries.renewProgress, progress)) !== 1) throw new Superseded();
    });
    return until;
  }

  /** Writes a difference down, or finds that an earlier run has. What was mended, or is being, is left alone. */
  async found(statement: queries.StatementRow, difference: Difference): Promise<void> {
    const { store, clock, seals } = this.#parts;
    const key = seals.keyOf(difference);
    const known = await this.known(statement.insurer, difference);
    const { ours, theirs, sign } = difference;
    const now = clock.now();
    const row = {
      ...{ statement_id: statement.id, key, sign, run: statement.run, updated_at: now },
      ...{ class: difference.class, act: actOf(difference, known) },
      settlement_id: ours?.settlementId ?? known.settlementId ?? null,
      number: ours?.number || theirs?.number || null,
      own_id: theirs?.ownId ?? (ours?.ownId || null),
      content: seals.sealContent(statement.id, key, difference),
    };
    await store.write(async (unit) => {
      await held(unit, statement, now + LEASE_MS);
      const before = await unit.one(differences.differenceByKey, { statement: statement.id, key });
      if (!before) {
        const last = await unit.one(differences.lastDifference, { statement: statement.id });
        await unit.run(differences.insertDifference, {
          ...row,
          ...{ n: (last?.n ?? 0) + 1, state: 'open', version: 1, reason: null, exchange_id: null },
          ...{ asked_by: null, client: null, runner: null, lease_until: null },
        });
        return;
      }
      const change = isReplaceable(before.state) ? row : { run: statement.run };
      const version = before.version + (isReplaceable(before.state) ? 1 : 0);
      await unit.run(differences.updateDifference, { ...before, ...change, version, before: before.version });
    });
  }

  /** Ends a run: its totals, and what it has not found again is gone, unless it did not compare everything. */
  async end(statement: queries.StatementRow, findings: Findings, caller: Caller): Promise<void> {
    const { store, audit, clock, seals } = this.#parts;
    const { failure } = findings;
    await store.write(async (unit) => {
      await held(unit, statement, clock.now());
      await unit.run(queries.dropTotals, { statement: statement.id });
      for (const { words, ...totals } of findings.totals) {
        await unit.run(queries.insertTotals, {
          ...totals,
          statement_id: statement.id,
          words: words === null ? null : seals.sealWords(statement.id, words),
        });
      }
      if (!failure) await unit.run(differences.dropStale, { statement: statement.id, run: statement.run });
      const found = await unit.one(differences.countFound, { statement: statement.id, run: statement.run });
      const agree = findings.totals.every(({ balanced }) => balanced !== 0) && found?.count === 0;
      await this.put(unit, {
        ...statement,
        state: failure ? 'incomplete' : agree ? 'balanced' : 'differs',
        finished_at: clock.now(),
        ...causeOf(statement.id, failure, seals),
        ...FREE,
      });
      const detail = { insurer: statement.insurer, period: statement.period, differences: found?.count ?? 0 };
      await audit.add(unit, {
        ...{ ...caller, act: 'compare', kind: 'statement', subject: statement.id, detail },
      });
    });
  }

  /** Changes a statement under its version; throws `Superseded` where it has moved on. */
  async put(unit: Unit, row: queries.StatementRow): Promise<queries.StatementRow> {
    const next = { ...row, version: row.version + 1 };
    if ((await unit.run(queries.updateStatement, { ...next, before: row.version })) !== 1)
      throw new Superseded();
    return next;
  }

  /** What is known here of what a difference is about. */
  async known(insurer: string, { ours, theirs }: Pick<Difference, 'ours' | 'theirs'>): Promise<Known> {
    const { store } = this.#parts;
    if (ours) return { settlementId: ours.settlementId, inQuestion: false };
    const ownId = theirs?.ownId;
    const exchange =
      ownId === undefined ? undefined : await store.one(exchangeByOwnId, { insurer, own_id: ownId });
    if (exchange?.settlement_id) {
      const settlement = await store.one(settlementById, { id: exchange.settlement_id });
      const legs = await store.all(legsOf, { settlement: exchange.settlement_id });
      const open = settlement?.state === 'in-doubt' || settlement?.state === 'needs-review';
      const current = settlement && legs[settlement.leg - 1];
      return {
        settlementId: exchange.settlement_id,
        inQuestion: open && current?.money_exchange === exchange.id && current.reversed_at === null,
      };
    }
    const leg =
      theirs?.number === undefined
        ? undefined
        : await store.one(legByNumber, { insurer, number: theirs.number });
    return leg ? { settlementId: leg.settlement_id, inQuestion: false } : { inQuestion: false };
  }
}

/** What nobody is working at. */
export const FREE = { runner: null, lease_until: null, steps_done: 0, steps: 0 } as const;

/** Renews a run's lease within a unit, and with that locks it. */
async function held(unit: Unit, { id, version }: queries.StatementRow, until: number): Promise<void> {
  if ((await unit.run(queries.renewLease, { id, version, until })) !== 1) throw new Superseded();
}

function causeOf(statement: string, cause: Cause | undefined, seals: StatementSeals) {
  return {
    cause_code: cause?.code ?? null,
    cause_reason: cause?.reason === undefined ? null : seals.sealWords(statement, cause.reason),
  };
}
