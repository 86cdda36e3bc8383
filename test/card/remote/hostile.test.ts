import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { WebSocket } from 'ws';
import { desk, institution, keyOf, until } from './institution.ts';

const HELLO = JSON.stringify({ t: 'hello', version: 1 });
const READERS = JSON.stringify({
  t: 'readers',
  n: 1,
  ack: 0,
  items: [
    {
      id: 'reader',
      driver: 'a reader',
      state: 'ready',
      sinceMs: 0,
      reads: ['resident-id-card'],
      counters: { readings: 0, failures: 0, reopenings: 0 },
    },
  ],
});

/** A WebSocket that says what a test wants to be said. */
async function stranger(t: Test, port: number, client = 'window-2') {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/desks/connect`, {
    headers: { authorization: `Bearer ${client === 'nobody' ? 'none' : keyOf(client)}` },
  });
  socket.on('error', () => {});
  t.teardown(() => socket.terminate());
  const heard: { t: string }[] = [];
  let code: number | undefined;
  socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  socket.on('close', (why) => {
    code = why;
  });
  const closed = once(socket, 'close').then(([why]) => why as number);
  // Observed by whoever waits for it.
  closed.catch(() => {});
  return { socket, heard, closed, code: () => code };
}

async function opened(t: Test, port: number, client?: string) {
  const one = await stranger(t, port, client);
  await once(one.socket, 'open');
  return one;
}

t.test('only who has the key of a desk may join', async (t) => {
  const gateway = await institution(t);
  for (const [client, status] of [
    ['nobody', 401],
    ['his', 403],
  ] as const) {
    const { socket } = await stranger(t, gateway.port, client);
    const [, answer] = await once(socket, 'unexpected-response');
    t.equal(answer.statusCode, status);
  }
  const plain = await gateway.app.inject({
    url: '/v1/desks/connect',
    headers: { authorization: `Bearer ${keyOf('window-1')}` },
  });
  t.equal(plain.json().code, 'desk.protocol');
  const refused = desk(t, gateway.port, { client: 'his' });
  await until(() => refused.said.length > 0);
  t.match(refused.said, [/refused the key.*\(HTTP 403\)/]);
});

t.test('an upgrade that is refused leaves no connection behind', async (t) => {
  const gateway = await institution(t);
  for (const [path, key] of [
    ['/v1/desks/connect', 'none'],
    ['/v1/desks/connect', keyOf('his')],
    ['/v1/desks', keyOf('his')],
    ['/nowhere', 'none'],
  ] as const) {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
        'sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    socket.resume();
    await once(socket, 'close');
  }
  t.equal(
    await new Promise((resolve) => gateway.app.server.getConnections((_e, count) => resolve(count))),
    0,
  );
});

t.test('garbage ends the line of who sends it, and nobody else notices', async (t) => {
  const gateway = await institution(t);
  desk(t, gateway.port);
  await until(() => gateway.stateOf('window-1.reader') === 'ready');
  const frame = fc.oneof(
    fc.string({ maxLength: 200 }).map((text) => text as string | Buffer),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => text as string | Buffer),
  );
  for (const greeting of [[], [HELLO], [HELLO, READERS]]) {
    await fc.assert(
      fc.asyncProperty(frame, async (garbage) => {
        const { socket, closed } = await opened(t, gateway.port);
        for (const text of greeting) socket.send(text);
        socket.send(garbage);
        return (await closed) === 4000;
      }),
      { numRuns: 15 },
    );
  }
  t.equal(gateway.stateOf('window-1.reader'), 'ready');
  t.equal(gateway.deskState('window-1'), 'joined');
});

t.test('a frame that is too large, or of another version, is refused with its code', async (t) => {
  const gateway = await institution(t);
  const large = await opened(t, gateway.port);
  large.socket.send(HELLO);
  large.socket.send('x'.repeat(200_000));
  t.equal(await large.closed, 1009);
  const newer = await opened(t, gateway.port);
  newer.socket.send(JSON.stringify({ t: 'hello', version: 2, besides: true }));
  t.equal(await newer.closed, 4001);
});

t.test('who says nothing is cut off, and who comes twice has one line', async (t) => {
  const gateway = await institution(t);
  const first = await opened(t, gateway.port);
  const second = await opened(t, gateway.port);
  t.equal(await first.closed, 1006);
  await gateway.timers.advance(10_000);
  t.equal(await second.closed, 1006);
});

t.test('a desk that does not read what it is sent is dropped, and its uses end', async (t) => {
  const gateway = await institution(t);
  const slow = await opened(t, gateway.port);
  slow.socket.send(HELLO);
  slow.socket.send(READERS);
  await until(() => gateway.stateOf('window-2.reader') === 'ready');
  slow.socket.pause();
  const uses = Array.from({ length: 40 }, () =>
    gateway.pool
      .use('window-2.reader', async () => 1, { limitMs: 1_000 })
      .then(
        () => 'used',
        (fault) => fault.code,
      ),
  );
  await until(() => gateway.host.desks().length > 0);
  t.strictSame(
    [...new Set(await Promise.all(uses.slice(32)))],
    ['reader.busy'],
    'what a desk is asked at a time is bounded',
  );
  await gateway.timers.advance(10_000);
  t.strictSame([...new Set(await Promise.all(uses.slice(0, 32)))], ['desk.absent']);
  const asked = async () => {
    const use = gateway.pool
      .use('window-2.reader', async () => 1, { limitMs: 1_000 })
      .catch((fault) => fault.code);
    await gateway.timers.advance(10_000);
    return use;
  };
  while (gateway.deskState('window-2') === 'joined') await asked();
  t.match(
    gateway.host.desks().find(({ id }) => id === 'window-2'),
    { state: 'suspended' },
  );
});

t.test('an answer that is none, or to nothing, hurts only who waits for it', async (t) => {
  const gateway = await institution(t);
  const odd = await opened(t, gateway.port);
  odd.socket.send(HELLO);
  odd.socket.send(READERS);
  await until(() => gateway.stateOf('window-2.reader') === 'ready');
  const say = (n: number, message: object) => odd.socket.send(JSON.stringify({ n, ack: 0, ...message }));
  say(2, { t: 'answer', use: 99, call: 7, value: {} });
  say(3, { t: 'ended', use: 99, fault: { code: 'reader.lost' } });
  const used = gateway.pool.use('window-2.reader', async () => 1, { limitMs: 1_000 });
  await until(() => odd.heard.some((frame) => frame.t === 'use'));
  say(4, { t: 'answer', use: 1, call: 0, value: { kinds: 'all' } });
  await t.rejects(used, { code: 'desk.protocol' });
  t.equal(gateway.deskState('window-2'), 'joined');
});

t.test('a desk tells of sixteen readers at most', async (t) => {
  const gateway = await institution(t);
  const many = await opened(t, gateway.port);
  many.socket.send(HELLO);
  const { items } = JSON.parse(READERS);
  for (let n = 1; n <= 40; n++) {
    const item = { ...items[0], id: `reader-${n}` };
    many.socket.send(JSON.stringify({ t: 'reader', n, ack: 0, item }));
  }
  await until(() => gateway.host.desks()[0]?.readers.length === 16);
  many.socket.send(JSON.stringify({ t: 'readers', n: 41, ack: 0, items }));
  await until(() => gateway.host.desks()[0]?.readers.length === 1);
  t.equal(many.code(), undefined);
});
