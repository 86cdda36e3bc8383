import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import { HttpWebhookCaller } from '../../../adapters/webhooks/http.ts';
import { systemClock } from '../../../src/clock.ts';

const secret = randomBytes(32);

async function server(t: { teardown(work: () => unknown): void }) {
  const calls: { body: string; headers: Record<string, string> }[] = [];
  const answering = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    calls.push({
      body: Buffer.concat(chunks).toString(),
      headers: request.headers as Record<string, string>,
    });
    response.writeHead(503, { 'retry-after': '7' }).end('x'.repeat(100_000));
  });
  await new Promise<void>((resolve) => answering.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    answering.closeAllConnections();
    answering.close();
  });
  return { calls, port: (answering.address() as AddressInfo).port };
}

t.test('a call is what a receiver’s own library takes, and a long answer does no harm', async (t) => {
  const { calls, port } = await server(t);
  const caller = new HttpWebhookCaller(systemClock);
  t.teardown(() => caller.close());
  const url = new URL(`http://127.0.0.1:${port}/hook?a=1`);
  const call = { url, id: 'event-1', body: Buffer.from('{"a":1}'), secret, anywhere: true };
  t.strictSame(await caller.call(call, AbortSignal.timeout(2_000)), { status: 503, retryAfterMs: 7_000 });
  const { body, headers } = calls[0]!;
  const verifier = new Webhook(`whsec_${secret.toString('base64')}`);
  t.strictSame(verifier.verify(body, headers), { a: 1 });
  t.throws(() => verifier.verify(`${body} `, headers));
});

t.test('a name that leads inside is not called, unless its host is on the list', async (t) => {
  const { calls, port } = await server(t);
  const caller = new HttpWebhookCaller(systemClock);
  t.teardown(() => caller.close());
  const call = {
    url: new URL(`http://localhost:${port}/hook`),
    ...{ id: 'event-1', body: Buffer.from('{}'), secret },
  };
  await t.rejects(caller.call({ ...call, anywhere: false }, AbortSignal.timeout(2_000)), {
    message: 'not called: the name leads into a private network',
  });
  t.equal(calls.length, 0);
  t.match(await caller.call({ ...call, anywhere: true }, AbortSignal.timeout(2_000)), { status: 503 });
  await t.rejects(caller.call({ ...call, anywhere: false }, AbortSignal.timeout(2_000)), {
    message: 'not called: the name leads into a private network',
  });
  t.equal(calls.length, 1, 'the line that is open is not used for it');
});

t.test('no answer is told by its code', async (t) => {
  const caller = new HttpWebhookCaller(systemClock);
  t.teardown(() => caller.close());
  const call = { id: 'event-1', body: Buffer.from('{}'), secret, anywhere: true };
  await t.rejects(caller.call({ ...call, url: new URL('http://127.0.0.1:1/') }, AbortSignal.timeout(2_000)), {
    message: 'no answer: ECONNREFUSED',
  });
});
