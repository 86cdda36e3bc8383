/** One of the two gateways as it is in production, on a configuration of the bench, in a process of its own. */

import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { hashOfKey, SCOPES } from '../../../src/access/clients.ts';
import { checkConfiguration, readConfiguration } from '../../../src/config.ts';
import { logDestination } from '../../../src/log.ts';
import { startGateway } from '../../../src/main.ts';
import { ORGANISATIONS } from './bodies.ts';

process.env.BENCH_DATA_KEY = '07'.repeat(32);
process.env.BENCH_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const { BENCH_FILE = '', BENCH_SIDE = 'clinic', BENCH_PORT = '0', BENCH_LINK = '' } = process.env;
const [own, peer] = BENCH_SIDE === 'clinic' ? ORGANISATIONS : ORGANISATIONS.toReversed();
const defaults = readConfiguration(undefined);
const configuration = checkConfiguration({
  ...defaults,
  gateway: { ...defaults.gateway, port: Number(BENCH_PORT), requestsPerMinuteMax: 10_000_000 },
  store: { kind: 'sqlite', file: BENCH_FILE },
  dataKey: { env: 'BENCH_DATA_KEY' },
  clients: [{ id: 'bench', keyHash: hashOfKey(process.env.BENCH_KEY!), scopes: [...SCOPES] }],
  organisation: own,
  organisations: [{ ...peer, link: { ...JSON.parse(BENCH_LINK), secret: { env: 'BENCH_SECRET' } } }],
});
const running = await startGateway(configuration, {
  logger: pino({ level: 'info' }, logDestination('/dev/null')),
});
process.send?.({ port: Number(new URL(running.url).port) });

const db = new DatabaseSync(BENCH_FILE, { readOnly: true });
const counts = {
  rows: 'select count(*) as rows from referrals',
  queued: "select count(*) as queued from deliveries where state = 'queued'",
  received: "select count(*) as received from referrals where state = 'received'",
} as const;
const took =
  "select updated_at - created_at as ms from deliveries where state = 'delivered' and created_at >= ?";

process.on('message', (word: keyof typeof counts | { readonly tookSince: number }) => {
  if (typeof word === 'string') process.send?.(db.prepare(counts[word]).get());
  else process.send?.(db.prepare(took).all(word.tookSince));
});
process.on('SIGTERM', () => {
  void running.close().then(() => process.exit(0));
});
