import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import t from 'tap';
import { createHttpLink } from '../../../../adapters/links/http/link.ts';
import { packWith } from '../../../../src/delivery/packing.ts';
import { LinkError, type Message } from '../../../../src/delivery/port.ts';
import { verifySignature } from '../../../../src/delivery/signature.ts';
import { TestClock } from '../../../helper.ts';

interface Teardown {
  teardown(work: () => unknown): void;
}

const clock = new TestClock();
const pack = packWith({ secrets: [Buffer.alloc(32, 3)] }, clock);
const message: Message = {
  id: 'm-1',
  correlationId: 'c-1',
  from: 'CLINIC0001',
  to: 'HOSPITAL01',
  type: 'referral.request',
  body: Buffer.from('{"a":"张三"}'),
};
const receipt = { messageId: 'm-1', receivedAt: '2026-03-02T09:00:00+08:00', duplicate: false };

/** A link to a server that answers as told. */
async function linkTo(t: Teardown, listener: RequestListener, path = '') {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const link = linkAt(url);
  t.teardown(async () => {
    await link.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return link;
}

function linkAt(url: string) {
  return createHttpLink({ organisation: 'HOSPITAL01', url, pack });
}

const never = new AbortController().signal;

async function failure(
  link: { send(message: Message, signal: AbortSignal): Promise<unknown> },
  signal = never,
) {
  const error = await link.send(message, signal).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LinkError)) throw new Error('expected a LinkError');
  return { kind: error.kind, message: error.message, retryAfterMs: error.retryAfterMs };
}

t.test('a message is posted signed, and its receipt comes back', async (t) => {
  let seen: { url: string; headers: Record<string, unknown>; body: Buffer } | undefined;
  const link = await linkTo(
    t,
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        seen = {
          url: `${request.method} ${request.url}`,
          headers: request.headers,
          body: Buffer.concat(chunks),
        };
        response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(receipt));
      });
    },
    '/gateway/',
  );
  t.same(await link.send(message, never), {
    messageId: 'm-1',
    receivedAt: Date.parse(receipt.receivedAt),
    duplicate: false,
  });
  t.equal(seen?.url, 'POST /gateway/v1/link/messages');
  t.match(seen?.headers, {
    'yikatong-sender': 'CLINIC0001',
    'yikatong-receiver': 'HOSPITAL01',
    'webhook-id': 'm-1',
  });
  t.same(JSON.parse(seen!.body.toString()), { ...message, body: { a: '张三' } });
  const headers = {
    id: 'm-1',
    timestamp: String(seen!.headers['webhook-timestamp']),
    signature: String(seen!.headers['webhook-signature']),
  };
  t.ok(verifySignature(Buffer.alloc(32, 3), headers, seen!.body, clock.now()));
});

t.test('refusals are sorted by what to do about them', async (t) => {
  let status = 0;
  let headers: Record<string, string> = {};
  let body = '';
  const link = await linkTo(t, (request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, headers).end(body));
  });
  for (status of [400, 409, 410, 413, 415, 422])
    t.equal((await failure(link)).kind, 'permanent', String(status));
  for (status of [302, 401, 403, 404, 405, 408, 425, 429, 500, 502, 503, 504, 202, 204]) {
    t.equal((await failure(link)).kind, 'transient', String(status));
  }
  status = 409;
  body = '{"code":"link.conflict","detail":"张三"}';
  t.equal((await failure(link)).message, '409 link.conflict', 'the code is kept, nothing else');
  body = '{"code":"张三 111111198101011110"}';
  t.equal((await failure(link)).message, '409');
  status = 429;
  for (const [header, wait] of [
    ['7', 7_000],
    ['999999', 3_600_000],
    ['tomorrow', undefined],
    ['-1', undefined],
  ] as const) {
    headers = { 'retry-after': header };
    t.equal((await failure(link)).retryAfterMs, wait, header);
  }
});

t.test('an answer that is no receipt of this message is no receipt', async (t) => {
  let body = '';
  const link = await linkTo(t, (request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200).end(body));
  });
  const answers = [
    '',
    'ok',
    'null',
    '{}',
    JSON.stringify({ ...receipt, messageId: 'm-2' }),
    JSON.stringify({ ...receipt, extra: 1 }),
  ];
  for (body of answers) t.equal((await failure(link)).kind, 'transient', body);
  body = 'x'.repeat(70_000);
  t.match(await failure(link), { kind: 'transient', message: 'the answer is too long' });
});

t.test('nobody there, a connection cut, and silence are transient', async (t) => {
  const nobody = linkAt('http://127.0.0.1:1');
  t.match(await failure(nobody), { kind: 'transient', message: 'no answer: ECONNREFUSED' });
  await nobody.close();

  const cutting = await linkTo(t, (request) => request.socket.destroy());
  t.equal((await failure(cutting)).kind, 'transient');

  const half = await linkTo(t, (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"messageId":', () => response.destroy());
  });
  t.equal((await failure(half)).kind, 'transient');

  const silent = await linkTo(t, () => undefined);
  const limit = new AbortController();
  setTimeout(() => limit.abort(new LinkError('transient', 'no answer in time')), 50);
  t.match(await failure(silent, limit.signal), { kind: 'transient', message: 'no answer in time' });
});

t.test('a peer that answers rubbish is a link error', async (t) => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(Buffer.from([0, 255, 1, 2, 3, 10, 13, 10]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const link = linkAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.teardown(async () => {
    await link.close();
    server.close();
  });
  t.equal((await failure(link)).kind, 'transient');
});
