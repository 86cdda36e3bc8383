import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { createHttpLink } from '../../../../adapters/links/http/link.ts';
import type { LinkOutcome } from '../../../../schemas/delivery.ts';
import { packWith } from '../../../../src/delivery/packing.ts';
import { LinkError, type Message } from '../../../../src/delivery/port.ts';
import { verifySignature } from '../../../../src/delivery/signature.ts';
import { TestClock } from '../../../helper.ts';

const clock = new TestClock();
const secret = Buffer.alloc(32, 3);
const never = new AbortController().signal;
const receivedAt = '2026-03-02T09:00:00+08:00';

function messages(count: number, bytes = 0): Message[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `m-${i}`,
    correlationId: `c-${i}`,
    from: 'CLINIC0001',
    to: 'HOSPITAL01',
    type: 'referral.request',
    body: Buffer.from(JSON.stringify({ text: 'x'.repeat(bytes) })),
  }));
}

interface Seen {
  readonly url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly bytes: Buffer;
  /** The ids of its messages. */
  readonly ids: string[];
}

type Answer = { status: number; body?: object; headers?: Record<string, string> };

/** Another gateway that says it takes `max` at once, and answers several as told; single ones it takes. */
async function peer(
  t: { teardown(work: () => unknown): void },
  { max, several }: { max?: string; several?: (seen: Seen) => Answer },
) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const bytes = Buffer.concat(await request.toArray());
    const ids = bytes
      .toString()
      .split('\n')
      .map((line) => (JSON.parse(line) as Message).id);
    const one = { url: request.url ?? '', headers: request.headers, bytes, ids };
    seen.push(one);
    const single = {
      status: 201,
      headers: max === undefined ? {} : { 'yikatong-batch': max },
      body: { messageId: ids[0], receivedAt, duplicate: false },
    };
    const answer = one.url === '/v1/link/messages' ? single : (several ?? taken)(one);
    response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const link = createHttpLink({
    organisation: 'HOSPITAL01',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pack: packWith({ secrets: [secret] }, clock),
  });
  t.teardown(async () => {
    await link.close();
    server.closeAllConnections();
    server.close();
  });
  return { link, seen };
}

const receiptOf = (messageId: string): LinkOutcome => ({
  receipt: { messageId, receivedAt, duplicate: false },
});

const taken = ({ ids }: Seen): Answer => ({ status: 200, body: { results: ids.map(receiptOf) } });

/** What became of each message, in short. */
async function handed(link: Awaited<ReturnType<typeof peer>>['link'], sent: Message[]) {
  const all = await link.sendAll!(sent, never);
  return all.map((each) => (each instanceof LinkError ? `${each.kind} ${each.message}` : each.messageId));
}

t.test('who has not said that it takes several gets one after the other', async (t) => {
  const { link, seen } = await peer(t, {});
  t.equal(link.together, undefined);
  t.same(await handed(link, messages(3)), ['m-0', 'm-1', 'm-2']);
  t.same(new Set(seen.map(({ url }) => url)), new Set(['/v1/link/messages']));
  t.equal(link.together, undefined);
});

t.test('who has said so gets several under one signature, and answers for each', async (t) => {
  const { link, seen } = await peer(t, {
    max: '10',
    several: ({ ids: [a, , c] }) => ({
      status: 200,
      body: {
        results: [
          receiptOf(a!),
          { refusal: { status: 422, code: 'link.unknown-type' } },
          receiptOf(c!),
          { refusal: { status: 503, code: 'gateway.busy', retryAfterS: 7 } },
        ],
      },
    }),
  });
  await link.send(messages(1)[0]!, never);
  t.equal(link.together?.max, 10);
  const all = await link.sendAll!(messages(4), never);
  t.match(all[0], { messageId: 'm-0', receivedAt: Date.parse(receivedAt), duplicate: false });
  t.match(all[1], { kind: 'permanent', message: '422 link.unknown-type', code: 'link.unknown-type' });
  t.match(all[2], { messageId: 'm-2' });
  t.match(all[3], { kind: 'transient', retryAfterMs: 7_000 });
  const { url, headers, bytes, ids } = seen[1]!;
  t.equal(url, '/v1/link/batches');
  t.equal(headers['content-type'], 'application/x-ndjson');
  t.same(ids, ['m-0', 'm-1', 'm-2', 'm-3']);
  const signed = {
    id: String(headers['webhook-id']),
    timestamp: String(headers['webhook-timestamp']),
    signature: String(headers['webhook-signature']),
  };
  t.ok(verifySignature(secret, signed, bytes, clock.now()));
});

t.test('nobody gets more at once than it takes, in messages or in bytes', async (t) => {
  const { link, seen } = await peer(t, { max: '4' });
  await link.send(messages(1)[0]!, never);
  t.equal((await handed(link, messages(9))).length, 9);
  t.same(
    seen.slice(1).map(({ ids }) => ids.length),
    [4, 4, 1],
  );
  seen.length = 0;
  t.equal((await handed(link, messages(4, 250_000))).length, 4);
  for (const { bytes } of seen) t.ok(bytes.length <= 1_048_576);
  t.equal(seen.length, 2);
});

t.test('who refuses several at once gets them one by one, and fewer from then on', async (t) => {
  for (const status of [404, 405, 413, 415, 422]) {
    const { link, seen } = await peer(t, { max: '32', several: () => ({ status }) });
    await link.send(messages(1)[0]!, never);
    t.same(await handed(link, messages(4)), ['m-0', 'm-1', 'm-2', 'm-3'], String(status));
    t.equal(link.together?.max, 2);
    t.same(await handed(link, messages(2)), ['m-0', 'm-1']);
    t.equal(link.together, undefined, 'one by one');
    t.equal(seen.filter(({ url }) => url === '/v1/link/batches').length, 2);
  }
});

t.test(
  'what is wrong for now is wrong for all, and an answer that makes no sense is no receipt',
  async (t) => {
    const answers: Answer[] = [
      { status: 401, body: { code: 'link.signature' } },
      { status: 503, headers: { 'retry-after': '3' } },
      { status: 200, body: { results: [receiptOf('m-0')] } },
      { status: 200, body: { receipts: [] } },
    ];
    for (const answer of answers) {
      const { link } = await peer(t, { max: '32', several: () => answer });
      await link.send(messages(1)[0]!, never);
      const all = await handed(link, messages(2));
      t.equal(all.filter((each) => each.startsWith('transient')).length, 2, JSON.stringify(answer));
    }
    const { link } = await peer(t, {
      max: '2',
      several: () => ({ status: 200, body: { results: [receiptOf('m-1'), receiptOf('m-0')] } }),
    });
    await link.send(messages(1)[0]!, never);
    const swapped = await handed(link, messages(2));
    t.equal(swapped.filter((each) => each.startsWith('transient')).length, 2);
  },
);
