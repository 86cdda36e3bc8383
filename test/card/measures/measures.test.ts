import t, { type Test } from 'tap';
import { ClientDirectory, newKey } from '../../../src/access/clients.ts';
import { readerMeasureRoutes } from '../../../src/card/measures/routes.ts';
import { dayOf, isFailure } from '../../../src/card/measures/rules.ts';
import { ReaderMeasureService } from '../../../src/card/measures/service.ts';
import { ReaderTally } from '../../../src/card/measures/tally.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { testParts } from '../../helper.ts';
import { TestTimers } from '../timers.ts';

const key = newKey('county');

async function county(t: Test) {
  const parts = await testParts(t);
  const timers = new TestTimers(parts.clock);
  const tallyParts = { ...parts, timers, gatewayId: 'test' };
  const tally = new ReaderTally(tallyParts);
  const measures = new ReaderMeasureService({ ...parts, tally });
  const app = await buildGateway({
    ...{ logger: parts.logger, ids: parts.ids, requestsPerMinuteMax: 10_000, sandbox: false, version: '0' },
    clients: new ClientDirectory([
      { id: 'county', keyHash: key.hash, scopes: new Set(['measure:read'] as const) },
    ]),
    features: [readerMeasureRoutes({ measures })],
  });
  t.teardown(() => app.close());
  const get = (query: string) =>
    app.inject({ url: `/v1/measures/${query}`, headers: { authorization: `Bearer ${key.key}` } });
  return { ...parts, timers, tally, tallyParts, get };
}

const MARCH = 'from=2026-03-01&to=2026-03-31';

t.test('what readers did is counted by reader and by month, with the causes of what failed', async (t) => {
  const { tally, clock, get } = await county(t);
  for (let count = 0; count < 3; count++) tally.made('desk-1');
  tally.failed('desk-1', 'reader.lost');
  tally.lost('desk-1');
  tally.failed('desk-2', 'card.refused');
  t.match((await get(`readers?${MARCH}&groupBy=reader`)).json(), {
    total: { readings: 3, failures: 2, outages: 1, failureRate: 0.4 },
    groups: [
      { key: 'desk-1', readings: 3, failures: 1, outages: 1, failureRate: 0.25 },
      { key: 'desk-2', readings: 0, failures: 1, outages: 0, failureRate: 1 },
    ],
    causes: [
      { code: 'card.refused', failures: 1 },
      { code: 'reader.lost', failures: 1 },
    ],
  });
  clock.advance(31 * 86_400_000);
  tally.made('desk-2');
  t.match((await get('readers?from=2026-03-01&to=2026-04-30&groupBy=month')).json().groups, [
    { key: '2026-03', readings: 3 },
    { key: '2026-04', readings: 1, failures: 0 },
  ]);
  const nothing = (await get('readers?from=2025-01-01&to=2025-01-31')).json();
  t.match(nothing, { total: { readings: 0, failures: 0 }, groups: [], causes: [] });
  t.notOk('failureRate' in nothing.total, 'there is no rate of nothing');
});

t.test('counts are written together after a while, and add to those of an earlier run', async (t) => {
  const { tally, tallyParts, timers, get, store } = await county(t);
  tally.made('desk-1');
  tally.made('desk-1');
  const rows = () => store.list((db) => db.selectFrom('reader_counts').selectAll());
  t.same(await rows(), [], 'nobody waits for it');
  t.equal(timers.nextInMs, 5_000);
  await timers.advance(5_000);
  // Written one after the other: this waits for what the timer began.
  await tally.write();
  t.match(await rows(), [{ reader: 'desk-1', what: 'made', count: 2 }]);
  const later = new ReaderTally(tallyParts);
  later.made('desk-1');
  await later.write();
  t.match((await get(`readers?${MARCH}`)).json().total, { readings: 3 });
});

t.test('what cannot be written is kept for the next time', async (t) => {
  const { tallyParts, store } = await county(t);
  let isBroken = true;
  const failing = Object.assign(Object.create(store), {
    write: (work: never) => (isBroken ? Promise.reject(new Error('the disk is full')) : store.write(work)),
  });
  const tally = new ReaderTally({ ...tallyParts, store: failing });
  tally.made('desk-1');
  await tally.write();
  isBroken = false;
  tally.made('desk-1');
  await tally.write();
  t.match(await store.list((db) => db.selectFrom('reader_counts').selectAll()), [{ count: 2 }]);
});

t.test('as a table for a spreadsheet', async (t) => {
  const { tally, get } = await county(t);
  tally.failed('desk-1', 'reader.protocol');
  const { body, headers } = await get(`readers.csv?${MARCH}&groupBy=reader`);
  t.match(headers['content-disposition'], /readers-2026-03-01-2026-03-31\.csv/);
  t.match(body, /合计 total,失败原因 cause: reader\.protocol,1,/);
  t.match(body, /desk-1,失败率 failure rate,1,/);
});

t.test('a day is a day of China; only what the reader or the card did wrong is a failure', async (t) => {
  t.equal(new Date(dayOf(Date.parse('2026-03-02T00:00:00+08:00'))).toISOString(), '2026-03-01T16:00:00.000Z');
  t.equal(dayOf(Date.parse('2026-03-01T23:59:59+08:00')), Date.parse('2026-03-01T00:00:00+08:00'));
  for (const code of ['reader.lost', 'reader.protocol', 'card.refused']) t.equal(isFailure(code), true, code);
  for (const code of ['card.none', 'reader.busy', 'reader.absent', 'gateway.stopping', 'identity.differs'])
    t.equal(isFailure(code), false, code);
});
