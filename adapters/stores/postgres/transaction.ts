import type { ClientBase, Pool, QueryResult } from 'pg';
import { UNIT_TIME_LIMIT_MS, type Unit } from '../../../src/store/port.ts';
import { failureOf, sqlStateOf } from './failure.ts';
import { assertCommitted } from './outcome.ts';
import type { Lanes } from './pool.ts';
import { PostgresUnit } from './unit.ts';

/** The classes of SQLSTATE with which a server refuses a commit: constraint checked late, transaction undone. */
const REFUSED_CLASSES = new Set(['23', '40']);

/**
 * Runs a unit as one transaction on a connection of its own:
 *
 *     begun ──unit ends──► committing ──answer──► committed
 *       └──unit fails──► undone  └──no answer──► asked after by the transaction's number
 *
 * A connection that failed or whose unit overran its time is closed, and the server undoes what it had begun.
 */
export async function runTransaction<T>(
  pool: Pool,
  lanes: Lanes,
  work: (unit: Unit) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error) => {
    throw failureOf(error);
  });
  const unit = new PostgresUnit(client, lanes.get(client) ?? '');
  let usable = false;
  let number: string;
  let value: T;
  let lost: Lost | undefined;
  try {
    number = await begin(client);
    value = await runUnit(client, unit, work, () => {
      usable = true;
    });
    lost = await commit(client);
    usable = lost === undefined;
  } finally {
    unit.end();
    client.release(!usable);
  }
  // Asked only after its connection is given back: when the server restarts, every connection asks at once.
  if (lost) await assertCommitted(pool, number, lost.cause);
  return value;
}

/** Begins a transaction; answers its number, under which its outcome can be asked for later. */
async function begin(client: ClientBase): Promise<string> {
  try {
    // Two statements, one round trip.
    const text = 'begin isolation level read committed; select pg_current_xact_id()::text as number';
    const results = (await client.query(text)) as unknown as QueryResult<{ number: string }>[];
    return results[1]!.rows[0]!.number;
  } catch (error) {
    throw failureOf(error);
  }
}

/** Answers what the unit answers. When it failed it is undone, and `undone` is told if the connection is still good. */
async function runUnit<T>(
  client: ClientBase,
  unit: PostgresUnit,
  work: (unit: Unit) => Promise<T>,
  undone: () => void,
): Promise<T> {
  const inTime = new TimeLimit(UNIT_TIME_LIMIT_MS);
  try {
    const value = await inTime.race(() => work(unit));
    if (unit.failure) throw unit.failure;
    return value;
  } catch (error) {
    // A unit that overran its time may have a statement on the way: its connection is of no more use.
    if (inTime.exceeded) throw error;
    await client.query('rollback').then(undone, () => undefined);
    throw unit.failure ?? error;
  }
}

class TimeLimit {
  readonly #ms: number;
  exceeded = false;

  constructor(ms: number) {
    this.#ms = ms;
  }

  async race<T>(work: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        timer = setTimeout(() => {
          this.exceeded = true;
          reject(new Error('a unit of work ran too long'));
        }, this.#ms);
        work().then(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The commit was sent, and no answer came that tells its outcome. */
interface Lost {
  readonly cause: unknown;
}

/** Commits, or answers that the outcome was lost; throws when the server refused. */
async function commit(client: ClientBase): Promise<Lost | undefined> {
  let command: string;
  try {
    ({ command } = await client.query('commit'));
  } catch (error) {
    const refused = REFUSED_CLASSES.has(sqlStateOf(error)?.slice(0, 2) ?? '');
    if (refused) throw failureOf(error);
    return { cause: error };
  }
  if (command !== 'COMMIT') throw new Error('a statement that the unit did not wait for has failed');
  return undefined;
}
