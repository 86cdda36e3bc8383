import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import t from 'tap';
import { ClientDirectory, newKey } from '../../src/access/clients.ts';
import { Events } from '../../src/events/events.ts';
import { WAITING_MAX } from '../../src/events/listener.ts';
import { eventRoutes } from '../../src/events/routes.ts';
import { buildGateway } from '../../src/gateway.ts';
import { TestClock, testIds, testLogger } from '../helper.ts';

async function gateway(t: { teardown(work: () => unknown): void }, heartbeatMs?: number) {
  const events = new Events(new TestClock());
  const { key, hash } = newKey('desk');
  const other = newKey('other');
  const app = await buildGateway({
    logger: testLogger(),
    ids: testIds,
    clients: new ClientDirectory([
      { id: 'desk', keyHash: hash, scopes: new Set(['event:read']) },
      { id: 'other', keyHash: other.hash, scopes: new Set(['reader:read']) },
    ]),
    requestsPerMinuteMax: 100_000,
    sandbox: true,
    version: '0',
    features: [eventRoutes({ events, ...(heartbeatMs === undefined ? {} : { heartbeatMs }) })],
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const listen = (headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/v1/events`, { headers: { authorization: `Bearer ${key}`, ...headers } });
  return { app, events, port, key, otherKey: other.key, listen };
}

/** Reads a stream until what has come matches. */
async function until(body: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!pattern.test(text)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text;
}

t.test('events come as they happen, and say that they are of the sandbox', async (t) => {
  const { events, listen } = await gateway(t);
  events.publish('reader.state', 'before', { state: 'ready' });
  const answer = await listen();
  t.equal(answer.status, 200);
  t.equal(answer.headers.get('content-type'), 'text/event-stream');
  t.equal(answer.headers.get('x-yikatong-sandbox'), 'true');
  t.ok(answer.headers.get('x-request-id'));
  events.publish('reader.state', 'desk-1', { state: 'lost' });
  const text = await until(answer.body!, /desk-1[^\n]*\n\n/);
  t.match(text, /id: \d+\nevent: reader\.state\ndata: \{"id":"\d+","at":"2026-03-02T09:00:00\.000\+08:00"/);
  t.match(text, /"subject":"desk-1","data":\{"state":"lost"\}/);
  t.notMatch(text, /before/);
  await answer.body!.cancel();
});

t.test('who comes back with Last-Event-ID gets what was missed, in order', async (t) => {
  const { events, listen } = await gateway(t);
  for (const subject of ['one', 'two', 'three']) events.publish('reader.state', subject);
  const first = events.since(0)[0]!;
  const answer = await listen({ 'last-event-id': String(first.id) });
  events.publish('reader.state', 'four');
  const text = await until(answer.body!, /four/);
  t.strictSame(
    [...text.matchAll(/"subject":"(\w+)"/g)].map((match) => match[1]),
    ['two', 'three', 'four'],
  );
  await answer.body!.cancel();
});

t.test('a silent line is kept alive', async (t) => {
  const { listen } = await gateway(t, 20);
  const answer = await listen();
  t.match(await until(answer.body!, /heartbeat/), /: heartbeat\n\n/);
  await answer.body!.cancel();
});

t.test('a wrong Last-Event-ID is told, and only those with the scope may listen', async (t) => {
  const { listen, otherKey } = await gateway(t);
  const wrong = await listen({ 'last-event-id': 'yesterday' });
  t.equal(wrong.status, 400);
  t.match(await wrong.json(), { code: 'request.invalid', pointer: '/headers/last-event-id' });
  t.equal((await listen({ authorization: `Bearer ${otherKey}` })).status, 403);
  t.equal((await listen({ authorization: 'Bearer nobody' })).status, 401);
});

t.test('who takes nothing is cut off and holds no more than a bounded number of events', async (t) => {
  const { events, port, key } = await gateway(t);
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n\r\n`);
  await once(socket, 'data');
  socket.pause();
  const filler = 'x'.repeat(2_000);
  let closed = false;
  socket.on('close', () => {
    closed = true;
  });
  socket.on('error', () => {});
  for (let at = 0; at < WAITING_MAX * 20 && !closed; at++) {
    events.publish('reader.state', 'desk-1', { filler });
    if (at % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  socket.resume();
  if (!closed) await once(socket, 'close');
  t.pass('the line was cut');
});

t.test('listeners do not keep the gateway from stopping', async (t) => {
  const { app, listen } = await gateway(t);
  const answer = await listen();
  await app.close();
  t.match(await until(answer.body!, /never/).catch(() => 'cut'), /retry|cut/);
});
