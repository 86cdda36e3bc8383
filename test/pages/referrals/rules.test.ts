import t from 'tap';
import Compile from 'typebox/compile';
import {
  type HistoryEntry,
  type Referral,
  ReferralAct,
  type ReferralSummary,
} from '../../../schemas/referral.ts';
import { Claimant } from '../../../schemas/referral-claim.ts';
import { type Session, UserName } from '../../../schemas/user.ts';
import { ACTS_SHOWN, fieldsOf, offered } from '../../../src/pages/app/referrals/acts.ts';
import { filled } from '../../../src/pages/app/referrals/filled.ts';
import { claimantOf } from '../../../src/pages/app/referrals/me.ts';
import { byUrgency } from '../../../src/pages/app/referrals/order.ts';
import { timelineOf } from '../../../src/pages/app/referrals/timeline.ts';
import { momentOf, timeText, tomorrow } from '../../../src/pages/app/referrals/times.ts';
import { counted } from '../../../src/pages/app/referrals/use-arrivals.ts';
import { concerns } from '../../../src/pages/app/referrals/use-live.ts';
import type { Heard } from '../../../src/pages/app/shell/use-events.ts';
import { CONTENT } from '../../../src/referral/content.ts';
import { ACTS } from '../../../src/referral/machine.ts';

t.test('whoever can sign in can claim, act and review under that name', async (t) => {
  const session = { name: 'a'.repeat(32), displayName: '医'.repeat(40) } as Session;
  t.ok(Compile(UserName).Check(session.name));
  t.ok(Compile(Claimant).Check(claimantOf(session)));
  t.ok(Compile(ReferralAct).Check({ type: 'accept', doctor: session.name }));
});

t.test('each act asks for what it needs, and for nothing that it does not take', async (t) => {
  for (const act of ACTS) {
    const { needs, takes } = CONTENT[act];
    const asked = fieldsOf(act).map(({ field }) => field);
    const must = fieldsOf(act)
      .filter(({ needed }) => needed)
      .map(({ field }) => field);
    // A schedule without an appointment would be a coarse one, which a page never sends.
    const needed = act === 'schedule' ? [...needs, 'appointment' as const] : needs;
    t.strictSame([...must].sort(), [...needed].sort(), `${act} needs`);
    for (const field of asked) t.ok([...needs, ...takes].includes(field), `${act} takes ${field}`);
  }
  t.strictSame(Object.keys(ACTS_SHOWN).sort(), [...ACTS].sort());
});

t.test('only what the answer allows is offered, what comes next first', async (t) => {
  t.strictSame(offered(['decline', 'remind', 'accept']), ['accept', 'remind', 'decline']);
  t.strictSame(offered([]), []);
});

t.test(
  'emergencies come first, then what is late, then what is due next, and what is closed last',
  async (t) => {
    const item = (id: string, due?: string, more: Partial<ReferralSummary> = {}) => ({
      id,
      closed: false,
      ...(due === undefined
        ? {}
        : { due: { for: 'answer' as const, at: `2026-05-0${due}T08:00:00+08:00`, overdue: false } }),
      ...more,
    });
    const late = item('late', '9', {
      due: { for: 'answer', at: '2026-05-09T08:00:00+08:00', overdue: true },
    });
    const items = [
      item('closed', '1', { closed: true }),
      item('later', '8'),
      item('sooner', '3'),
      item('nothing'),
      late,
      item('green', '9', { channel: 'green' }),
    ];
    t.strictSame(
      byUrgency(items).map(({ id }) => id),
      ['green', 'late', 'sooner', 'later', 'nothing', 'closed'],
    );
  },
);

t.test('a case is told over all its referrals in the order in which things happened', async (t) => {
  const entry = (id: string, at: string, who: HistoryEntry['who'], type = 'note') =>
    ({
      id,
      at: `2026-05-01T${at}:00+08:00`,
      recordedAt: `2026-05-01T${at}:30+08:00`,
      who,
      type,
    }) as HistoryEntry;
  const village = { id: 'A', role: 'recipient', peer: { code: 'V', name: '村卫生室' } } as const;
  const city = { id: 'B', role: 'initiator', peer: { code: 'C', name: '市医院' } } as const;
  const moments = timelineOf([
    { ...village, entries: [entry('1', '08:00', 'initiator', 'send'), entry('4', '11:00', 'recipient')] },
    {
      ...city,
      entries: [
        entry('2', '09:00', 'initiator', 'store'),
        entry('3', '10:00', 'initiator', 'send'),
        entry('5', '12:00', 'recipient'),
      ],
    },
  ]);
  t.strictSame(
    moments.map(({ leg, entry, own }) => [leg.id, entry.id, own]),
    [
      ['A', '1', false],
      ['B', '3', true],
      ['A', '4', true],
      ['B', '5', false],
    ],
  );
});

t.test('what was left empty is not sent', async (t) => {
  const typed = {
    text: '  ',
    reason: { code: undefined, text: '' },
    list: ['x'],
    doctor: { name: ' 甲 ', phone: '' },
  };
  t.strictSame(filled(typed), { list: ['x'], doctor: { name: '甲' } });
  t.equal(filled({ a: { b: '' } }), undefined);
});

t.test('times are those of China, whatever the clock of the computer is set to', async (t) => {
  t.equal(timeText('2026-05-04T01:30:00.000Z'), '2026-05-04 09:30');
  t.equal(momentOf('2026-05-04T09:30'), '2026-05-04T09:30:00+08:00');
  t.equal(momentOf('2026-05-04T09:30:15'), '2026-05-04T09:30:00+08:00');
  t.equal(tomorrow(Date.parse('2026-05-04T23:30:00+08:00')), '2026-05-05T09:00');
});

t.test('the open referral is looked at again only when something happened to its case', async (t) => {
  const open = { id: 'A', caseId: 'CASE', links: [{ id: 'B' }] } as unknown as Referral;
  const about = (subject: string, data: Heard['data'] = {}) => ({ type: 'referral.state', subject, data });
  t.ok(concerns(about('A'), open));
  t.ok(concerns(about('B'), open), 'another referral of the case');
  t.ok(concerns(about('F', { caseId: 'CASE' }), open), 'a file of it');
  t.notOk(concerns(about('C', { caseId: 'OTHER' }), open));
  t.notOk(concerns(about('A'), undefined));
});

t.test('a referral that comes is told once, and an emergency for what it is', async (t) => {
  const heard = (data: Heard['data'], type = 'referral.state'): Heard => ({ type, subject: 'R', data });
  const none = { all: 0, emergencies: 0 };
  t.strictSame(counted(none, heard({ role: 'recipient', state: 'received', version: 1 })), {
    all: 1,
    emergencies: 0,
  });
  t.strictSame(counted(none, heard({ role: 'recipient', state: 'active', version: 1 })), {
    all: 1,
    emergencies: 1,
  });
  t.equal(counted(none, heard({ role: 'recipient', state: 'accepted', version: 2 })), none);
  t.equal(counted(none, heard({ role: 'initiator', state: 'requested', version: 1 })), none, 'our own');
  t.equal(counted(none, heard({ role: 'recipient', state: 'active', version: 1 }, 'referral.overdue')), none);
});
