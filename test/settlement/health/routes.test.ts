import t from 'tap';
import { ClientDirectory, newKey } from '../../../src/access/clients.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { insurerHealthRoutes } from '../../../src/settlement/health/routes.ts';
import { testIds, testLogger } from '../../helper.ts';
import { caller, newWorld, sampleBill } from '../parts.ts';

t.test(
  'how an insurer answers, what is in doubt with it and who signed in are told without anybody’s data',
  async (t) => {
    const world = await newWorld(t);
    const { store, clock, insurer } = world;
    // What the fake asks first stands for a sign-in here.
    insurer.capabilities = { ...insurer.capabilities, signsInBy: '1101' };
    const { service, inquiries } = world.start();
    const key = newKey('operator');
    const app = await buildGateway({
      ...{ logger: testLogger(), ids: testIds, requestsPerMinuteMax: 1_000, sandbox: false, version: '0' },
      clients: new ClientDirectory([
        { id: 'operator', keyHash: key.hash, scopes: new Set(['operation:read'] as const) },
      ]),
      features: [insurerHealthRoutes({ insurers: new Map([[insurer.id, insurer]]), store, clock })],
    });
    t.teardown(() => app.close());
    const health = async () => {
      const headers = { authorization: `Bearer ${key.key}` };
      return (await app.inject({ url: '/v1/insurers/health', headers })).json().items[0];
    };
    t.strictSame(await health(), {
      ...{ id: 'fake', name: '示例医保', signsIn: true, doubt: { inDoubt: 0, needsReview: 0 } },
      ...{ exchanges: 0, accepted: 0, refused: 0, failed: 0, unknown: 0 },
    });

    const bill = sampleBill();
    await inquiries.eligibility('fake', bill.bill.identity, undefined, caller);
    insurer.say('2207', 'lose-after');
    await service.create('s-1', true, caller, async () => bill);
    const body = await health();
    t.match(body, {
      lastSignIn: { transaction: '1101', outcome: 'accepted' },
      lastTrouble: { transaction: '2207', outcome: 'unknown' },
      unknown: 1,
      medianMs: Number,
      doubt: { inDoubt: 1, needsReview: 0, oldestAt: String },
    });
    t.notMatch(JSON.stringify(body), bill.bill.identity.documentNumber);
    clock.advance(25 * 3_600_000);
    t.match(await health(), { exchanges: 0, doubt: { inDoubt: 1 } }, 'a day later only the doubt is left');
  },
);
