import { join } from 'node:path';
import type { Test } from 'tap';
import { openSqliteStore } from '../../adapters/stores/sqlite/store.ts';
import { AuditTrail } from '../../src/access/audit.ts';
import { ClientDirectory, newKey } from '../../src/access/clients.ts';
import { accessRoutes } from '../../src/access/routes.ts';
import { identityRoutes } from '../../src/card/identity-routes.ts';
import { ReaderPool } from '../../src/card/pool.ts';
import { cardRoutes } from '../../src/card/routes.ts';
import { CardService, type CardServiceParts } from '../../src/card/service.ts';
import { Events } from '../../src/events/events.ts';
import { buildGateway } from '../../src/gateway.ts';
import { Idempotency } from '../../src/http/idempotency.ts';
import { TestClock, temporaryFolder, testIds, testLogger, testVault } from '../helper.ts';
import { CodeInWindow } from './scanner.ts';
import { PluggedReader } from './slots.ts';
import { settle, TestTimers } from './timers.ts';

/** A gateway with one reader that takes cards and codes, called over HTTP without a network. */
export async function identityWorld(
  t: Test,
  more: Pick<CardServiceParts, 'verifiers' | 'rules' | 'revocations'> = {},
) {
  const file = join(temporaryFolder(t), 'store.db');
  const store = await openSqliteStore(file);
  const clock = new TestClock();
  const timers = new TestTimers(clock);
  const events = new Events(clock);
  const vault = testVault();
  const logger = testLogger();
  const audit = new AuditTrail(store, 'test', clock);
  const driver = new PluggedReader();
  const codes = new CodeInWindow();
  const withCodes = {
    description: driver.description,
    open: async () => ({ ...(await driver.open()), codes }),
  };
  const readers = [{ id: 'desk-1', driver: withCodes }];
  const pool = new ReaderPool({ readers, clock, timers, random: () => 0.5, events, logger });
  const cards = new CardService({ pool, store, clock, ids: testIds, vault, audit, events, timers, ...more });
  const idempotency = new Idempotency({ store, vault, clock, ids: testIds, gatewayId: 'test' });
  const his = newKey('his');
  const console = newKey('console');
  const app = await buildGateway({
    logger,
    ids: testIds,
    clients: new ClientDirectory([
      {
        id: 'his',
        keyHash: his.hash,
        scopes: new Set(['reader:read', 'reading:write', 'audit:read'] as const),
      },
      { id: 'console', keyHash: console.hash, scopes: new Set(['reader:read'] as const) },
    ]),
    requestsPerMinuteMax: 100_000,
    sandbox: false,
    version: '0',
    features: [
      cardRoutes({ pool, cards, idempotency }),
      identityRoutes({ cards, idempotency }),
      accessRoutes({ store, audit }),
    ],
  });
  t.teardown(async () => {
    await app.close();
    await pool.close();
    await store.close();
  });
  pool.start();
  await settle();
  const call = async (
    method: 'GET' | 'POST',
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ) => {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${his.key}`, ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.json(), text: answer.body, headers: answer.headers };
  };
  const take = (body: object, headers?: Record<string, string>) =>
    call('POST', '/v1/readings', body, headers);
  const read = (body: object) => call('POST', '/v1/readers/desk-1/readings', body);
  /** The oldest first. */
  const auditRows = async () => (await call('GET', '/v1/audit?kind=reading')).body.items.toReversed();
  return {
    file,
    store,
    clock,
    timers,
    events,
    audit,
    driver,
    codes,
    pool,
    cards,
    console,
    call,
    take,
    read,
    auditRows,
  };
}
