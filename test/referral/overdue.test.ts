import t from 'tap';
import { markOverdueReferrals } from '../../src/referral/overdue.ts';
import type { ReferralChange } from '../../src/referral/port.ts';
import { clinic, creation, hospital, organisation } from './organisations.ts';

const HOUR_MS = 3_600_000;

t.test('what does not come in time is marked and told once, by priority', async (t) => {
  const changes: ReferralChange[] = [];
  const observer = {
    async changed(_unit: unknown, change: ReferralChange) {
      if (change.cause === 'overdue') changes.push(change);
      return () => undefined;
    },
  };
  const here = await organisation(t, clinic, hospital, { observers: [observer] });
  const look = () => markOverdueReferrals({ ...here, events: here.board, observers: [observer] });
  const overdue = async () =>
    (await here.call('GET', '/v1/referrals?overdue=true')).body.items.map(({ id }) => id);
  const send = async (more: object) =>
    (await here.call('POST', '/v1/referrals', { ...creation, ...more })).body;
  const routine = await send({});
  const urgent = await send({ priority: 'urgent' });
  await send({ priority: 'stat', retro: true });
  t.equal(await look(), 0);

  here.clock.advance(2 * HOUR_MS);
  t.equal(await look(), 1);
  t.same(await overdue(), [urgent.id]);
  t.equal(await look(), 0, 'told once');
  here.clock.advance(22 * HOUR_MS);
  t.equal(await look(), 1);
  t.same(await overdue(), [urgent.id, routine.id]);
  t.same(
    changes.map(({ after }) => [after.id, after.due_for]),
    [
      [urgent.id, 'answer'],
      [routine.id, 'answer'],
    ],
  );
  t.same(
    here.events
      .filter(({ type }) => type === 'referral.overdue')
      .map(({ subject, data }) => [subject, data.for]),
    [
      [urgent.id, 'answer'],
      [routine.id, 'answer'],
    ],
  );
  const read = await here.call('GET', `/v1/referrals/${routine.id}`);
  t.match(read.body, { due: { for: 'answer', overdue: true }, version: routine.version });
});

t.test('a deferred consent is owed within a day, and the debt ends when it is handed in', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const look = () => markOverdueReferrals({ ...here, events: here.board, observers: [] });
  const emergency = { ...creation, channel: 'green', consent: { given: 'deferred', by: 'relative' } };
  const { id } = (await here.call('POST', '/v1/referrals', emergency)).body;
  here.clock.advance(23 * HOUR_MS);
  await look();
  t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { consentDue: { overdue: false } });
  here.clock.advance(HOUR_MS);
  t.equal(await look(), 1);
  t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { consentDue: { overdue: true } });
  t.ok(here.events.some(({ type, data }) => type === 'referral.overdue' && data.for === 'consent'));
  const consent = { given: 'written', by: 'relative' } as const;
  const handed = (await here.act(id, { type: 'consent', consent })).body;
  t.notOk('consentDue' in handed);
  t.equal(await look(), 0);
});

t.test('hundreds that fell due while the gateway was off are all marked', async (t) => {
  const here = await organisation(t, clinic, hospital);
  for (let i = 0; i < 120; i++) await here.call('POST', '/v1/referrals', creation);
  here.clock.advance(25 * HOUR_MS);
  t.equal(await markOverdueReferrals({ ...here, events: here.board, observers: [] }), 120);
});
