import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { Configuration } from '../../../../schemas/configuration.ts';
import { newKey, SCOPES } from '../../../../src/access/clients.ts';
import { checkConfiguration, readConfiguration } from '../../../../src/config.ts';
import { startGateway } from '../../../../src/main.ts';
import { temporaryFolder, testLogger } from '../../../helper.ts';
import { clinic, creation, hospital, SECRET } from '../../../referral/organisations.ts';
import { natsIsMissing, startNats, type TestNats } from '../../../setup/nats.ts';

const skip = natsIsMissing()?.reason ?? false;
process.env.TEST_NATS_DATA_KEY = '07'.repeat(32);
process.env.TEST_NATS_SECRET = SECRET;
process.env.TEST_NATS_PASSWORD = 'made-up';
const { key, hash } = newKey('his');

const networkOf = (server: TestNats, user: string) => ({
  servers: [server.url],
  credentials: { user, password: { env: 'TEST_NATS_PASSWORD' } },
});

function configurationOf(own: typeof clinic | typeof hospital, file: string, link: object): Configuration {
  const defaults = readConfiguration(undefined);
  const peer = own === clinic ? hospital : clinic;
  return checkConfiguration({
    ...defaults,
    gateway: { ...defaults.gateway, port: 0 },
    store: { kind: 'sqlite', file },
    dataKey: { env: 'TEST_NATS_DATA_KEY' },
    clients: [{ id: 'his', keyHash: hash, scopes: [...SCOPES] }],
    organisation: own,
    organisations: [{ ...peer, link: { kind: 'nats', ...link, secret: { env: 'TEST_NATS_SECRET' } } }],
  });
}

async function call(url: string, path: string, body?: object): Promise<{ id: string; state: string }> {
  const answer = await fetch(`${url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${key}`,
      ...(body ? { 'content-type': 'application/json', 'idempotency-key': 'create-1' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as { id: string; state: string };
}

t.test('two gateways, configured to meet on a NATS network, hand a referral over', { skip }, async (t) => {
  const server = await startNats(t, {
    configuration: `authorization { users: [
      { user: "${clinic.code}", password: "made-up" }, { user: "${hospital.code}", password: "made-up" }
    ] }`,
  });
  const folder = temporaryFolder(t);
  const start = async (own: typeof clinic | typeof hospital) => {
    const file = join(folder, `${own.code}.db`);
    const running = await startGateway(configurationOf(own, file, networkOf(server, own.code)), {
      logger: testLogger(),
    });
    t.teardown(() => running.close());
    return running;
  };
  const here = await start(clinic);
  const { id } = await call(here.url, '/v1/referrals', creation);
  await start(hospital);
  let state = '';
  for (let tries = 0; state !== 'received' && tries < 200; tries++) {
    await delay(50);
    ({ state } = await call(here.url, `/v1/referrals/${id}`));
  }
  t.equal(state, 'received', 'though it was created before the other gateway was there');
});

t.test('what is wrong about a configured network is said at the start', async (t) => {
  const file = join(temporaryFolder(t), 'store.db');
  for (const link of [
    {},
    { servers: [] },
    { servers: ['http://127.0.0.1:4222'] },
    { servers: ['nats://user:password@127.0.0.1:4222'] },
    { servers: ['nats://127.0.0.1'], domain: 'a.b' },
    { servers: ['nats://127.0.0.1'], stream: 'a b' },
    { servers: ['nats://127.0.0.1'], replicas: 6 },
    { servers: ['nats://127.0.0.1'], credentials: { user: 'u', password: 'written here' } },
  ]) {
    t.throws(() => configurationOf(clinic, file, link), /organisations/, JSON.stringify(link));
  }
  const unreadable = { servers: ['nats://127.0.0.1'], credentials: { token: { env: 'NO_SUCH_VARIABLE' } } };
  await t.rejects(
    startGateway(configurationOf(clinic, file, unreadable), { logger: testLogger() }),
    /NO_SUCH_VARIABLE/,
  );
});
