import t from 'tap';
import type { ReferralChange, ReferralObserver } from '../../src/referral/port.ts';
import { clinic, creation, hospital, join, organisation } from './organisations.ts';

/** Notes each change; fails the next unit when told to. */
class Notebook implements ReferralObserver {
  readonly changes: ReferralChange[] = [];
  readonly committed: string[] = [];
  fails = false;

  async changed(_unit: unknown, change: ReferralChange) {
    if (this.fails) throw new Error('the observer has no room');
    this.changes.push(change);
    return () => void this.committed.push(change.cause);
  }

  take(): string[] {
    return this.changes.splice(0).map(({ cause, before, after, events, settled }) => {
      const told = events.map(({ row }) => row.type).join(',');
      const decided = settled.map(({ type, outcome }) => `${type}=${outcome}`).join(',');
      return `${cause} ${before?.state ?? '-'}→${after.state} v${after.version} [${told}] [${decided}]`;
    });
  }
}

t.test('an observer hears of each change within its unit, with what it says', async (t) => {
  const [notesHere, notesThere] = [new Notebook(), new Notebook()];
  const here = await organisation(t, clinic, hospital, { observers: [notesHere] });
  const there = await organisation(t, hospital, clinic, { observers: [notesThere] });
  join(here, hospital, await there.listen());
  join(there, clinic, await here.listen());

  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  t.same(notesHere.take(), ['opened -→requested v1 [send] []']);
  await here.deliverAll();
  t.same(notesHere.take(), ['receipted requested→received v2 [receipt] []']);
  t.same(notesThere.take(), ['arrived -→received v1 [send] []']);

  const theirs = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  await here.act(id, { type: 'request-cancellation', reason: { text: '误开' } });
  t.equal(notesHere.changes[0]?.events[0]?.content.reason?.text, '误开');
  t.same(notesHere.take(), ['acted received→cancellation-requested v3 [request-cancellation] []']);
  await there.act(theirs, { type: 'decline', reason: { text: '无床位' } });
  await there.deliverAll();
  t.same(notesHere.take(), [
    'taken cancellation-requested→declined v4 [decline] [request-cancellation=ignored]',
  ]);
  t.same(notesHere.committed, ['opened', 'receipted', 'acted', 'taken']);
});

t.test('what an observer can not write down does not happen', async (t) => {
  const notes = new Notebook();
  const here = await organisation(t, clinic, hospital, { observers: [notes] });
  notes.fails = true;
  t.equal((await here.call('POST', '/v1/referrals', creation)).status, 500);
  t.same((await here.call('GET', '/v1/referrals')).body.items, []);
  t.same((await here.call('GET', '/v1/deliveries')).body.items, []);
  t.same(notes.committed, []);
  notes.fails = false;
  t.equal((await here.call('POST', '/v1/referrals', creation)).status, 201);
});

t.test('an observer hears of a message that was given up', async (t) => {
  const notes = new Notebook();
  const here = await organisation(t, clinic, hospital, { observers: [notes] });
  const there = await organisation(t, { ...hospital, code: 'OTHER00001' } as never, clinic);
  join(here, hospital, await there.listen());
  await here.call('POST', '/v1/referrals', creation);
  await here.deliverAll();
  t.same(notes.take(), ['opened -→requested v1 [send] []', 'undelivered requested→requested v1 [] []']);
});
