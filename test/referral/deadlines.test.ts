import t from 'tap';
import { checkConfiguration, readConfiguration } from '../../src/config.ts';
import { DEADLINES, deadlinesOf, dueOf } from '../../src/referral/deadlines.ts';
import { markOverdueReferrals } from '../../src/referral/overdue.ts';
import { clinic, creation, hospital, organisation } from './organisations.ts';

t.test('what the configuration leaves out is as it was', async (t) => {
  t.same(deadlinesOf(), DEADLINES);
  const given = deadlinesOf({ urgent: { answerMinutes: 30 }, stat: { outcomeMinutes: 60 } });
  t.same(given.routine, DEADLINES.routine);
  t.same(given.urgent, { ...DEADLINES.urgent, answer: 1_800_000 });
  t.same(given.stat, { ...DEADLINES.stat, outcome: 3_600_000 });
  t.same(dueOf(given, 'received', 'urgent', 1_000), { due_for: 'answer', due_at: 1_801_000 });
  t.same(dueOf(given, 'completed', 'urgent', 1_000), { due_for: null, due_at: null });
});

t.test('a gateway marks overdue by its own configuration', async (t) => {
  const referral = { deadlines: { routine: { answerMinutes: 10 } } };
  const here = await organisation(t, clinic, hospital, { referral });
  const look = () => markOverdueReferrals({ ...here, events: here.board, observers: [] });
  const { body } = await here.call('POST', '/v1/referrals', creation);
  t.equal(Date.parse(body.due!.at) - Date.parse(body.createdAt), 600_000);
  here.clock.advance(599_999);
  t.equal(await look(), 0);
  here.clock.advance(1);
  t.equal(await look(), 1);
});

t.test('a wrong limit stops the start and is named', async (t) => {
  const { referral: _none, delivery, ...rest } = readConfiguration(undefined);
  const complaint = (more: object) => {
    try {
      checkConfiguration({ ...rest, ...more });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  t.equal(complaint({ referral: { deadlines: { stat: { answerMinutes: 5 } } } }), '');
  t.match(complaint({ referral: { deadlines: { asap: {} } } }), /referral\.deadlines: .*unknown key "asap"/);
  const none = { referral: { deadlines: { stat: { answerMinutes: 0 } } } };
  t.match(complaint(none), /referral\.deadlines\.stat\.answerMinutes: .*>= 1/);
  const forgotten = { delivery: { ...delivery, messageAgeDaysMax: 90 } };
  t.match(complaint(forgotten), /delivery\.messageAgeDaysMax: .*<= 80/);
});
