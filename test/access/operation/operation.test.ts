import t from 'tap';
import { ClientDirectory, newKey, SCOPES } from '../../../src/access/clients.ts';
import { HIDDEN, shownConfiguration } from '../../../src/access/operation/configuration.ts';
import { operationRoutes } from '../../../src/access/operation/routes.ts';
import { readConfiguration } from '../../../src/config.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { testIds, testLogger } from '../../helper.ts';

t.test('of a secret it is said where it is found, and what might help to guess one is hidden', async (t) => {
  const shown = shownConfiguration({
    dataKey: { file: '/run/secrets/data-key' },
    store: { kind: 'postgres', url: { env: 'DATABASE_URL' } },
    clients: [{ id: 'his', keyHash: 'a'.repeat(64), scopes: ['reader:read'] }],
    insurers: [
      {
        url: 'https://someone:hush@insurer.example/fsi/api?token=hush#hush',
        signing: { kind: 'csb', accessKey: 'hush', secret: { env: 'SECRET' } },
        extraFields: { sys_token: 'hush', nested: 'hush' },
        timeoutMs: 30_000,
        inputAs: undefined,
      },
    ],
    links: ['nats://hush@10.0.0.1:4222'],
    watch: false,
  });
  t.strictSame(shown, {
    dataKey: { file: '/run/secrets/data-key' },
    store: { kind: 'postgres', url: { env: 'DATABASE_URL' } },
    clients: [{ id: 'his', keyHash: HIDDEN, scopes: ['reader:read'] }],
    insurers: [
      {
        url: 'https://insurer.example/fsi/api',
        signing: { kind: 'csb', accessKey: HIDDEN, secret: { env: 'SECRET' } },
        extraFields: { sys_token: HIDDEN, nested: HIDDEN },
        timeoutMs: 30_000,
      },
    ],
    links: ['nats://10.0.0.1:4222'],
    watch: false,
  });
  t.notMatch(JSON.stringify(shown), 'hush');
});

t.test(
  'the configuration in force, its clients and the roles are told to those who operate it',
  async (t) => {
    const [operator, his] = [newKey('operator'), newKey('his')];
    const all = SCOPES.filter((scope) => scope !== 'operation:read');
    const clients = [
      { id: 'operator', keyHash: operator.hash, scopes: ['operation:read'] as const },
      { id: 'his', keyHash: his.hash, scopes: all },
    ];
    const configuration = { ...readConfiguration(undefined), clients };
    const app = await buildGateway({
      logger: testLogger(),
      ids: testIds,
      clients: new ClientDirectory(clients.map((each) => ({ ...each, scopes: new Set(each.scopes) }))),
      requestsPerMinuteMax: 1_000,
      sandbox: false,
      version: '1.2.3',
      features: [operationRoutes({ configuration, version: '1.2.3' })],
    });
    t.teardown(() => app.close());
    const get = (url: string, key = operator.key) =>
      app.inject({ url, headers: { authorization: `Bearer ${key}` } });

    const answer = await get('/v1/configuration');
    t.match(answer.json(), {
      version: '1.2.3',
      configuration: { gateway: { port: 7300 }, clients: [{ id: 'operator' }, { id: 'his' }] },
    });
    t.notMatch(answer.body, operator.hash);
    t.strictSame((await get('/v1/clients')).json(), {
      items: clients.map(({ id, scopes }) => ({ id, scopes: [...scopes] })),
    });
    const { items } = (await get('/v1/roles')).json() as { items: { role: string; scopes: string[] }[] };
    t.ok(items.find(({ role }) => role === 'auditor')?.scopes.includes('audit:read'));
    for (const url of ['/v1/configuration', '/v1/clients', '/v1/roles'])
      t.match((await get(url, his.key)).json(), {
        code: 'access.forbidden',
        facts: { scope: 'operation:read' },
      });
  },
);
