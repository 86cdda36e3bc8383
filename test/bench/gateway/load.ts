/** Sends the load from a process of its own, so that it does not share an event loop with what it measures. */
import autocannon from 'autocannon';

const result = await autocannon({
  url: process.env.LOAD_URL!,
  method: 'POST',
  connections: Number(process.env.LOAD_CONNECTIONS),
  duration: Number(process.env.LOAD_SECONDS),
  headers: JSON.parse(process.env.LOAD_HEADERS!) as Record<string, string>,
  body: process.env.LOAD_BODY!,
});
process.send?.({
  answered: result['2xx'],
  refused: result.non2xx + result.errors,
  perSecond: result['2xx'] / result.duration,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
});
process.disconnect?.();
