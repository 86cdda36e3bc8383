import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import { Api } from '../../src/sandbox/demo/api.ts';
import { sampleBill } from '../../src/sandbox/demo/bill.ts';
import { LOG_FOLDER, SAMPLE_NUMBER } from '../helper.ts';
import { call, startWorld } from './world.ts';

interface Overview {
  readonly codes: readonly { readonly id: string; readonly code: string }[];
}

t.test('a code that a patient shows settles his bill, and stands nowhere', async (t) => {
  const logFile = join(LOG_FOLDER, `codes-${process.pid}.log`);
  const destination = pino.destination({ dest: logFile, sync: true, mkdir: true });
  const world = await startWorld(t, { logger: pino({ level: 'trace' }, destination) });
  const clinic = new Api(world.url, world.key);
  const { codes } = await clinic.get<Overview>('/v1/sandbox');
  const codeOf = (id: string) => codes.find((each) => each.id === id)!.code;

  const reading = await clinic.post<{ id: string; identity: { insuranceCodeToken: string } }>(
    '/v1/readings',
    {
      code: codeOf('insurance-code'),
      businessType: '01301',
    },
  );
  t.match(reading, { kind: 'insurance-code', assurance: 'code-verified', verifiedBy: 'insurer' });
  const eligibility = await clinic.post('/v1/eligibility', { insurer: 'nhsa', readingId: reading.id });
  t.match(eligibility, { insurer: 'nhsa' });
  const bill = { ...sampleBill('CODE-1', reading.id), confirm: true };
  t.match(await clinic.post('/v1/settlements', bill, 'settle-CODE-1'), { state: 'settled' });

  const health = await clinic.post<{ id: string }>('/v1/readings', { code: codeOf('health-code') });
  t.match(health, { kind: 'health-code', verifiedBy: 'health-code-service' });
  t.match(await clinic.post('/v1/identities', { readingIds: [reading.id, health.id] }), {
    assurance: 'code-verified',
    identity: { documentNumber: SAMPLE_NUMBER, insuranceCodeToken: reading.identity.insuranceCodeToken },
    differences: [],
  });

  const secrets = [...codes.map(({ code }) => code), reading.identity.insuranceCodeToken];
  for (const id of ['insurance-code-expired', 'health-code-expired']) {
    const answer = await call({
      method: 'POST',
      url: `${world.url}/v1/readings`,
      key: world.key,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: codeOf(id) }),
    });
    t.equal(answer.status, 422);
    t.match(JSON.parse(answer.body), { code: 'code.refused', place: 'insurer' });
    for (const secret of secrets) t.notOk(answer.body.includes(secret));
  }
  const log = readFileSync(logFile, 'utf8');
  t.ok(log.includes('/v1/readings'));
  for (const secret of secrets) t.notOk(log.includes(secret));
  for (const file of ['clinic.db', 'clinic.db-wal']) {
    const bytes = readFileSync(join(world.folder, 'sandbox', file));
    for (const secret of secrets) t.notOk(bytes.includes(secret), file);
  }
});
