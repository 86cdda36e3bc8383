import fc from 'fast-check';
import t from 'tap';
import { outcomeOf, receiptMessage, refusalMessage } from '../../../../adapters/links/nats/answer.ts';
import { AwaitedAnswers } from '../../../../adapters/links/nats/awaited.ts';
import { connectionOptionsOf, reconnectWaitMs } from '../../../../adapters/links/nats/connecting.ts';
import { decodeEnvelope, encodeEnvelope } from '../../../../src/delivery/envelope.ts';
import { LinkError } from '../../../../src/delivery/port.ts';
import { Fault } from '../../../../src/errors.ts';

const to = { id: 'm-1', from: 'CLINIC0001', to: 'HOSPITAL01' };
const receivedAt = Date.parse('2026-03-02T09:00:00+08:00');
const never = new AbortController().signal;

t.test('a receipt travels as a message back, and says what it said', async (t) => {
  const receipt = { messageId: 'm-1', receivedAt, duplicate: true };
  const travelled = decodeEnvelope(encodeEnvelope(receiptMessage(to, receipt)));
  if (!travelled.ok) throw new Error(travelled.error.pointer);
  t.match(travelled.value, { id: 'm-1', from: 'HOSPITAL01', to: 'CLINIC0001', type: 'link.answer' });
  t.same(outcomeOf(travelled.value), receipt);
  t.match(
    outcomeOf({ ...travelled.value, id: 'm-2' }),
    { kind: 'transient' },
    'a receipt of another message',
  );
});

t.test('a refusal says by its code whether to try again, and when', async (t) => {
  t.match(outcomeOf(refusalMessage(to, new Fault('link.unknown-type'))), {
    kind: 'permanent',
    message: '422 link.unknown-type',
  });
  t.match(outcomeOf(refusalMessage(to, new Fault('link.waiting-full', { retryAfterS: 1.2 }))), {
    kind: 'transient',
    retryAfterMs: 2_000,
  });
});

t.test('whatever an answer holds, it is a receipt of this message or a failure', async () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const outcome = outcomeOf({ id: 'm-1', body: Buffer.from(JSON.stringify(value)) });
      return outcome instanceof LinkError;
    }),
  );
});

t.test('answers find who waits for them; a late receipt is kept for the next try, once', async (t) => {
  const awaited = new AwaitedAnswers();
  const receipt = { messageId: 'm-1', receivedAt, duplicate: false };
  const first = awaited.expect('A', 'm-1', never);
  const second = awaited.expect('A', 'm-1', never);
  t.equal(awaited.settle('B', 'm-1', receipt), 'late', 'an answer of somebody else is no answer');
  t.equal(awaited.settle('A', 'm-1', receipt), 'awaited');
  t.same(await Promise.all([first.outcome, second.outcome]), [receipt, receipt]);
  first.forget();
  second.forget();
  t.equal(awaited.takeLate('A', 'm-1'), undefined);
  t.equal(awaited.settle('A', 'm-1', receipt), 'late');
  t.same(awaited.takeLate('A', 'm-1'), receipt);
  t.equal(awaited.takeLate('A', 'm-1'), undefined);
  awaited.settle('A', 'm-2', new LinkError('permanent', '409'));
  t.equal(awaited.takeLate('A', 'm-2'), undefined, 'a late refusal is forgotten');
  for (let i = 0; i <= 10_000; i++) awaited.settle('A', `n-${i}`, receipt);
  t.equal(awaited.takeLate('A', 'n-0'), undefined, 'the oldest goes when there are too many');
  t.same(awaited.takeLate('A', 'n-1'), receipt);
});

t.test('waiting ends with the reason it is given up for', async (t) => {
  const awaited = new AwaitedAnswers();
  const limit = new AbortController();
  const waiting = awaited.expect('A', 'm-1', limit.signal);
  limit.abort(new LinkError('transient', 'no answer in time'));
  await t.rejects(waiting.outcome, { message: 'no answer in time' });
  await t.rejects(awaited.expect('A', 'm-1', limit.signal).outcome, { message: 'no answer in time' });
});

t.test('connections are tried again ever more seldom, up to half a minute', async (t) => {
  t.same(
    [0, 1, 2, 3, 7, 100].map((failures) => reconnectWaitMs(failures, 0)),
    [500, 500, 1_000, 2_000, 30_000, 30_000],
  );
  t.equal(reconnectWaitMs(2, 1), 500);
});

t.test('the settings of a network become those of the client', async (t) => {
  const parts = { organisation: 'A', gatewayId: 'g', secretOf: () => 's', wait: () => 1 };
  const plain = connectionOptionsOf({ servers: ['nats://h:4222', 'nats://i'] }, parts);
  t.match(plain, { servers: ['h:4222', 'i'], maxReconnectAttempts: -1, inboxPrefix: '_INBOX_A' });
  t.notOk(plain.tls);
  t.same(connectionOptionsOf({ servers: ['tls://h:4222'] }, parts).tls, {});
  const tls = { ca: '/ca', certificate: '/c', key: '/k' };
  t.same(connectionOptionsOf({ servers: ['nats://h'], tls }, parts).tls, {
    caFile: '/ca',
    certFile: '/c',
    keyFile: '/k',
  });
  const { authenticator } = connectionOptionsOf(
    { servers: ['nats://h'], credentials: { user: 'u', password: { env: 'X' } } },
    parts,
  );
  t.same((authenticator as () => unknown)(), { user: 'u', pass: 's' });
});
