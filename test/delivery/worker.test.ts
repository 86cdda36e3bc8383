import t from 'tap';
import type { Priority } from '../../schemas/referral.ts';
import { EXPIRES_AFTER_MS, expireOverdue } from '../../src/delivery/expiry.ts';
import { StoredOutbox } from '../../src/delivery/outbox.ts';
import {
  type Link,
  LinkError,
  type Message,
  type MessageHandlers,
  type Receipt,
} from '../../src/delivery/port.ts';
import type { DeliveryRow } from '../../src/delivery/queries.ts';
import { DeliveryWorker, type WorkerOptions } from '../../src/delivery/worker.ts';
import { testParts } from '../helper.ts';

type Behaviour = (message: Message, signal: AbortSignal) => Promise<Receipt>;

const taken: Behaviour = async (message) => ({ messageId: message.id, receivedAt: 7, duplicate: false });

/** A link under the test's control, which remembers what it was given. */
function fakeLink(organisation: string) {
  const sent: string[] = [];
  const link = {
    organisation,
    sent,
    behave: taken,
    send: (message: Message, signal: AbortSignal) => {
      sent.push(message.id);
      return link.behave(message, signal);
    },
    close: async () => undefined,
  };
  return link satisfies Link;
}

async function setUp(t: Parameters<typeof testParts>[0], options: Partial<WorkerOptions> = {}) {
  const parts = await testParts(t);
  const outbox = new StoredOutbox(parts);
  const told: string[] = [];
  const tell = (what: string) => async (_: unknown, message: { id: string }) => {
    return () => void told.push(`${what} ${message.id}`);
  };
  const handlers: MessageHandlers = new Map([
    [
      'referral.event',
      {
        receive: async () => () => undefined,
        delivered: tell('delivered'),
        undelivered: tell('undelivered'),
      },
    ],
  ]);
  const links = new Map([
    ['AAAA', fakeLink('AAAA')],
    ['BBBB', fakeLink('BBBB')],
  ]);
  const common = { ...parts, outbox, links, handlers, organisation: 'SELF', random: () => 0, options };
  const newWorker = (gatewayId = 'gateway') => new DeliveryWorker({ ...common, gatewayId });
  const worker = newWorker();
  const events: string[] = [];
  parts.events.listen(({ type, subject, data }) =>
    events.push(type.startsWith('link') ? `${type} ${subject}` : `${type} ${data.state ?? data.reason}`),
  );
  t.teardown(() => worker.stop());

  async function enqueue(
    id: string,
    to = 'AAAA',
    correlationId = id,
    orderSeq = 1,
    priority: Priority = 'routine',
  ): Promise<void> {
    const body = Buffer.from('{}');
    const message = { id, correlationId, to, type: 'referral.event', body, orderSeq, priority };
    await parts.store.write((unit) => outbox.enqueue(unit, message));
  }
  const rows = () =>
    parts.store.list<DeliveryRow>((db) => db.selectFrom('deliveries').selectAll().orderBy('id'));
  const row = async (messageId: string) => (await rows()).find(({ message_id }) => message_id === messageId)!;
  return {
    ...parts,
    outbox,
    worker,
    newWorker,
    links,
    told,
    handlers,
    heard: events,
    enqueue,
    row,
    a: links.get('AAAA')!,
    b: links.get('BBBB')!,
  };
}

const transient: Behaviour = async () => {
  throw new LinkError('transient', '503');
};

t.test(
  'a message is delivered once its receipt is there, and its feature is told in the same unit',
  async (t) => {
    const s = await setUp(t);
    await s.enqueue('m1');
    t.equal(await s.worker.runOnce(), 1);
    t.match(await s.row('m1'), { state: 'delivered', receipt_at: 7, attempts: 1, lease: null });
    t.same(s.told, ['delivered m1']);
    t.same(s.heard, ['delivery.state delivered']);
    t.equal(await s.worker.runOnce(), 0);
  },
);

t.test('the messages of one case keep their order, other cases go at the same time', async (t) => {
  const s = await setUp(t);
  await s.enqueue('case1-2', 'AAAA', 'case1', 2);
  await s.enqueue('case1-1', 'AAAA', 'case1', 1);
  await s.enqueue('case2-1', 'AAAA', 'case2', 1);
  await s.enqueue('case1-1-b', 'BBBB', 'case1', 3);
  t.equal(await s.worker.runOnce(), 3);
  t.same(s.a.sent.toSorted(), ['case1-1', 'case2-1']);
  t.same(s.b.sent, ['case1-1-b']);
  t.equal(await s.worker.runOnce(), 1);
  t.equal(s.a.sent.at(-1), 'case1-2');
});

t.test(
  'a later message waits while the earlier one is retried, and goes when that one is dead',
  async (t) => {
    const s = await setUp(t);
    await s.enqueue('first', 'AAAA', 'case', 1);
    await s.enqueue('second', 'AAAA', 'case', 2);
    s.a.behave = transient;
    await s.worker.runOnce();
    s.clock.advance(500);
    t.equal(await s.worker.runOnce(), 0, 'neither: one waits for its time, the other for its turn');
    s.clock.advance(500);
    s.a.behave = async () => {
      throw new LinkError('permanent', '422 link.unknown-type');
    };
    await s.worker.runOnce();
    t.match(await s.row('first'), { state: 'dead', last_error: '422 link.unknown-type', attempts: 2 });
    t.same(s.told, ['undelivered first']);
    s.a.behave = taken;
    await s.worker.runOnce();
    t.same(s.a.sent, ['first', 'first', 'second']);
  },
);

t.test('a failed message waits as its backoff and Retry-After say', async (t) => {
  const s = await setUp(t);
  await s.enqueue('m1');
  s.a.behave = transient;
  await s.worker.runOnce();
  t.match(await s.row('m1'), {
    state: 'queued',
    attempts: 1,
    last_error: '503',
    next_at: s.clock.now() + 1_000,
  });
  s.a.behave = async () => {
    throw new LinkError('transient', '429', 60_000);
  };
  s.clock.advance(1_000);
  await s.worker.runOnce();
  t.match(await s.row('m1'), { attempts: 2, next_at: s.clock.now() + 60_000 });
});

t.test('a message nobody takes until it expires is dead, and says so', async (t) => {
  const s = await setUp(t);
  await s.enqueue('m1');
  s.a.behave = transient;
  s.clock.advance(EXPIRES_AFTER_MS.routine);
  await s.worker.runOnce();
  t.match(await s.row('m1'), { state: 'dead', last_error: 'expired: 503' });
  t.same(s.told, ['undelivered m1']);
  t.same(s.heard, ['delivery.state dead', 'delivery.undelivered delivery.expired']);
});

t.test('the more urgent a message, the sooner its sender is told that it did not arrive', async (t) => {
  const s = await setUp(t);
  s.a.behave = transient;
  for (const priority of ['stat', 'urgent', 'routine'] as const)
    await s.enqueue(priority, 'AAAA', priority, 1, priority);
  const dead = async () => {
    for (let i = 0; i < 3; i++) {
      s.clock.advance(600_000);
      await s.worker.runOnce();
    }
    await expireOverdue({ ...s, random: () => 0 });
    const states = await Promise.all(['stat', 'urgent', 'routine'].map((id) => s.row(id)));
    return states.filter(({ state }) => state === 'dead').map(({ message_id }) => message_id);
  };
  t.same(await dead(), []);
  s.clock.advance(EXPIRES_AFTER_MS.stat - 1_800_000);
  t.same(await dead(), ['stat']);
  s.clock.advance(EXPIRES_AFTER_MS.urgent);
  t.same(await dead(), ['stat', 'urgent']);
  s.clock.advance(EXPIRES_AFTER_MS.routine);
  t.same(await dead(), ['stat', 'urgent', 'routine']);
  t.match(await s.row('stat'), { reason: 'delivery.expired', last_error: /^expired: 503/ });
});

t.test('the last try of a message is at its expiry, however long its backoff', async (t) => {
  const s = await setUp(t);
  await s.enqueue('m1', 'AAAA', 'm1', 1, 'stat');
  s.a.behave = async () => {
    throw new LinkError('transient', '503', 2 * EXPIRES_AFTER_MS.stat);
  };
  const began = s.clock.now();
  await s.worker.runOnce();
  t.match(await s.row('m1'), { state: 'queued', next_at: began + EXPIRES_AFTER_MS.stat });
  s.clock.advance(EXPIRES_AFTER_MS.stat);
  s.a.behave = taken;
  await s.worker.runOnce();
  t.match(await s.row('m1'), { state: 'delivered', reason: null });
});

t.test('what waits behind another message is given up in its own time', async (t) => {
  const s = await setUp(t);
  s.a.behave = transient;
  await s.enqueue('first', 'AAAA', 'case', 1, 'routine');
  await s.enqueue('second', 'AAAA', 'case', 2, 'stat');
  await s.worker.runOnce();
  const parts = { ...s, random: () => 0 };
  t.equal(await expireOverdue(parts), 0);
  s.clock.advance(EXPIRES_AFTER_MS.stat);
  t.equal(await expireOverdue(parts), 1);
  t.match(await s.row('second'), { state: 'dead', last_error: 'expired: it could not be tried' });
  t.match(await s.row('first'), { state: 'queued' });
  t.same(s.told, ['undelivered second']);
});

t.test('what is being sent is not given up meanwhile', async (t) => {
  const s = await setUp(t, { leaseMs: 2 * EXPIRES_AFTER_MS.stat });
  let finish: (receipt: Receipt) => void = () => undefined;
  s.a.behave = () => new Promise((resolve) => (finish = resolve));
  await s.enqueue('m1', 'AAAA', 'm1', 1, 'stat');
  const sending = s.worker.runOnce();
  while (s.a.sent.length === 0) await new Promise(setImmediate);
  s.clock.advance(EXPIRES_AFTER_MS.stat);
  t.equal(await expireOverdue({ ...s, random: () => 0 }), 0);
  finish({ messageId: 'm1', receivedAt: 5, duplicate: false });
  await sending;
  t.match(await s.row('m1'), { state: 'delivered' });
});

t.test('a refusal is reported under the code of the other side, where it is one of ours', async (t) => {
  const s = await setUp(t);
  for (const [id, code] of [
    ['m1', 'link.not-for-us'],
    ['m2', 'their.own'],
  ] as const) {
    s.a.behave = async () => {
      throw new LinkError('permanent', `422 ${code}`, undefined, code);
    };
    await s.enqueue(id);
    await s.worker.runOnce();
  }
  t.match(await s.row('m1'), { state: 'dead', reason: 'link.not-for-us' });
  t.match(await s.row('m2'), { state: 'dead', reason: 'delivery.refused' });
  t.same(
    s.heard.filter((event) => event.startsWith('delivery.undelivered')),
    ['delivery.undelivered link.not-for-us', 'delivery.undelivered delivery.refused'],
  );
});

t.test('a running worker spares what is past its time for a while, then gives it up', async (t) => {
  const s = await setUp(t, { pollMs: 1, sparedMs: 60_000 });
  await s.enqueue('first', 'CCCC', 'case', 1);
  await s.enqueue('second', 'CCCC', 'case', 2, 'stat');
  s.clock.advance(EXPIRES_AFTER_MS.stat);
  s.worker.start();
  while ((await s.row('first')).attempts === 0) await new Promise(setImmediate);
  t.match(await s.row('second'), { state: 'queued' });
  s.clock.advance(60_000);
  while ((await s.row('second')).state !== 'dead') await new Promise(setImmediate);
});

t.test('a link that throws anything else is a transient failure, not the end of the worker', async (t) => {
  const s = await setUp(t);
  await s.enqueue('m1');
  s.a.behave = async () => {
    throw new TypeError('a bug');
  };
  await s.worker.runOnce();
  t.match(await s.row('m1'), { state: 'queued', last_error: 'the link failed unexpectedly' });
});

t.test('a message to an organisation without a link waits for one', async (t) => {
  const s = await setUp(t);
  await s.enqueue('m1', 'CCCC');
  await s.worker.runOnce();
  t.match(await s.row('m1'), { state: 'queued', last_error: 'no link to this organisation is configured' });
});

t.test('a link that is down raises one alert, is tried gently, and all goes when it is back', async (t) => {
  const s = await setUp(t, { parallelPerLinkMax: 8 });
  for (let i = 0; i < 20; i++) await s.enqueue(`m${i}`);
  s.a.behave = transient;
  await s.worker.runOnce();
  t.equal(s.a.sent.length, 8, 'as many as one link may have under way');
  for (let i = 0; i < 5; i++) {
    s.clock.advance(600_000);
    t.ok((await s.worker.runOnce()) <= 1, 'one at a time while it is down');
  }
  s.a.behave = taken;
  s.clock.advance(600_000);
  while ((await s.worker.runOnce()) > 0);
  t.equal(
    (await s.store.list((db) => db.selectFrom('deliveries').selectAll().where('state', '!=', 'delivered')))
      .length,
    0,
  );
  t.same(
    s.heard.filter((event) => event.startsWith('link')),
    ['link.down AAAA', 'link.up AAAA'],
  );
});

t.test(
  'an organisation that is heard of by itself is up again, and what waits for it goes at once',
  async (t) => {
    const s = await setUp(t, { parallelPerLinkMax: 8 });
    for (let i = 0; i < 5; i++) await s.enqueue(`m${i}`);
    s.a.behave = transient;
    await s.worker.runOnce();
    for (let i = 0; i < 3; i++) {
      s.clock.advance(600_000);
      await s.worker.runOnce();
    }
    s.a.behave = taken;
    t.equal(await s.worker.runOnce(), 0, 'it is down and waits');
    await s.worker.heard('AAAA');
    t.equal(await s.worker.runOnce(), 5);
    t.same(
      s.heard.filter((event) => event.startsWith('link')),
      ['link.down AAAA', 'link.up AAAA'],
    );
  },
);

t.test('a link that never answers is given up after the time-out and does not hold up others', async (t) => {
  const s = await setUp(t, { sendTimeoutMs: 30 });
  s.a.behave = (_, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new LinkError('transient', 'no answer in time')));
    });
  await s.enqueue('silent');
  await s.enqueue('other', 'BBBB');
  await s.worker.runOnce();
  t.match(await s.row('silent'), { state: 'queued', last_error: 'no answer in time' });
  t.match(await s.row('other'), { state: 'delivered' });
});

t.test(
  'what a dead gateway had leased is taken over when the lease ends, and a late receipt still counts',
  async (t) => {
    const s = await setUp(t, { leaseMs: 60_000 });
    await s.enqueue('m1');
    let finish: (receipt: Receipt) => void = () => undefined;
    s.a.behave = () => new Promise((resolve) => (finish = resolve));
    const first = s.worker.runOnce();
    while (s.a.sent.length === 0) await new Promise(setImmediate);
    const other = s.newWorker();
    t.equal(await other.runOnce(), 0, 'leased');
    s.clock.advance(60_000);
    s.a.behave = transient;
    t.equal(await other.runOnce(), 1);
    t.match(await s.row('m1'), { state: 'queued', attempts: 2 });
    finish({ messageId: 'm1', receivedAt: 5, duplicate: false });
    await first;
    t.match(await s.row('m1'), { state: 'delivered', receipt_at: 5 });
    t.same(s.told, ['delivered m1']);
    await other.stop();
  },
);

t.test('a started worker sends at once when rung, and what was left before it started', async (t) => {
  const s = await setUp(t, { pollMs: 3_600_000 });
  const delivered = (count: number) =>
    new Promise<void>((resolve) => {
      const end = s.heard.length + count;
      const check = () => (s.heard.length >= end ? resolve() : setImmediate(check));
      check();
    });
  await s.enqueue('left');
  s.worker.start();
  await delivered(1);
  await s.enqueue('new');
  s.outbox.wake();
  await delivered(1);
  t.same(s.told, ['delivered left', 'delivered new']);
});

t.test(
  'a stopping worker cuts off what takes too long, which is then sent again without a lost attempt',
  async (t) => {
    const s = await setUp(t, { stopGraceMs: 10 });
    s.a.behave = (_, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new LinkError('transient', 'cut'))),
      );
    await s.enqueue('m1');
    s.worker.start();
    while (s.a.sent.length === 0) await new Promise(setImmediate);
    await s.worker.stop();
    t.match(await s.row('m1'), { state: 'queued', attempts: 0, lease: null, last_error: null });
    s.a.behave = taken;
    t.equal(await s.newWorker().runOnce(), 1);
  },
);

t.test('a gateway started again sends at once what its earlier run held, and only that', async (t) => {
  const s = await setUp(t);
  const [dead, other] = [s.newWorker(), s.newWorker('gateway-2')];
  s.a.behave = () => new Promise(() => undefined);
  await s.enqueue('m1');
  void dead.runOnce();
  while (s.a.sent.length < 1) await new Promise(setImmediate);
  await s.enqueue('m2');
  void other.runOnce();
  while (s.a.sent.length < 2) await new Promise(setImmediate);
  s.a.behave = taken;
  s.worker.start();
  while ((await s.row('m1')).state !== 'delivered') await new Promise(setImmediate);
  t.equal(await s.worker.runOnce(), 0);
  t.match(await s.row('m2'), { state: 'queued', lease: /^gateway-2 / });
});

t.test('two workers on one store never send one message at the same time', async (t) => {
  const s = await setUp(t);
  for (let i = 0; i < 30; i++) await s.enqueue(`m${i}`);
  const other = s.newWorker();
  const counts: number[] = [];
  for (let round = 0; round < 4; round++)
    counts.push(...(await Promise.all([s.worker.runOnce(), other.runOnce()])));
  t.equal(
    counts.reduce((sum, count) => sum + count, 0),
    30,
  );
  t.equal(new Set(s.a.sent).size, 30);
});

/** A link that takes several at once and refuses what is in `wrong`. */
function togetherLink(wrong: ReadonlyMap<string, LinkError>, max = 3) {
  const batches: string[][] = [];
  const link: Link = {
    organisation: 'AAAA',
    together: { max, underWayMax: 10 },
    send: () => Promise.reject(new Error('one by one')),
    sendAll: async (messages) => {
      batches.push(messages.map(({ id }) => id));
      return messages.map(({ id }) => wrong.get(id) ?? { messageId: id, receivedAt: 7, duplicate: false });
    },
    close: async () => undefined,
  };
  return { link, batches };
}

t.test('messages go together as their link takes them, never two of one case', async (t) => {
  const s = await setUp(t);
  const { link, batches } = togetherLink(new Map());
  (s.links as Map<string, Link>).set('AAAA', link);
  for (let i = 0; i < 4; i++) {
    await s.enqueue(`case${i}-1`, 'AAAA', `case${i}`, 1);
    await s.enqueue(`case${i}-2`, 'AAAA', `case${i}`, 2);
  }
  await s.enqueue('case4-1', 'AAAA', 'case4', 1);
  t.equal(await s.worker.runOnce(), 5);
  t.same(
    batches.map(({ length }) => length),
    [3, 2],
  );
  t.ok(batches.flat().every((id) => id.endsWith('-1')));
  await s.enqueue('case5-1', 'AAAA', 'case5', 1);
  t.equal(await s.worker.runOnce(), 5);
  t.equal(new Set(batches.flat()).size, 10);
  t.equal(s.told.length, 10);
});

t.test('of several, each is delivered, refused or tried again by itself', async (t) => {
  const s = await setUp(t);
  const wrong = new Map([
    ['bad', new LinkError('permanent', '422 link.unknown-type', undefined, 'link.unknown-type')],
    ['busy', new LinkError('transient', '503 gateway.busy', 5_000)],
  ]);
  const { link } = togetherLink(wrong, 10);
  (s.links as Map<string, Link>).set('AAAA', link);
  for (const id of ['good', 'bad', 'busy', 'fine']) await s.enqueue(id);
  await s.worker.runOnce();
  t.match(await s.row('good'), { state: 'delivered', receipt_at: 7 });
  t.match(await s.row('fine'), { state: 'delivered', receipt_at: 7 });
  t.match(await s.row('bad'), { state: 'dead', reason: 'link.unknown-type' });
  t.match(await s.row('busy'), { state: 'queued', lease: null, next_at: s.clock.now() + 5_000 });
  t.same(s.told.toSorted(), ['delivered fine', 'delivered good', 'undelivered bad']);
});

t.test('a receipt that can not be recorded loses none of the others', async (t) => {
  const s = await setUp(t);
  const { link } = togetherLink(new Map(), 10);
  (s.links as Map<string, Link>).set('AAAA', link);
  const { delivered, ...rest } = s.handlers.get('referral.event')!;
  (s.handlers as Map<string, unknown>).set('referral.event', {
    ...rest,
    delivered: (unit: never, message: { id: string }, at: number) =>
      message.id === 'cursed' ? Promise.reject(new Error('a bug')) : delivered!(unit, message as never, at),
  });
  for (const id of ['good', 'cursed', 'fine']) await s.enqueue(id);
  await s.worker.runOnce();
  t.match(await s.row('good'), { state: 'delivered' });
  t.match(await s.row('fine'), { state: 'delivered' });
  t.match(await s.row('cursed'), { state: 'queued' }, 'sent again after its lease');
  t.same(s.told.toSorted(), ['delivered fine', 'delivered good']);
});
