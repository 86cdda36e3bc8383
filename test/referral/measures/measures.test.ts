import fc from 'fast-check';
import t from 'tap';
import type { Grouping } from '../../../schemas/measure.ts';
import { chinaDate } from '../../../src/clock.ts';
import {
  addTimes,
  answersWithin,
  type CountRow,
  countReferrals,
} from '../../../src/referral/measures/queries.ts';
import { ANSWER_MINUTES, limitsOf } from '../../../src/referral/measures/rules.ts';
import { insertReferral, type ReferralRow } from '../../../src/referral/queries.ts';
import { temporaryStore } from '../../helper.ts';
import { PLAIN } from '../plain.ts';

const MINUTE_MS = 60_000;
const limits = limitsOf({
  deliveredWithinMinutes: { routine: 10, urgent: 5, stat: 1 },
  answeredWithinMinutes: { routine: 20, urgent: 10, stat: 2 },
  returnedWithinMinutes: { routine: 60, urgent: 60, stat: 30 },
  closedWithinDays: 1,
});
const START = Date.parse('2026-02-27T20:00:00+08:00');
const NOW = START + 4 * 86_400_000;

/** What befell one referral: waits in minutes from one step to the next; a step that has none never came. */
const history = fc.record({
  role: fc.constantFrom('initiator' as const, 'recipient' as const),
  peer: fc.constantFrom('HOSPITAL01', 'HOSPITAL02'),
  direction: fc.constantFrom('up' as const, 'down' as const),
  priority: fc.constantFrom('routine' as const, 'urgent' as const, 'stat' as const),
  createdAfter: fc.integer({ min: 0, max: 4 * 1_440 }),
  delivered: fc.option(fc.integer({ min: 0, max: 12 })),
  answered: fc.option(fc.integer({ min: 0, max: 24 })),
  closed: fc.option(fc.integer({ min: 0, max: 3_000 })),
  acknowledged: fc.option(fc.integer({ min: 0, max: 70 })),
  end: fc.constantFrom('completed' as const, 'declined' as const, 'cancelled' as const),
});
type History = typeof history extends fc.Arbitrary<infer H> ? H : never;

/** One referral as it lies in the store. */
function rowsOf(given: History, id: string) {
  const createdAt = START + given.createdAfter * MINUTE_MS;
  const after = (at: number | null, minutes: number | null) =>
    at === null || minutes === null ? null : at + minutes * MINUTE_MS;
  const receivedAt = given.role === 'recipient' ? createdAt : after(createdAt, given.delivered);
  const answeredAt = after(receivedAt, given.answered);
  const closedAt = after(answeredAt, given.closed);
  const acknowledgedAt = after(closedAt, given.acknowledged);
  const { role, peer, direction, priority } = given;
  const row = {
    ...PLAIN,
    ...{ id, case_id: id, correlation_id: id, role, peer, direction, priority },
    state: closedAt !== null ? given.end : answeredAt !== null ? 'accepted' : 'received',
    closed: closedAt === null ? 0 : 1,
    ...{ confirmed: 'received', confirmed_before: null, own_seq: 1, peer_seq: 0, seen: 1 },
    ...{ received_at: receivedAt, event_count: 1, version: 1, body: new Uint8Array(1), person: 'p' },
    ...{ created_at: createdAt, updated_at: createdAt },
  } as unknown as ReferralRow;
  const times = { answered_at: answeredAt, closed_at: closedAt, acknowledged_at: acknowledgedAt };
  return { row, times };
}

type Rows = ReturnType<typeof rowsOf>;

/** The plain recount, written from the definitions in docs/measures.md. */
function recount(all: readonly Rows[]): CountRow {
  const counted = { referrals: all.length } as Record<string, number>;
  const count = (name: string, part: (each: Rows) => boolean, of: (each: Rows) => boolean) => {
    counted[`${name}_of`] = all.filter(of).length;
    counted[name] = all.filter((each) => of(each) && part(each)).length;
  };
  const isOver = (at: number | null, limit: number) => at !== null && at + limit < NOW;
  count(
    'delivered',
    ({ row }) =>
      row.received_at !== null && row.received_at - row.created_at <= limits.deliveredMs[row.priority],
    ({ row }) =>
      row.role === 'initiator' &&
      (row.received_at !== null || isOver(row.created_at, limits.deliveredMs[row.priority])),
  );
  count(
    'answered',
    ({ row, times }) =>
      times.answered_at !== null && times.answered_at - row.received_at! <= limits.answeredMs[row.priority],
    ({ row, times }) =>
      row.received_at !== null &&
      (times.answered_at !== null ||
        (row.closed === 0 && isOver(row.received_at, limits.answeredMs[row.priority]))),
  );
  const isReturned = ({ row, times }: Rows) => row.state === 'completed' && times.acknowledged_at !== null;
  count(
    'returned',
    (each) =>
      isReturned(each) &&
      each.times.acknowledged_at! - each.times.answered_at! <= limits.returnedMs[each.row.priority],
    (each) =>
      each.times.answered_at !== null &&
      each.row.state !== 'declined' &&
      each.row.state !== 'cancelled' &&
      (isReturned(each) || isOver(each.times.answered_at, limits.returnedMs[each.row.priority])),
  );
  count(
    'closed',
    ({ row, times }) =>
      times.acknowledged_at !== null && times.acknowledged_at - row.created_at <= limits.closedMs,
    ({ row, times }) => times.acknowledged_at !== null || isOver(row.created_at, limits.closedMs),
  );
  const waits = all.flatMap(({ row, times }) =>
    row.received_at === null || times.answered_at === null ? [] : [times.answered_at - row.received_at],
  );
  counted.answers = waits.length;
  counted.answers_ms = waits.reduce((sum, wait) => sum + wait, 0);
  for (const minutes of ANSWER_MINUTES)
    counted[answersWithin(minutes)] = waits.filter((wait) => wait <= minutes * MINUTE_MS).length;
  return counted as unknown as CountRow;
}

const keys: Record<Grouping, (row: ReferralRow) => string> = {
  priority: ({ priority }) => priority,
  direction: ({ direction }) => direction,
  organisation: ({ peer }) => peer,
  hop: ({ peer, role }) => `${peer} ${role}`,
  month: ({ created_at }) => chinaDate(created_at).slice(0, 7),
};

t.test('whatever befell referrals, the database counts what a plain recount counts', async (t) => {
  const store = await temporaryStore(t);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(history, { maxLength: 25 }), async (histories) => {
      run += 1;
      // A run of its own lies in a time of its own: rows of earlier runs stay where they are.
      const shift = run * 400 * 86_400_000;
      const all = histories.map((given, index) => rowsOf(given, `r-${run}-${index}`));
      await store.write(async (unit) => {
        for (const { row, times } of all) {
          const at = (time: number | null) => (time === null ? null : time + shift);
          await unit.run(insertReferral, {
            ...row,
            created_at: row.created_at + shift,
            received_at: at(row.received_at),
          });
          if (times.answered_at === null) continue;
          const [answered_at, closed_at, acknowledged_at] = [
            at(times.answered_at),
            at(times.closed_at),
            at(times.acknowledged_at),
          ];
          // As they come to be known, one after the other.
          const none = { sent_at: null, answered_at: null, closed_at: null, acknowledged_at: null };
          await unit.run(addTimes, { referral_id: row.id, ...none, answered_at });
          await unit.run(addTimes, { referral_id: row.id, ...none, closed_at });
          await unit.run(addTimes, { referral_id: row.id, ...none, acknowledged_at });
        }
      });
      const span = { from: START + shift, until: NOW + shift + 1, now: NOW + shift };
      const { key: _key, role: _role, ...total } = (await countReferrals(store, span, limits))[0]!;
      t.strictSame(total, recount(all));
      const sent = await countReferrals(store, { ...span, role: 'initiator' }, limits);
      t.match(sent[0], recount(all.filter(({ row }) => row.role === 'initiator')));
      for (const grouping of ['priority', 'direction', 'organisation', 'hop'] as const) {
        const keyOf = keys[grouping];
        const groups = await countReferrals(store, span, limits, grouping);
        const found = groups.map(({ key, role, ...counts }) => [
          grouping === 'hop' ? `${key} ${role}` : key,
          counts,
        ]);
        const expected = [...Map.groupBy(all, ({ row }) => keyOf(row))].map(([key, rows]) => [
          key,
          recount(rows),
        ]);
        t.strictSame(Object.fromEntries(found), Object.fromEntries(expected), grouping);
      }
    }),
    { numRuns: 25 },
  );
});

t.test('months are those of China', async (t) => {
  const store = await temporaryStore(t);
  const at = (text: string, id: string) =>
    store.write((unit) =>
      unit.run(insertReferral, {
        ...rowsOf(
          {
            ...{
              role: 'initiator',
              peer: 'HOSPITAL01',
              direction: 'up',
              priority: 'routine',
              createdAfter: 0,
            },
            ...{ delivered: null, answered: null, closed: null, acknowledged: null, end: 'completed' },
          },
          id,
        ).row,
        created_at: Date.parse(text),
      }),
    );
  await at('2026-02-28T23:59:59+08:00', 'february');
  await at('2026-03-01T00:00:00+08:00', 'march');
  const groups = await countReferrals(store, { from: 0, until: NOW * 2, now: NOW }, limits, 'month');
  t.strictSame(
    groups.map(({ key, referrals }) => [key, referrals]),
    [
      ['2026-02', 1],
      ['2026-03', 1],
    ],
  );
});
