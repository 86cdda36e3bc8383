import { readFileSync } from 'node:fs';
import type { FastifyPluginAsync } from 'fastify';
import { ClientDirectory, newKey, type Scope } from '../../src/access/clients.ts';
import { ReaderPool } from '../../src/card/pool.ts';
import { buildGateway } from '../../src/gateway.ts';
import { Idempotency } from '../../src/http/idempotency.ts';
import { LOG_FOLDER, testParts } from '../helper.ts';
import { PluggedReader } from './slots.ts';
import { settle, TestTimers } from './timers.ts';

type Tap = Parameters<typeof testParts>[0];
type Parts = Awaited<ReturnType<typeof testParts>> & {
  readonly pool: ReaderPool;
  readonly timers: TestTimers;
  readonly idempotency: Idempotency;
};

/** A gateway with one reader, called desk-1, and the features that a test is about. */
export async function gatewayWith(t: Tap, features: (parts: Parts) => FastifyPluginAsync[]) {
  const parts = await testParts(t);
  const timers = new TestTimers(parts.clock);
  const driver = new PluggedReader();
  const pool = new ReaderPool({ ...parts, timers, random: () => 0.5, readers: [{ id: 'desk-1', driver }] });
  const idempotency = new Idempotency({ ...parts, gatewayId: 'test' });
  const keys = { all: newKey('all'), none: newKey('none') };
  const all: Scope[] = ['reader:read', 'reading:write', 'card:write'];
  const app = await buildGateway({
    ...parts,
    clients: new ClientDirectory([
      { id: 'all', keyHash: keys.all.hash, scopes: new Set(all) },
      { id: 'none', keyHash: keys.none.hash, scopes: new Set(['reader:read'] as const) },
    ]),
    requestsPerMinuteMax: 100_000,
    sandbox: false,
    version: '0',
    features: features({ ...parts, pool, timers, idempotency }),
  });
  t.teardown(async () => {
    await app.close();
    await pool.close();
  });
  pool.start();
  await settle();
  const call = async (
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    body: object,
    headers: Record<string, string> = {},
    key: keyof typeof keys = 'all',
  ) => {
    const answer = await app.inject({
      method,
      url: `/v1/readers/${url}`,
      headers: { authorization: `Bearer ${keys[key].key}`, ...headers },
      payload: body,
    });
    return { status: answer.statusCode, body: answer.json(), text: answer.body };
  };
  return { ...parts, timers, driver, call };
}

/** Everything this process has logged. */
export function logged(): string {
  return readFileSync(`${LOG_FOLDER}/${process.pid}.log`, 'utf8');
}
