import fc from 'fast-check';
import t from 'tap';
import { ClientDirectory, newKey } from '../../src/access/clients.ts';
import { Events } from '../../src/events/events.ts';
import { EventLog } from '../../src/events/log.ts';
import { eventLogRoutes } from '../../src/events/log-routes.ts';
import { EventNumbering } from '../../src/events/numbering.ts';
import { buildGateway } from '../../src/gateway.ts';
import { testIds, testLogger, testParts } from '../helper.ts';

const DAY_MS = 86_400_000;

async function world(t: Parameters<typeof testParts>[0]) {
  const parts = await testParts(t);
  const log = new EventLog(parts);
  const events = new Events(parts.clock, log);
  const numbering = () =>
    new EventNumbering({ ...parts, log, alsoWrite: async () => undefined, onNumbered: () => undefined });
  const happen = (subject: string, type: 'referral.state' | 'delivery.state' = 'referral.state') =>
    parts.store.write((unit) => events.keep(unit, type, subject, { state: 'received' }));
  const page = (after: number, types?: string[], limit = 100) =>
    log.page(parts.store, { after, types, limit });
  return { ...parts, log, events, numbering: numbering(), another: numbering(), happen, page };
}

t.test('what happened is told from a number on, oldest first, and the next number is given', async (t) => {
  const { happen, numbering, page, clock } = await world(t);
  for (const subject of ['one', 'two', 'three']) await happen(subject);
  t.strictSame(await page(0), { items: [], next: 0 }, 'nothing is shown before it has its number');
  t.equal(await numbering.runOnce(), 3);
  const { items, next } = await page(0, undefined, 2);
  t.strictSame(
    items.map(({ seq, subject, at, data }) => [seq, subject, at, data]),
    [
      [1, 'one', clock.now(), '{"state":"received"}'],
      [2, 'two', clock.now(), '{"state":"received"}'],
    ],
  );
  t.equal(next, 2);
  t.strictSame(
    (await page(next)).items.map(({ subject }) => subject),
    ['three'],
  );
  t.strictSame(await page(3), { items: [], next: 3 });
});

t.test('only the types that are asked for, and the number goes on past the others', async (t) => {
  const { happen, numbering, page } = await world(t);
  await happen('r1');
  await happen('d1', 'delivery.state');
  await happen('r2');
  await numbering.runOnce();
  const { items, next } = await page(0, ['delivery.state']);
  t.strictSame(
    items.map(({ subject }) => subject),
    ['d1'],
  );
  t.equal(next, 3);
});

t.test('a unit that is undone leaves no event', async (t) => {
  const { store, events, numbering, page } = await world(t);
  await t.rejects(
    store.write(async (unit) => {
      await events.keep(unit, 'referral.state', 'never');
      throw new Error('undone');
    }),
  );
  t.equal(await numbering.runOnce(), 0);
  t.strictSame((await page(0)).items, []);
});

t.test('who comes back too late is told, and so is who is ahead', async (t) => {
  const { happen, numbering, page, log, store, clock } = await world(t);
  await happen('old');
  await happen('old too');
  await numbering.runOnce();
  clock.advance(15 * DAY_MS);
  await happen('new');
  await numbering.runOnce();
  await log.expire(store);
  t.strictSame(
    (await page(2)).items.map(({ subject }) => subject),
    ['new'],
  );
  t.strictSame(
    (await page(0)).items.map(({ subject }) => subject),
    ['new'],
    'from the beginning is no gap',
  );
  await t.rejects(page(1), { code: 'event.expired', context: { facts: { oldest: 3 } } });
  await t.rejects(page(4), { code: 'event.ahead', context: { facts: { last: 3 } } });
  clock.advance(15 * DAY_MS);
  await log.expire(store);
  await t.rejects(page(2), { code: 'event.expired' }, 'a log that is empty has lost what was in it');
  t.strictSame(await page(3), { items: [], next: 3 });
});

t.test('whoever numbers and polls when, each event is seen once and in order', async (t) => {
  const step = fc.oneof(
    fc.constant('happen' as const),
    fc.constant('number' as const),
    fc.constant('poll' as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { happen, numbering, another, page } = await shared;
      let { next } = await page(await drained(numbering, page), undefined, 500);
      const [told, seen]: [string[], string[]] = [[], []];
      const poll = async () => {
        const answer = await page(next, undefined, 3);
        seen.push(...answer.items.map(({ subject }) => subject));
        next = answer.next;
      };
      for (const each of steps) {
        if (each === 'happen') {
          told.push(`s${told.length}`);
          await happen(told.at(-1)!);
        } else if (each === 'number') {
          await Promise.all([numbering.runOnce(), another.runOnce()]);
        } else await poll();
      }
      await numbering.runOnce();
      for (let round = 0; round <= told.length; round++) await poll();
      t.strictSame(seen, told);
    }),
    { numRuns: 30 },
  );
  t.end();
});

async function drained(
  numbering: { runOnce(): Promise<number> },
  page: (after: number) => Promise<{ next: number }>,
): Promise<number> {
  await numbering.runOnce();
  let after = 0;
  for (;;) {
    const { next } = await page(after);
    if (next === after) return after;
    after = next;
  }
}

const shared = world(t);

t.test('over HTTP: cursors as text, unknown types refused', async (t) => {
  const { happen, numbering, log, store } = await world(t);
  const { key, hash } = newKey('his');
  const app = await buildGateway({
    logger: testLogger(),
    ids: testIds,
    clients: new ClientDirectory([{ id: 'his', keyHash: hash, scopes: new Set(['event:read']) }]),
    requestsPerMinuteMax: 1_000,
    sandbox: false,
    version: '0',
    features: [eventLogRoutes({ log, store })],
  });
  t.teardown(() => app.close());
  const get = (url: string) => app.inject({ url, headers: { authorization: `Bearer ${key}` } });
  await happen('referral-1');
  await numbering.runOnce();
  const answer = await get('/v1/events/log?after=0&types=referral.state');
  t.equal(answer.statusCode, 200);
  const { items, next } = answer.json();
  t.match(items, [
    {
      seq: '1',
      type: 'referral.state',
      subject: 'referral-1',
      at: '2026-03-02T09:00:00.000+08:00',
      data: { state: 'received' },
    },
  ]);
  t.equal(next, '1');
  t.match((await get('/v1/events/log?types=card.present')).json(), { code: 'request.invalid' });
  t.match((await get('/v1/events/log?after=9')).json(), { code: 'event.ahead', facts: { last: 1 } });
});
