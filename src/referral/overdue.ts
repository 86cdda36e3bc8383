import type { Logger } from 'pino';
import { maskError } from '../access/masking.ts';
import type { Clock } from '../clock.ts';
import type { AfterCommit } from '../delivery/port.ts';
import type { Store, Unit } from '../store/port.ts';
import { type Hearers, tell } from './observing.ts';
import { dueReferrals, markOverdue } from './overdue-queries.ts';
import type { ReferralRow } from './queries.ts';

/** Marked in one unit, so that a gateway that was off for weeks does not hold up everybody else. */
const BATCH_MAX = 100;

const EVERY_MS = 30_000;

export interface OverdueParts extends Hearers {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Marks what did not come in time: an answer, an appointment, an outcome, or a consent that is owed. Each is marked
 * and told once; the mark goes when it comes or something else is waited for. It is no change of the referral, so
 * its version stays and no clerk's act is refused for it.
 */
export async function markOverdueReferrals(parts: OverdueParts): Promise<number> {
  let marked = 0;
  for (;;) {
    const now = parts.clock.now();
    const due = await parts.store.all(dueReferrals, { now, limit: BATCH_MAX });
    if (due.length === 0) return marked;
    const afters = await parts.store.write((unit) => markAll(parts, unit, due, now));
    for (const after of afters) after();
    marked += afters.length;
    // One that another gateway changed meanwhile is found again at the next look.
    if (due.length < BATCH_MAX || afters.length === 0) return marked;
  }
}

async function markAll(
  parts: OverdueParts,
  unit: Unit,
  due: readonly ReferralRow[],
  now: number,
): Promise<AfterCommit[]> {
  const afters: AfterCommit[] = [];
  for (const row of due) {
    const late = { overdue: isPast(row.due_at, now), consent_overdue: isPast(row.consent_due_at, now) };
    const was = { was_overdue: row.overdue, consent_was_overdue: row.consent_overdue };
    const { id, version } = row;
    if ((await unit.run(markOverdue, { id, version, ...late, ...was })) === 0) continue;
    const after = { ...row, ...late };
    afters.push(await tell(parts, unit, { cause: 'overdue', before: row, after, events: [], settled: [] }));
  }
  return afters;
}

function isPast(dueAt: number | null, now: number): 0 | 1 {
  return dueAt !== null && dueAt <= now ? 1 : 0;
}

/** Looks every half minute. Several gateways on one store may look at once: each mark is made by one of them. */
export class OverdueWatch {
  readonly #parts: OverdueParts & { readonly logger: Logger };
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(parts: OverdueParts & { readonly logger: Logger }) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    }, EVERY_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    try {
      await markOverdueReferrals(this.#parts);
    } catch (error) {
      this.#parts.logger.warn({ err: maskError(error) }, 'overdue referrals could not be marked');
    }
  }
}
