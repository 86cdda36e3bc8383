import { type ClientBase, type CustomTypesConfig, Pool, types } from 'pg';

/** Time limits of the server and of the line; each longer than the one it guards. */
const STATEMENT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 4_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;

/** Type oids whose values come as text and are read as whole numbers: int8 and numeric (a sum of int8). */
const INT8 = 20;
const NUMERIC = 1700;

/** First key of the advisory locks by which connections take their lanes. */
const LANE_LOCK = 0x59_4b_54;
const LANES_MAX = 10_000;

const numbers: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === INT8 || oid === NUMERIC
      ? wholeNumber
      : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError('a number of the database is not whole or not exact');
  return value;
}

/** The lane of each connection. */
export type Lanes = WeakMap<ClientBase, string>;

/** Opens a pool whose connections each have a lane of their own. */
export function openPool(url: string, connectionsMax: number): { pool: Pool; lanes: Lanes } {
  const lanes: Lanes = new WeakMap();
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    application_name: 'yikatong',
    keepAlive: true,
    types: numbers,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    onConnect: async (client) => {
      forgive(client);
      lanes.set(client, await takeLane(client));
      await neverAnswerBeforeTheDisk(client);
    },
  });
  forgive(pool);
  return { pool, lanes };
}

/** Opens a single connection for the migrations, which may take as long as they need. */
export function openMigrationPool(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    max: 1,
    application_name: 'yikatong migrations',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    onConnect: forgive,
  });
  forgive(pool);
  return pool;
}

/** A connection that is lost while nobody waits for it is replaced when it is needed: nobody has to hear of it. */
function forgive(emitter: { on(event: 'error', listener: () => void): unknown }): void {
  emitter.on('error', () => undefined);
}

/**
 * Takes the lowest lane that no living connection of any gateway has. The lock goes with the server's side of the
 * connection, which outlives ours until its last commit is decided: so two writers never share a lane, not even
 * after a crash or when two gateways were given one name by mistake.
 */
async function takeLane(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ lane: number }>(
    'select lane from generate_series(1, $2::int) as lane where pg_try_advisory_lock($1::int, lane) limit 1',
    [LANE_LOCK, LANES_MAX],
  );
  if (!rows[0]) throw new Error('the database has no lane left for another connection');
  return `pg-${rows[0].lane}`;
}

/** What was answered 2xx is on disk, whatever the server's default is. */
async function neverAnswerBeforeTheDisk(client: ClientBase): Promise<void> {
  await client.query(
    "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
  );
}
