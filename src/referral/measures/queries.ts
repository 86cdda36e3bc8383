import { type RawBuilder, sql } from 'kysely';
import type { Grouping } from '../../../schemas/measure.ts';
import type { Priority } from '../../../schemas/referral.ts';
import { monthOf } from '../../store/china-days.ts';
import type { Store } from '../../store/port.ts';
import { type Dialect, query } from '../../store/query.ts';
import { ANSWER_MINUTES, type Limits } from './rules.ts';
import type { MeasureTables } from './tables.ts';

/** What is known first stays: times are only ever added. */
export const addTimes = query<MeasureTables['referral_times']>(
  'measure.addTimes',
  (db, arg) =>
    db
      .insertInto('referral_times')
      .values({
        referral_id: arg('referral_id'),
        sent_at: arg('sent_at'),
        answered_at: arg('answered_at'),
        closed_at: arg('closed_at'),
        acknowledged_at: arg('acknowledged_at'),
      })
      .onConflict((conflict) =>
        conflict.column('referral_id').doUpdateSet((eb) => ({
          sent_at: eb.fn.coalesce('referral_times.sent_at', 'excluded.sent_at'),
          answered_at: eb.fn.coalesce('referral_times.answered_at', 'excluded.answered_at'),
          closed_at: eb.fn.coalesce('referral_times.closed_at', 'excluded.closed_at'),
          acknowledged_at: eb.fn.coalesce('referral_times.acknowledged_at', 'excluded.acknowledged_at'),
        })),
      ),
  { hot: true },
);

/** What is counted: referrals created from `from` until before `until`, as they stand at `now`. */
export interface Span {
  readonly from: number;
  readonly until: number;
  readonly now: number;
  readonly role?: 'initiator' | 'recipient' | undefined;
  /** The other end. */
  readonly organisation?: string | undefined;
}

const COUNTED = [
  'referrals',
  'delivered',
  'delivered_of',
  'answered',
  'answered_of',
  'returned',
  'returned_of',
  'closed',
  'closed_of',
  'answers',
  'answers_ms',
] as const;

const MINUTE_MS = 60_000;

type AnswersWithin = `answers_within_${number}`;

/** Referrals that were answered within so many minutes. */
export function answersWithin(minutes: number): AnswersWithin {
  return `answers_within_${minutes}`;
}

export type CountRow = Readonly<Record<(typeof COUNTED)[number] | AnswersWithin, number>>;
export type GroupRow = CountRow & { readonly key: string | null; readonly role: string | null };

/** Counts in the database, in one pass over the index of the time of creation: no referral is loaded. */
export async function countReferrals(
  store: Store,
  span: Span,
  limits: Limits,
  grouping?: Grouping,
): Promise<GroupRow[]> {
  const key = keyOf(grouping, store.dialect);
  const role = grouping === 'hop' ? sql<string | null>`r.role` : sql<string | null>`null`;
  const rows = await store.list<GroupRow>((db) => {
    let counted = db
      .selectFrom('referrals as r')
      .leftJoin('referral_times as t', 't.referral_id', 'r.id')
      .where('r.created_at', '>=', span.from)
      .where('r.created_at', '<', span.until)
      // Neither what waits for a review nor what did not pass it was ever sent.
      .where((eb) => eb.or([eb('r.role', '=', 'recipient'), eb('r.own_seq', '>', 0)]))
      .select(({ fn }) => [
        key.as('key'),
        role.as('role'),
        fn.countAll<number>().as('referrals'),
        ...sums(limits, span.now),
      ]);
    if (span.role) counted = counted.where('r.role', '=', span.role);
    if (span.organisation) counted = counted.where('r.peer', '=', span.organisation);
    if (grouping) counted = counted.groupBy(grouping === 'hop' ? [key, role] : key).orderBy(key);
    return counted;
  });
  return rows.map((row) => ({ ...row, ...numbersOf(row) }));
}

/** Referrals sent that were taken up, by the organisation they went to. */
export async function countTakenUp(
  store: Store,
  { from, until }: Span,
): Promise<{ peer: string; count: number }[]> {
  const rows = await store.list<{ peer: string; count: number }>((db) =>
    db
      .selectFrom('referrals as r')
      .innerJoin('referral_times as t', 't.referral_id', 'r.id')
      .where('r.created_at', '>=', from)
      .where('r.created_at', '<', until)
      .where('r.role', '=', 'initiator')
      .where('r.state', 'not in', ['declined', 'cancelled'])
      .where('t.answered_at', 'is not', null)
      .groupBy('r.peer')
      .select(({ fn }) => ['r.peer as peer', fn.countAll<number>().as('count')]),
  );
  return rows.map(({ peer, count }) => ({ peer, count: Number(count) }));
}

function sums(limits: Limits, now: number) {
  const at = sql.lit(now);
  const delivered = byPriority(limits.deliveredMs);
  const answered = byPriority(limits.answeredMs);
  const returned = byPriority(limits.returnedMs);
  const closed = sql.lit(limits.closedMs);
  const sent = sql`r.role = 'initiator'`;
  const since = sql`coalesce(t.sent_at, r.created_at)`;
  const stands = sql`t.answered_at is not null and r.state not in ('declined', 'cancelled')`;
  const outcome = sql`r.state = 'completed' and t.acknowledged_at is not null`;
  const hasAnswer = sql`r.received_at is not null and t.answered_at is not null`;
  const waited = sql`t.answered_at - r.received_at`;
  const isClosed = sql`r.closed = 1 and t.acknowledged_at is not null`;
  return [
    sum(sql`${sent} and r.received_at - ${since} <= ${delivered}`).as('delivered'),
    sum(sql`${sent} and (r.received_at is not null or ${since} + ${delivered} < ${at})`).as('delivered_of'),
    sum(sql`r.received_at is not null and t.answered_at - r.received_at <= ${answered}`).as('answered'),
    sum(
      sql`r.received_at is not null and (t.answered_at is not null or (r.closed = 0 and r.received_at + ${answered} < ${at}))`,
    ).as('answered_of'),
    sum(sql`${stands} and ${outcome} and t.acknowledged_at - t.answered_at <= ${returned}`).as('returned'),
    sum(sql`${stands} and ((${outcome}) or t.answered_at + ${returned} < ${at})`).as('returned_of'),
    sum(sql`${isClosed} and t.acknowledged_at - r.created_at <= ${closed}`).as('closed'),
    sum(sql`(${isClosed}) or r.created_at + ${closed} < ${at}`).as('closed_of'),
    sum(hasAnswer).as('answers'),
    sql<number>`coalesce(sum(case when ${hasAnswer} then ${waited} else 0 end), 0)`.as('answers_ms'),
    ...ANSWER_MINUTES.map((minutes) =>
      sum(sql`${hasAnswer} and ${waited} <= ${sql.lit(minutes * MINUTE_MS)}`).as(answersWithin(minutes)),
    ),
  ] as const;
}

function sum(condition: RawBuilder<unknown>): RawBuilder<number> {
  return sql<number>`coalesce(sum(case when ${condition} then 1 else 0 end), 0)`;
}

/** Written into the text: PostgreSQL would not know what kind of number an argument is. */
function byPriority({ routine, urgent, stat }: Readonly<Record<Priority, number>>): RawBuilder<number> {
  return sql<number>`(case r.priority when 'stat' then ${sql.lit(stat)} when 'urgent' then ${sql.lit(urgent)} else ${sql.lit(routine)} end)`;
}

function keyOf(grouping: Grouping | undefined, dialect: Dialect): RawBuilder<string | null> {
  switch (grouping) {
    case undefined:
      return sql<string | null>`null`;
    case 'month':
      return monthOf('r.created_at', dialect);
    case 'priority':
      return sql<string>`r.priority`;
    case 'direction':
      return sql<string>`r.direction`;
    case 'organisation':
    case 'hop':
      return sql<string>`r.peer`;
  }
}

function numbersOf(row: CountRow): CountRow {
  const names = [...COUNTED, ...ANSWER_MINUTES.map(answersWithin)];
  return Object.fromEntries(names.map((name) => [name, Number(row[name])])) as CountRow;
}
