import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { ClientDirectory, newKey, type Scope } from '../../../src/access/clients.ts';
import { type ConfiguredReader, ReaderPool } from '../../../src/card/pool.ts';
import { Desk } from '../../../src/card/remote/desk.ts';
import { socketDial } from '../../../src/card/remote/dial.ts';
import { DeskHost } from '../../../src/card/remote/host.ts';
import { deskRoutes } from '../../../src/card/remote/routes.ts';
import { cardRoutes } from '../../../src/card/routes.ts';
import { CardService } from '../../../src/card/service.ts';
import { systemTimers } from '../../../src/card/timers.ts';
import { systemClock } from '../../../src/clock.ts';
import { Events, type GatewayEvent } from '../../../src/events/events.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import {
  loadProfiles,
  type ResidentIdProfile,
  type SocialSecurityProfile,
  virtualCardOf,
  virtualResidentIdOf,
} from '../../../src/sandbox/cards/cards.ts';
import { testIds, testLogger, testParts } from '../../helper.ts';
import { PluggedReader } from '../slots.ts';
import { TestTimers } from '../timers.ts';

const profiles = loadProfiles();
export const chip = (id: string) => virtualCardOf(profiles.get(id) as SocialSecurityProfile);
export const residentId = () => virtualResidentIdOf(profiles.get('resident-id') as ResidentIdProfile);

const keys = new Map(['his', 'window-1', 'window-2'].map((id) => [id, newKey(id)]));
export const keyOf = (client: string) => keys.get(client)!.key;

/** Waits until something is so; the test's own time-out bounds it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Lets time pass for one end, until something is so. */
export async function moving(timers: TestTimers, condition: () => boolean): Promise<void> {
  while (!condition()) {
    await timers.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** An institution's gateway on a port of this machine, whose timers a test moves. */
export async function institution(t: Test, options: { port?: number; local?: ConfiguredReader[] } = {}) {
  const parts = await testParts(t);
  const { clock, events, logger } = parts;
  const timers = new TestTimers(clock);
  const host = new DeskHost({ clock, ids: testIds, timers, random: () => 0.5, events, logger });
  const pool = new ReaderPool({ readers: options.local ?? [], more: host, clock, timers, events, logger });
  const cards = new CardService({ ...parts, pool, timers });
  const idempotency = new Idempotency({ ...parts, gatewayId: 'test' });
  const scopes: Record<string, Scope[]> = { his: ['reader:read', 'reading:write'] };
  const clients = [...keys].map(([id, { hash }]) => ({
    id,
    keyHash: hash,
    scopes: new Set(scopes[id] ?? (['desk:connect'] as const)),
  }));
  const app = await buildGateway({
    logger,
    ids: testIds,
    clients: new ClientDirectory(clients),
    requestsPerMinuteMax: 100_000,
    sandbox: false,
    version: '0',
    features: [cardRoutes({ pool, cards, idempotency }), deskRoutes({ host })],
  });
  await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  pool.start();
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= pool.close().then(() => app.close());
    return closed;
  };
  t.teardown(close);
  const call = async (method: 'GET' | 'POST', url: string, body?: object) => {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${keyOf('his')}` },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  const told: GatewayEvent[] = [];
  events.listen((event) => told.push(event));
  const stateOf = (reader: string) => pool.list().find(({ id }) => id === reader)?.state;
  const deskState = (desk = 'window-1') => host.desks().find(({ id }) => id === desk)?.state;
  const { port } = app.server.address() as AddressInfo;
  return { clock, timers, events, host, pool, cards, app, port, close, call, told, stateOf, deskState };
}

/** A desk with one reader, and the gateway (or a proxy before it) on that port. */
export function desk(
  t: Test,
  port: number,
  options: { client?: string; timers?: TestTimers; start?: boolean } = {},
) {
  const { client = 'window-1', timers = systemTimers, start = true } = options;
  const driver = new PluggedReader();
  const events = new Events(systemClock);
  const logger = testLogger();
  const parts = { clock: systemClock, timers, random: () => 0, events, logger };
  const pool = new ReaderPool({
    ...parts,
    timers: systemTimers,
    readers: [{ id: 'reader', name: '一号窗口', driver }],
  });
  const said: string[] = [];
  const dial = socketDial({ gateway: `ws://127.0.0.1:${port}`, key: keyOf(client) });
  const program = new Desk({ ...parts, pool, dial, say: (line) => said.push(line) });
  if (start) {
    pool.start();
    program.start();
  }
  const close = async () => {
    program.close();
    await pool.close();
  };
  t.teardown(close);
  return { program, pool, driver, said, close };
}
