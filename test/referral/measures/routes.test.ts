import t from 'tap';
import { isOutside, rateOf } from '../../../src/referral/measures/rules.ts';
import { creation, joined, outcome, type TestOrganisation } from '../organisations.ts';

const DAY = 'from=2026-03-02&to=2026-03-02';
const MINUTE_MS = 60_000;

async function measured(side: TestOrganisation, query = '') {
  const answer = await side.app.inject({
    url: `/v1/measures/referrals?${DAY}${query}`,
    headers: { authorization: `Bearer ${side.key}` },
  });
  return { status: answer.statusCode, body: answer.json(), text: answer.body };
}

/** One referral goes its whole way, another is declined, a third is only sent. */
async function lived(t: Parameters<typeof joined>[0]) {
  const { here, there } = await joined(t);
  for (let count = 0; count < 3; count++) await here.call('POST', '/v1/referrals', creation);
  await here.deliverAll();
  const [, second, third] = (await there.call('GET', '/v1/referrals')).body.items;
  for (const each of [here, there]) each.clock.advance(30 * MINUTE_MS);
  await there.act(third!.id, { type: 'accept' });
  await there.act(second!.id, { type: 'decline', reason: { text: '无床位' } });
  await there.deliverAll();
  for (const each of [here, there]) each.clock.advance(30 * MINUTE_MS);
  await there.act(third!.id, { type: 'complete', outcome });
  return { here, there };
}

t.test('both ends count what they know: answered, returned and closed as it is acknowledged', async (t) => {
  const { here, there } = await lived(t);
  const before = await measured(there);
  t.equal(before.status, 200);
  t.match(before.body.total, {
    referrals: 3,
    delivered: { numerator: 0, denominator: 0 },
    answered: { numerator: 2, denominator: 2, rate: 1 },
    returned: { numerator: 0, denominator: 0 },
    closed: { numerator: 1, denominator: 1 },
  });
  await there.deliverAll();
  t.match((await measured(there)).body.total, {
    returned: { numerator: 1, denominator: 1 },
    closed: { numerator: 2, denominator: 2 },
  });
  t.match((await measured(here)).body.total, {
    referrals: 3,
    delivered: { numerator: 3, denominator: 3 },
    answered: { numerator: 2, denominator: 2 },
    returned: { numerator: 1, denominator: 1 },
    closed: { numerator: 2, denominator: 2 },
  });
  for (const each of [here, there]) each.clock.advance(31 * 1_440 * MINUTE_MS);
  t.match((await measured(here)).body.total, {
    answered: { numerator: 2, denominator: 3, rate: 0.6667 },
    closed: { numerator: 2, denominator: 3 },
  });
});

t.test('how long answers took is told, and one organisation can be looked at alone', async (t) => {
  const { here } = await lived(t);
  const { answerTimes } = (await measured(here)).body.total;
  t.strictSame(answerTimes, {
    averageMinutes: 30,
    within: [
      { minutes: 15, referrals: 0 },
      { minutes: 60, referrals: 2 },
      { minutes: 120, referrals: 0 },
      { minutes: 1_440, referrals: 0 },
      { minutes: 4_320, referrals: 0 },
    ],
    later: 0,
  });
  t.equal((await measured(here, '&organisation=HOSPITAL01')).body.total.referrals, 3);
  const other = (await measured(here, '&organisation=HOSPITAL02')).body.total;
  t.equal(other.referrals, 0);
  t.notOk('averageMinutes' in other.answerTimes, 'there is no average of nothing');
  t.equal((await measured(here, '&organisation=%25')).status, 400);
});

t.test('each number has its definition beside it, and the groups have names', async (t) => {
  const { here, there } = await lived(t);
  const { body } = await measured(here, '&groupBy=hop');
  t.strictSame(
    body.definitions.map(({ measure }: { measure: string }) => measure),
    ['delivered', 'answered', 'returned', 'closed'],
  );
  t.match(body.limits[0], { priority: 'routine', answeredWithinMinutes: 1_440 });
  t.match(body.groups, [
    { key: 'CLINIC0001>HOSPITAL01', label: '前进村卫生室 → 示范县人民医院', referrals: 3 },
  ]);
  t.match((await measured(there, '&groupBy=hop')).body.groups, [{ key: 'CLINIC0001>HOSPITAL01' }]);
  t.match((await measured(here, '&groupBy=priority')).body.groups, [{ key: 'routine', referrals: 3 }]);
  t.match((await measured(here, '&groupBy=month')).body.groups, [{ key: '2026-03' }]);
  t.strictSame((await measured(here, '&role=recipient')).body.total.referrals, 0);
  t.notMatch((await measured(here, '&groupBy=organisation')).text, /张三|1111111981/);
});

t.test('the share of the county says what it counts and what it cannot see', async (t) => {
  const { here } = await lived(t);
  const { county } = (await measured(here)).body;
  t.match(county, { outpatientVisits: 38, stays: 2, outwardReferrals: 0, inCountyShare: 1, outwardRate: 0 });
  t.match(county.unseen.zh, /看不到/);
});

t.test('outside is what the county says, else another division, else a city’s or a province’s', async (t) => {
  const own = { code: 'OWN1', level: 'county', division: '510121001' } as const;
  const near = { code: 'NEAR', level: 'city', division: '510121' } as const;
  t.equal(isOutside(near, own, {}), false);
  t.equal(isOutside(near, own, { outside: ['NEAR'] }), true);
  t.equal(isOutside({ ...near, division: '510122' }, own, {}), true);
  t.equal(isOutside({ ...near, division: '510122' }, own, { inside: ['NEAR'] }), false);
  t.equal(isOutside({ code: 'CITY', level: 'city' }, own, {}), true);
  t.equal(isOutside({ code: 'TOWN', level: 'township' }, own, {}), false);
  t.equal(isOutside(undefined, own, {}), false);
  t.equal(rateOf(0, 0), undefined);
  t.equal(rateOf(2, 3), 0.6667);
});

t.test('as a table for a spreadsheet: a byte order mark, a line a number, nothing that is run', async (t) => {
  const { here } = await lived(t);
  const answer = await here.app.inject({
    url: `/v1/measures/referrals.csv?${DAY}&groupBy=organisation`,
    headers: { authorization: `Bearer ${here.key}` },
  });
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers['content-type'], 'text/csv; charset=utf-8');
  t.match(answer.headers['content-disposition'], /referrals-2026-03-02-2026-03-02\.csv/);
  const lines = answer.body.split('\r\n');
  t.ok(lines[0]!.startsWith('\uFEFF期间 from,'));
  t.ok(lines.some((line) => line.startsWith('2026-03-02,2026-03-02,HOSPITAL01,示范县人民医院,闭环率')));
  t.ok(lines.some((line) => /县域内就诊率.*,40,40,1,/.test(line)));
  t.ok(lines.some((line) => /,HOSPITAL01,示范县人民医院,60 分钟内应答[^,]*,2,/.test(line)));
  t.equal(lines.length, 1 + 12 + 12 + 2 + 1);
});

t.test('a time that is no time is refused', async (t) => {
  const { here } = await joined(t);
  const get = async (query: string) =>
    (
      await here.app.inject({
        url: `/v1/measures/referrals?${query}`,
        headers: { authorization: `Bearer ${here.key}` },
      })
    ).json();
  t.match(await get('from=2026-03-02&to=2026-03-01'), { code: 'request.invalid', pointer: '/query/to' });
  t.match(await get('from=2020-03-02&to=2026-03-01'), { code: 'request.invalid', pointer: '/query/to' });
  t.match(await get('from=2026-02-30&to=2026-03-01'), { code: 'request.invalid' });
});
