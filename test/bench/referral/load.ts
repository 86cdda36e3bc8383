/** Sends the load from a process of its own: each request under a key of its own, as fast as answered or at a rate. */
import autocannon from 'autocannon';

const { LOAD_URL = '', LOAD_CONNECTIONS = '1', LOAD_SECONDS = '4', LOAD_PER_SECOND, LOAD_BODY } = process.env;
const headers = JSON.parse(process.env.LOAD_HEADERS!) as Record<string, string>;
const run = `${process.pid}-${Date.now()}`;
let sent = 0;
const result = await autocannon({
  url: LOAD_URL,
  connections: Number(LOAD_CONNECTIONS),
  duration: Number(LOAD_SECONDS),
  ...(LOAD_PER_SECOND ? { overallRate: Number(LOAD_PER_SECOND) } : {}),
  requests: [
    {
      method: 'POST',
      body: LOAD_BODY!,
      setupRequest: (request) => ({
        ...request,
        headers: { ...headers, 'idempotency-key': `${run}-${++sent}` },
      }),
    },
  ],
});
process.send?.({
  answered: result['2xx'],
  refused: result.non2xx + result.errors,
  perSecond: result['2xx'] / result.duration,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
});
process.disconnect?.();
