import t, { type Test } from 'tap';
import { composeReports } from '../../../src/referral/insured/compose.ts';
import { FILING } from '../../../src/referral/insured/news.ts';
import { filingToldOf } from '../../../src/referral/insured/news-queries.ts';
import { referralsOnFile } from '../../../src/referral/on-file.ts';
import { clinic, creation, hospital, join, organisation, patient } from '../organisations.ts';
import { FakeFilings, rule } from './world.ts';

/** The clinic, which files what it refers, and the hospital that settles by it. */
async function pair(t: Test) {
  const filings = new FakeFilings();
  const receivers = { [hospital.code]: { code: 'H43010000009', division: '430102' } };
  const rules = [{ ...rule, when: 'always' as const, receivers }];
  const here = await organisation(t, clinic, hospital, { filings, reports: rules });
  const there = await organisation(t, hospital, clinic);
  join(here, hospital, await there.listen());
  join(there, clinic, await here.listen());
  const { worker } = composeReports({
    ...{ ...here, filings, rules, random: () => 0, outbox: () => here.outbox },
    own: { ...clinic, division: '430102' },
    placeOf: () => ({ ...hospital, division: '430102' }),
  });
  const { body } = await here.call('POST', '/v1/referrals', creation);
  await here.deliverAll();
  const [arrived] = (await there.call('GET', '/v1/referrals')).body.items;
  const on = referralsOnFile({ ...there, own: hospital, organisations: [clinic] });
  /** The number that a visit at the hospital would be settled by. */
  const number = async () => {
    const found = await on.forVisit({ identity: patient.identity, at: there.clock.now() });
    return found.ok ? found.value?.number : undefined;
  };
  const both = async () => {
    await there.deliverAll();
    await worker.runOnce();
    await here.deliverAll();
  };
  return { here, there, filings, worker, id: arrived!.id, caseId: body.caseId, number, both };
}

t.test('the receiver settles by the number of the filing, as long as there is one', async (t) => {
  const { here, there, id, caseId, number, both } = await pair(t);
  await there.act(id, { type: 'accept' });
  t.equal(await number(), caseId, 'before it is filed');
  await both();
  t.equal(await number(), 'B1');
  const [mine] = (await here.call('GET', '/v1/referrals')).body.items;
  await here.act(mine!.id, { type: 'request-cancellation', reason: { text: '患者要求' } });
  await here.deliverAll();
  t.equal(await number(), 'B1', 'until the receiver agrees');
  await there.act(id, { type: 'confirm-cancellation' });
  await both();
  t.match(await there.store.all(filingToldOf, { peer: clinic.code, case_id: caseId }), [{ number: null }]);
});

t.test('a filing that comes to nothing, or is in doubt, is no news', async (t) => {
  for (const next of ['refused', 'in-doubt', 'needs-review'] as const) {
    const { there, filings, id, caseId, number, both } = await pair(t);
    filings.next = next;
    await there.act(id, { type: 'accept' });
    await both();
    t.equal(await number(), caseId, next);
  }
});

t.test('late and repeated words change nothing, and those that make no sense are refused', async (t) => {
  const { there, caseId } = await pair(t);
  const said = { version: 1, caseId, insurer: 'nhsa', revision: 5, number: 'B5', at: '2026-03-02T01:00:00Z' };
  const hear = (over: object, from: string = clinic.code) =>
    there.store.write(async (unit) => {
      const body = Buffer.from(JSON.stringify({ ...said, ...over }));
      const message = {
        id: there.ids.next(),
        correlationId: 'c',
        from,
        to: hospital.code,
        type: FILING,
        body,
      };
      await there.handlers.get(FILING)?.receive(unit, message);
    });
  const numbers = async () =>
    (await there.store.all(filingToldOf, { peer: clinic.code, case_id: caseId })).map(({ number }) => number);
  await hear({});
  await hear({ revision: 4, number: null });
  await hear({ number: 'B9' });
  t.same(await numbers(), ['B5']);
  await hear({ revision: 6, number: null });
  t.same(await numbers(), [null]);
  await t.rejects(hear({}, 'STRANGER01'), { code: 'link.unknown-case' });
  await t.rejects(hear({ caseId: 'nobody' }), { code: 'link.unknown-case' });
  for (const over of [{ number: '有空格 ' }, { revision: 0 }, { more: 1 }, { version: 2 }])
    await t.rejects(hear(over), { code: 'request.invalid' });
  for (let n = 1; n < 20; n += 1) await hear({ insurer: `i-${n}` });
  await t.rejects(hear({ insurer: 'one-more' }), { code: 'link.conflict' });
});
