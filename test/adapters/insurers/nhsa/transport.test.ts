import { createServer, type Server, type Socket } from 'node:net';
import t from 'tap';
import { Transport } from '../../../../adapters/insurers/nhsa/transport.ts';
import { WireError } from '../../../../src/settlement/port.ts';

interface Teardown {
  teardown(work: () => unknown): void;
}

/** A server that does to each connection what `serve` says. */
async function listening(t: Teardown, serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/call`;
}

function transportTo(t: Teardown, url: string, more: object = {}): Transport {
  const transport = new Transport({ url, timeoutMs: 5_000, ...more });
  t.teardown(() => transport.close());
  return transport;
}

const BODY = Buffer.from('{"a":1}');
const answer = (body: string) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** What a post came to, when it failed. */
async function failure(transport: Transport, signal = new AbortController().signal): Promise<WireError> {
  try {
    await transport.post({}, BODY, signal);
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error('it was answered');
}

t.test('an answer comes with its status, type and bytes', async (t) => {
  const url = await listening(t, (socket) =>
    socket.once('data', () => socket.write(answer('{"infcode":0}'))),
  );
  const { status, contentType, body } = await transportTo(t, url).post(
    { x: '1' },
    BODY,
    new AbortController().signal,
  );
  t.same([status, contentType, body.toString()], [200, 'application/json', '{"infcode":0}']);
});

t.test('the body is announced as the gateway wants it, and goes to the path it is meant for', async (t) => {
  const heads: string[] = [];
  const url = await listening(t, (socket) =>
    socket.on('data', (chunk) => {
      heads.push(String(chunk));
      socket.write(answer('{}'));
    }),
  );
  const { signal } = new AbortController();
  await transportTo(t, url).post({}, BODY, signal);
  const asText = transportTo(t, url, { contentType: 'text/plain' });
  await asText.post({}, BODY, signal);
  await asText.post({}, BODY, signal, '/fsi/api/a/b');
  t.match(heads[0], /^POST \/call HTTP.*content-type: application\/json; charset=utf-8/is);
  t.match(heads[1], /^POST \/call HTTP.*content-type: text\/plain; charset=utf-8/is);
  t.match(heads[2], /^POST \/fsi\/api\/a\/b HTTP/);
});

t.test('an answer comes with the HTTP date it bore', async (t) => {
  const date = 'Mon, 02 Mar 2026 01:00:00 GMT';
  const dated = answer('{}').replace('\r\n', `\r\ndate: ${date}\r\n`);
  const url = await listening(t, (socket) => socket.once('data', () => socket.write(dated)));
  t.equal((await transportTo(t, url).post({}, BODY, new AbortController().signal)).date, date);
  const bare = await listening(t, (socket) => socket.once('data', () => socket.write(answer('{}'))));
  t.equal((await transportTo(t, bare).post({}, BODY, new AbortController().signal)).date, '');
});

t.test('nothing was sent where nobody listens, no name resolves, or the caller gave up before', async (t) => {
  t.equal((await failure(transportTo(t, 'http://127.0.0.1:1/'))).sent, 'nothing');
  t.equal((await failure(transportTo(t, 'http://no-such-host.invalid/'))).sent, 'nothing');
  t.equal((await failure(transportTo(t, 'http://127.0.0.1:1/'), AbortSignal.abort())).sent, 'nothing');
});

t.test('a connection that is never made was sent nothing', async (t) => {
  // Plain TCP never finishes the handshake of TLS.
  const url = (await listening(t, () => undefined)).replace('http:', 'https:');
  t.equal((await failure(transportTo(t, url, { connectTimeoutMs: 100 }))).sent, 'nothing');
  t.equal((await failure(transportTo(t, url, { timeoutMs: 100 }))).sent, 'nothing');
});

t.test('once a connection had the request, nobody knows', async (t) => {
  const silent = await listening(t, () => undefined);
  t.match(await failure(transportTo(t, silent, { timeoutMs: 100 })), { sent: 'maybe', message: /100 ms/ });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 100);
  t.match(await failure(transportTo(t, silent), controller.signal), { sent: 'maybe', message: /caller/ });

  const cases: [what: string, serve: (socket: Socket) => void][] = [
    ['hung up', (socket) => socket.once('data', () => socket.destroy())],
    ['reset', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['not HTTP', (socket) => socket.once('data', () => socket.end('\u0000\u0001 nonsense\r\n\r\n'))],
    ['half a body', (socket) => socket.once('data', () => socket.end(answer('{"infcode":0}').slice(0, -4)))],
  ];
  for (const [what, serve] of cases) {
    t.equal((await failure(transportTo(t, await listening(t, serve)))).sent, 'maybe', what);
  }
});

t.test('a request waiting for a connection when the time is over was not sent', async (t) => {
  let requests = 0;
  const url = await listening(t, (socket) => socket.on('data', () => requests++));
  const transport = transportTo(t, url, { connectionsMax: 1, timeoutMs: 300 });
  const first = failure(transport);
  const second = failure(transport);
  t.equal((await first).sent, 'maybe');
  t.equal((await second).sent, 'nothing');
  t.equal(requests, 1);
});

t.test('an answer without end is cut off', async (t) => {
  const url = await listening(t, (socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const more = setInterval(() => socket.write(`400\r\n${'x'.repeat(1024)}\r\n`), 1);
      socket.once('close', () => clearInterval(more));
    });
  });
  const error = await failure(transportTo(t, url, { answerBytesMax: 10_000 }));
  t.match(error, { sent: 'maybe', message: /10000 bytes/ });
});

t.test('a second answer on one connection is nobody’s', async (t) => {
  let count = 0;
  const url = await listening(t, (socket) => {
    socket.on('data', () => {
      count += 1;
      socket.write(answer(`{"infcode":${count}}`));
      setImmediate(() => socket.write(answer('{"infcode":"stray"}')));
    });
  });
  const transport = transportTo(t, url, { connectionsMax: 1 });
  const seen: string[] = [];
  for (let i = 0; i < 3; i++) {
    seen.push((await transport.post({}, BODY, new AbortController().signal)).body.toString());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.same(seen, ['{"infcode":1}', '{"infcode":2}', '{"infcode":3}']);
});

t.test('it is sent once, whatever breaks', async (t) => {
  let connections = 0;
  const url = await listening(t, (socket) => {
    connections += 1;
    socket.once('data', () => socket.destroy());
  });
  await failure(transportTo(t, url));
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.equal(connections, 1);
});
