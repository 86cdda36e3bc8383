import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import t from 'tap';
import { createXmlEncryptionMachine } from '../../../../adapters/encryption/xml/machine.ts';
import { startVirtualEncryptionMachine } from '../../../../src/sandbox/encryption/server.ts';
import { ANSWER, keyedRequest, RESULT1, RESULT2, request } from './helper.ts';

interface Teardown {
  teardown(work: () => unknown): void;
}

async function listening(t: Teardown, server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hsm?unit=1`;
}

function machineAt(t: Teardown, url: string, timeoutMs = 5_000) {
  const machine = createXmlEncryptionMachine({ url, timeoutMs });
  t.teardown(() => machine.close());
  return machine;
}

/** A machine whose service answers as `answer` says. */
async function answering(t: Teardown, answer: RequestListener) {
  return machineAt(t, await listening(t, createHttpServer(answer)));
}

/** A machine whose service does to each connection what `serve` says. */
async function connecting(t: Teardown, serve: (socket: Socket) => void, timeoutMs?: number) {
  return machineAt(t, await listening(t, createServer(serve)), timeoutMs);
}

t.test('a request is posted as XML, and its answer taken', async (t) => {
  const asked: unknown[] = [];
  const machine = await answering(t, (incoming, response) => {
    const { method, url, headers } = incoming;
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      asked.push([method, url, headers['content-type'], Buffer.concat(chunks).toString().slice(0, 30)]);
      response.end(ANSWER);
    });
  });
  t.strictSame(await machine.authenticate(request), { internal: RESULT1, external: RESULT2 });
  t.strictSame(asked, [['POST', '/hsm?unit=1', 'text/xml; charset=UTF-8', '<ROOT><AAB301>510100</AAB301><']]);
});

t.test('every request has a connection of its own', async (t) => {
  let connections = 0;
  const server = createHttpServer((_request, response) => response.end(ANSWER));
  server.on('connection', () => {
    connections += 1;
  });
  const machine = machineAt(t, await listening(t, server));
  await machine.authenticate(request);
  await machine.authenticate(request);
  t.equal(connections, 2);
});

t.test('a service that answers anything but a result refuses', async (t) => {
  const cases: [string, RequestListener][] = [
    ['HTTP 404', (_request, response) => response.writeHead(404).end(ANSWER)],
    ['HTTP 500', (_request, response) => response.writeHead(500).end()],
    ['HTTP 302', (_request, response) => response.writeHead(302, { location: '/other' }).end()],
    ['the answer is no XML of this service', (_request, response) => response.end('<html>')],
    ['the answer is too long', (_request, response) => response.end(' '.repeat(20_000) + ANSWER)],
    ['-1 停机', (_request, response) => response.end('<R><RETCODE>-1</RETCODE><RETTEXT>停机</RETTEXT></R>')],
  ];
  for (const [detail, answer] of cases) {
    const machine = await answering(t, answer);
    await t.rejects(
      machine.authenticate(request),
      { code: 'encryption.refused', context: { detail } },
      detail,
    );
    await t.rejects(machine.keyed(keyedRequest), { code: 'encryption.refused' });
  }
});

t.test('an answer without end is given up, not collected', async (t) => {
  const machine = await answering(t, (_request, response) => {
    const more = () => {
      if (!response.destroyed) response.write(' '.repeat(4_096), () => setImmediate(more));
    };
    more();
  });
  await t.rejects(machine.authenticate(request), { code: 'encryption.refused' });
});

t.test('a service that can’t be reached, breaks off or keeps silent is unreachable', async (t) => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise<void>((resolve) => gone.close(() => resolve()));
  const partial = `HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n${ANSWER}`;
  const machines = {
    refused: machineAt(t, `http://127.0.0.1:${port}/hsm`),
    'hung up': await connecting(t, (socket) => socket.destroy()),
    'broken off': await connecting(t, (socket) => socket.once('data', () => socket.end(partial))),
    'no HTTP': await connecting(t, (socket) => socket.once('data', () => socket.end('hello\r\n'))),
    silent: await connecting(t, () => undefined, 100),
    'silent after the headers': await connecting(
      t,
      (socket) => socket.once('data', () => socket.write(partial)),
      100,
    ),
    'behind a gateway': await answering(t, (_request, response) => response.writeHead(503).end()),
  };
  for (const [what, machine] of Object.entries(machines)) {
    await t.rejects(machine.authenticate(request), { code: 'encryption.unreachable' }, what);
  }
});

t.test('what is under way when the machine is let go of ends', async (t) => {
  const { promise: reached, resolve } = Promise.withResolvers<void>();
  const machine = await answering(t, () => resolve());
  const asked = t.rejects(machine.authenticate(request), { code: 'encryption.unreachable' });
  await reached;
  await machine.close();
  await asked;
});

t.test('the sandbox’s machine is spoken to as a real one is, in GBK', async (t) => {
  const virtual = await startVirtualEncryptionMachine();
  t.teardown(() => virtual.close());
  const machine = machineAt(t, virtual.url);
  const { internal, external } = await machine.authenticate(request);
  t.match(internal, /^[0-9A-F]{16}0102030405060708$/);
  t.match(external, /^[0-9A-F]{16}0102030405060708$/);
  t.not(internal, external);
  t.match((await machine.keyed(keyedRequest)).external, /^[0-9A-F]{16}0102030405060708$/);
  await t.rejects(machine.authenticate({ ...request, algorithm: '02' }), {
    code: 'encryption.refused',
    context: { detail: '-1 不支持的算法标识' },
  });
});
