import fc from 'fast-check';
import t from 'tap';
import { holdsOf, isAccepted, usable } from '../../../src/referral/insured/visit-rules.ts';
import { STATE_NAMES } from '../../../src/referral/machine.ts';

const DAY_MS = 86_400_000;
const at = (text: string) => Date.parse(text);
const sentAt = at('2026-03-02T09:00:00+08:00');

t.test('a referral holds from the day it was sent, in whole days of China', async (t) => {
  t.same(holdsOf({ retro: 0 }, { sentAt }, 3), {
    from: at('2026-03-02T00:00:00+08:00'),
    until: at('2026-03-05T23:59:59.999+08:00'),
  });
  const late = at('2026-03-02T23:59:59+08:00');
  t.same(holdsOf({ retro: 0 }, { sentAt: late }, 3), holdsOf({ retro: 0 }, { sentAt }, 3));
  t.equal(
    holdsOf({ retro: 1 }, { sentAt }, 3).from,
    0,
    'one entered after the fact is about a visit before it',
  );
});

t.test('an appointment and an arrival carry it on, and its outcome ends it', async (t) => {
  const appointmentAt = at('2026-03-20T09:00:00+08:00');
  const arrivedAt = at('2026-03-21T10:00:00+08:00');
  const completedAt = at('2026-03-22T16:00:00+08:00');
  const until = (course: object) => holdsOf({ retro: 0 }, { sentAt, ...course }, 3).until;
  t.equal(until({ appointmentAt }), at('2026-03-23T23:59:59.999+08:00'));
  t.equal(until({ appointmentAt, arrivedAt }), at('2026-03-24T23:59:59.999+08:00'));
  t.equal(until({ appointmentAt, arrivedAt, completedAt }), completedAt);
  t.equal(until({ completedAt }), at('2026-03-05T23:59:59.999+08:00'), 'an outcome prolongs nothing');
});

t.test('whatever happens, it never holds longer than the days after the last of what happened', async () => {
  const time = fc.integer({ min: sentAt, max: sentAt + 400 * DAY_MS });
  const course = fc.record(
    { sentAt: time, appointmentAt: time, arrivedAt: time, completedAt: time },
    { requiredKeys: ['sentAt'] },
  );
  fc.assert(
    fc.property(course, fc.integer({ min: 1, max: 366 }), (of, days) => {
      const { until } = holdsOf({ retro: 0 }, of, days);
      const last = Math.max(of.sentAt, of.appointmentAt ?? 0, of.arrivedAt ?? 0);
      return until < last + (days + 1) * DAY_MS && until <= (of.completedAt ?? until);
    }),
  );
});

t.test('only what the recipient has taken up counts, until a cancellation is agreed to', async (t) => {
  const accepted = STATE_NAMES.filter((state) => isAccepted({ state, confirmed_before: null }));
  t.same(accepted, [
    'accepted',
    'active',
    'scheduled',
    'no-show',
    'unscheduled',
    'arrived',
    'noted',
    'completed',
  ]);
  const asked = { state: 'cancellation-requested' } as const;
  t.ok(isAccepted({ ...asked, confirmed_before: 'scheduled' }));
  t.notOk(isAccepted({ ...asked, confirmed_before: 'received' }));
});

t.test('what stands in the way is said', async (t) => {
  const holds = holdsOf({ retro: 0 }, { sentAt }, 3);
  const row = { role: 'recipient', state: 'accepted', confirmed_before: null } as const;
  t.same(usable(row, holds, sentAt), { ok: true, value: true });
  t.match(usable({ ...row, role: 'initiator' }, holds, sentAt), { error: { kind: 'elsewhere' } });
  t.match(usable({ ...row, state: 'received' }, holds, sentAt), {
    error: { kind: 'not-accepted', facts: { state: 'received' } },
  });
  for (const late of [holds.from - 1, holds.until + 1]) {
    t.match(usable(row, holds, late), {
      error: { kind: 'other-time', facts: { from: '2026-03-02', until: '2026-03-05' } },
    });
  }
});
