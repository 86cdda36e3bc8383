import t from 'tap';
import { REVIEW_STATES } from '../../../schemas/referral-review.ts';
import {
  nextReview,
  REVIEW_TRANSITIONS,
  type ReviewEvent,
  reviewActions,
} from '../../../src/referral/review/machine.ts';

const EVENTS: ReviewEvent[] = ['submit', 'withdraw', 'approve', 'refuse', 'send-back', 'lapse'];

t.test('each event has one row from a state or none, and actions are what persons may do', async (t) => {
  const keys = REVIEW_TRANSITIONS.map(({ from, event }) => `${from} ${event}`);
  t.equal(new Set(keys).size, keys.length);
  t.equal(new Set(REVIEW_TRANSITIONS.map(({ id }) => id)).size, keys.length);
  for (const from of [null, ...REVIEW_STATES]) {
    for (const event of EVENTS) {
      const step = nextReview(from, event);
      t.equal(step.ok, keys.includes(`${from ?? 'none'} ${event}`), `${from} ${event}`);
      if (from && event !== 'lapse') t.equal(reviewActions(from).includes(event), step.ok);
    }
  }
});

t.test('a referral leaves only by an approval, and whatever else ends its review discards it', async (t) => {
  for (const row of REVIEW_TRANSITIONS) {
    t.equal(row.out === 'send', row.event === 'approve', row.id);
    t.equal(row.in === 'act', row.event === 'approve', row.id);
    const ends = row.to === 'none' && !['approve', 'lapse'].includes(row.event);
    t.equal(row.out === 'discard', ends, row.id);
    t.equal(row.who === 'reviewer', ['approve', 'refuse', 'send-back'].includes(row.event), row.id);
  }
});
