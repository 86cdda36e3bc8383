/** The institution's gateway as it is in production, with one reader of its own, in a process of its own. */

import { Session } from 'node:inspector/promises';
import { pino } from 'pino';
import { hashOfKey, SCOPES } from '../../../src/access/clients.ts';
import { checkConfiguration, readConfiguration } from '../../../src/config.ts';
import { logDestination } from '../../../src/log.ts';
import { startGateway } from '../../../src/main.ts';
import { DESKS, deskId, deskKey, HIS_KEY } from './keys.ts';

process.env.BENCH_DATA_KEY = '07'.repeat(32);
const [local] = JSON.parse(process.env.BENCH_READERS!) as number[];
const desks = Array.from({ length: DESKS }, (_, index) => ({
  id: deskId(index + 1),
  keyHash: hashOfKey(deskKey(index + 1)),
  scopes: ['desk:connect'],
}));
const defaults = readConfiguration(undefined);
const configuration = checkConfiguration({
  ...defaults,
  gateway: { ...defaults.gateway, port: 0, requestsPerMinuteMax: 10_000_000 },
  store: { kind: 'sqlite', file: process.env.BENCH_FILE! },
  dataKey: { env: 'BENCH_DATA_KEY' },
  clients: [{ id: 'his', keyHash: hashOfKey(HIS_KEY), scopes: [...SCOPES] }, ...desks],
  readers: [
    {
      id: 'local',
      dialect: 'ccid-serial',
      transport: { kind: 'tcp', host: '127.0.0.1', port: local },
    },
  ],
});
const running = await startGateway(configuration, {
  logger: pino({ level: 'info' }, logDestination('/dev/null')),
});
process.send?.({ port: Number(new URL(running.url).port) });

/** What is in use after a full collection of the kind that `npm start` ends with. */
process.on('message', async () => {
  const session = new Session();
  session.connect();
  for (let round = 0; round < 3; round++) await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({ rss, heap: heapUsed + external });
});
process.on('SIGTERM', () => {
  void running.close().then(() => process.exit(0));
});
