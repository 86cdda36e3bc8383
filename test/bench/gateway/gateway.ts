/** The gateway as it is in production, on a configuration of the bench, in a process of its own. */

import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { hashOfKey, SCOPES } from '../../../src/access/clients.ts';
import { checkConfiguration, readConfiguration } from '../../../src/config.ts';
import { logDestination } from '../../../src/log.ts';
import { startGateway } from '../../../src/main.ts';

process.env.BENCH_DATA_KEY = '07'.repeat(32);
process.env.BENCH_SECRET = 'secret-of-the-bench-run';
const file = process.env.BENCH_FILE!;
const defaults = readConfiguration(undefined);
const configuration = checkConfiguration({
  ...defaults,
  gateway: { ...defaults.gateway, port: 0, requestsPerMinuteMax: 10_000_000 },
  store: { kind: 'sqlite', file },
  dataKey: { env: 'BENCH_DATA_KEY' },
  clients: [{ id: 'bench', keyHash: hashOfKey(process.env.BENCH_KEY!), scopes: [...SCOPES] }],
  insurers: [
    {
      id: 'nhsa',
      adapter: 'nhsa',
      url: `http://127.0.0.1:${process.env.BENCH_UPSTREAM}/`,
      fixmedinsCode: 'H11111100001',
      fixmedinsName: '示例卫生院',
      mdtrtareaAdmvs: '111111',
      recerSysCode: 'FSI',
      infver: 'V1.0',
      operator: { no: '001', name: '收费员' },
      signing: { kind: 'csb', accessKey: 'bench', secret: { env: 'BENCH_SECRET' }, apiVersion: '1.0.0' },
    },
  ],
});
const running = await startGateway(configuration, {
  logger: pino({ level: 'info' }, logDestination('/dev/null')),
});
process.send?.({ port: Number(new URL(running.url).port) });
const counts = {
  rows: "select count(*) as rows from exchanges where outcome = 'accepted' and \"transaction\" = '1101'",
  settlements: "select count(*) as settlements from settlements where state = 'settled'",
};
process.on('message', (word: keyof typeof counts) => {
  const db = new DatabaseSync(file, { readOnly: true });
  process.send?.(db.prepare(counts[word]).get());
  db.close();
});
process.on('SIGTERM', () => {
  void running.close().then(() => process.exit(0));
});
