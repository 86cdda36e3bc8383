import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { Fault } from '../../../src/errors.ts';
import { UnknownCommitError } from '../../../src/store/port.ts';
import { sqlStateOf } from './failure.ts';

/** How long a commit whose answer was lost is asked after, and how often. */
const WAIT_MS = 10_000;
const EVERY_MS = 200;

/**
 * Asks the server what became of a transaction whose commit was sent but not answered. Throws a `Fault` when it was
 * undone, `UnknownCommitError` when the server can't be reached in time or no longer knows.
 */
export async function assertCommitted(pool: Pool, number: string, cause: unknown): Promise<void> {
  const until = performance.now() + WAIT_MS;
  do {
    const status = await statusOf(pool, number);
    if (status === 'committed') return;
    if (status === 'aborted') throw new Fault('gateway.store', {}, cause);
    if (status === 'forgotten') break;
    await sleep(EVERY_MS);
  } while (performance.now() < until);
  throw new UnknownCommitError('the database went away during the commit', { cause });
}

/** `in progress` also stands for a server that doesn't answer; `forgotten`, for one that doesn't know the number. */
async function statusOf(
  pool: Pool,
  number: string,
): Promise<'committed' | 'aborted' | 'in progress' | 'forgotten'> {
  try {
    const text = 'select pg_xact_status($1::xid8) as status';
    const { rows } = await pool.query<{ status: 'committed' | 'aborted' | 'in progress' | null }>(text, [
      number,
    ]);
    return rows[0]?.status ?? 'forgotten';
  } catch (error) {
    return sqlStateOf(error)?.startsWith('22') ? 'forgotten' : 'in progress';
  }
}
