import Fastify from 'fastify';
import t from 'tap';
import { Fault } from '../../src/errors.ts';
import { healthRoutes } from '../../src/http/health.ts';
import { temporaryStore } from '../helper.ts';

t.test('a gateway whose store still reads but writes no more lives, and is not ready', async (t) => {
  const store = await temporaryStore(t);
  const app = Fastify();
  await app.register(healthRoutes({ store, version: '1.2.3' }));
  t.match((await app.inject('/health/ready')).json(), { status: 'ready', version: '1.2.3' });
  t.intercept(store, 'write', {
    value: async () => {
      throw new Fault('gateway.store', { detail: 'the disk failed; restart the gateway' });
    },
  });
  t.not((await app.inject('/health/ready')).statusCode, 200);
  t.match((await app.inject('/health/live')).json(), { status: 'live' });
});
