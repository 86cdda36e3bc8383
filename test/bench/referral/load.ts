/** Sends the load from a process of its own: each request under a key of its own, as fast as answered or at a rate. */
import autocannon from 'autocannon';
import { Pool } from 'undici';
import { paced, percentile } from '../paced.ts';
import { rounded } from '../report.ts';

const { LOAD_URL = '', LOAD_CONNECTIONS = '1', LOAD_SECONDS = '4', LOAD_PER_SECOND, LOAD_BODY } = process.env;
const headers = JSON.parse(process.env.LOAD_HEADERS!) as Record<string, string>;
const [connections, seconds] = [Number(LOAD_CONNECTIONS), Number(LOAD_SECONDS)];
const run = `${process.pid}-${Date.now()}`;
let sent = 0;

const withKey = () => ({ ...headers, 'idempotency-key': `${run}-${++sent}` });

async function pressed() {
  const result = await autocannon({
    ...{ url: LOAD_URL, connections, duration: seconds },
    requests: [
      {
        ...{ method: 'POST', body: LOAD_BODY! },
        setupRequest: (request) => ({ ...request, headers: withKey() }),
      },
    ],
  });
  return {
    ...{ answered: result['2xx'], refused: result.non2xx + result.errors },
    perSecond: result['2xx'] / result.duration,
    ...{ p50Ms: result.latency.p50, p99Ms: result.latency.p99 },
  };
}

/** autocannon sends what is due in a second at the second's beginning, all connections at once. */
async function atRate(perSecond: number) {
  const { origin, pathname } = new URL(LOAD_URL);
  const pool = new Pool(origin, { connections });
  let refused = 0;
  const post = async () => {
    const { statusCode, body } = await pool.request({
      ...{ method: 'POST', path: pathname, headers: withKey(), body: LOAD_BODY! },
    });
    await body.dump();
    if (statusCode >= 300) throw new Error(String(statusCode));
  };
  const load = await paced(post, { perSecond, seconds, most: connections }, () => {
    refused += 1;
  });
  await pool.close();
  return {
    ...{ answered: load.done, refused, perSecond: load.perSecond },
    ...{ p50Ms: rounded(percentile(load.tookMs, 0.5)), p99Ms: rounded(percentile(load.tookMs, 0.99)) },
  };
}

process.send?.(LOAD_PER_SECOND ? await atRate(Number(LOAD_PER_SECOND)) : await pressed());
process.disconnect?.();
