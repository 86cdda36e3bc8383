/**
 * The desks, in a process of their own: each asks who the person is, puts a bill and settles it, again and again, as
 * fast as it is answered, or at a pace.
 */
import { Pool } from 'undici';
import { type Paced, paced, percentile } from '../paced.ts';

const {
  LOAD_URL = '',
  LOAD_KEY = '',
  LOAD_DESKS = '50',
  LOAD_SECONDS = '4',
  LOAD_PER_SECOND = '0',
} = process.env;
const desks = Number(LOAD_DESKS);
const seconds = Number(LOAD_SECONDS);
/** Visits a second; 0: as fast as they are answered. */
const rate = Number(LOAD_PER_SECOND);
const pool = new Pool(LOAD_URL, { connections: desks });
const run = Date.now().toString(36);
let bills = 0;
let refused = 0;

const identity = { documentType: 'resident-id', documentNumber: '111111198101011110', name: '张三' };
const charge = (line: string) => ({
  line,
  nationalCode: 'XN02BEA1',
  localCode: 'L1',
  name: '样例药',
  count: '1',
  price: '50.00',
  amount: '50.00',
});

function billOf(billNumber: string) {
  return {
    insurers: ['nhsa'],
    identity,
    visit: {
      billNumber,
      number: 'MZ1',
      medType: '11',
      departmentCode: 'A02',
      departmentName: '全科医疗科',
      departmentClass: 'A02',
      doctorCode: 'D1',
      doctorName: '样例医生',
      startedAt: '2026-03-02T08:30:00+08:00',
    },
    diagnoses: [{ code: 'J06.900', name: '急性上呼吸道感染' }],
    charges: ['1', '2', '3'].map(charge),
    confirm: true,
  };
}

async function post(path: string, body: object, key: string): Promise<string> {
  const response = await pool.request({
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${LOAD_KEY}`,
      'idempotency-key': key,
    },
    body: JSON.stringify(body),
  });
  const text = await response.body.text();
  if (response.statusCode >= 300) throw new Error(`${path} ${response.statusCode}: ${text.slice(0, 300)}`);
  return text;
}

async function visit(): Promise<void> {
  const number = `${run}-${++bills}`;
  await post('/v1/eligibility', { insurer: 'nhsa', identity }, `e-${number}`);
  const settled = await post('/v1/settlements', billOf(number), `s-${number}`);
  if (!settled.includes('"state":"settled"')) throw new Error(settled.slice(0, 300));
}

function tell(error: unknown): void {
  refused += 1;
  if (refused === 1) console.error(String(error));
}

/** As fast as each desk is answered. */
async function pressed(): Promise<Paced> {
  const startedAt = performance.now();
  const tookMs: number[] = [];
  const desk = async () => {
    while (performance.now() < startedAt + seconds * 1_000) {
      const from = performance.now();
      await visit().then(() => tookMs.push(performance.now() - from), tell);
    }
  };
  await Promise.all(Array.from({ length: desks }, desk));
  const perSecond = (1_000 * tookMs.length) / (performance.now() - startedAt);
  return { tookMs: tookMs.sort((a, b) => a - b), perSecond, done: tookMs.length };
}

const load = rate > 0 ? await paced(visit, { perSecond: rate, seconds, most: desks }, tell) : await pressed();
process.send?.({
  ...{ settled: load.done, refused, perSecond: load.perSecond },
  ...{ p50Ms: percentile(load.tookMs, 0.5), p99Ms: percentile(load.tookMs, 0.99) },
});
await pool.close();
process.disconnect?.();
