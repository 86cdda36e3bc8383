import type { Expression, ExpressionBuilder, Kysely, Nullable, SqlBool } from 'kysely';
import type { Compilable } from '../store/query.ts';
import type { Tables } from '../store/tables.ts';
import type { DeliveryRow } from './queries.ts';

/** By what deliveries are looked for; what is left out does not matter. */
export interface DeliveryFilter {
  readonly state?: DeliveryRow['state'] | undefined;
  readonly organisation?: string | undefined;
  /** The id of the delivery, of its message or of its case. */
  readonly about?: string | undefined;
  readonly messageId?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly type?: string | undefined;
  readonly reason?: string | undefined;
  /** Epoch ms of its creation: from, and before. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** The cases of a person; none of them: nothing is found. */
  readonly cases?: readonly string[] | undefined;
}

/** What a list shows of a delivery: all but what it says, which is much to read of many. */
const COLUMNS = [
  'id',
  'organisation',
  'message_id',
  'type',
  'correlation_id',
  'state',
  'attempts',
  'next_at',
  'last_error',
  'expires_at',
  'receipt_at',
  'replay_of',
  'sender',
  'receiver',
  'reached_at',
  'created_at',
  'updated_at',
  'priority',
  'reason',
] as const;

/** A delivery as it is shown: with the one that sends its message again, if any. */
export type ShownRow = Pick<DeliveryRow, (typeof COLUMNS)[number]> & { readonly replayed_as: string | null };

/** Newest first, from below `after`; one row more than asked for when there are more. */
export function deliveriesFound(
  db: Kysely<Tables>,
  filter: DeliveryFilter,
  { limit, after }: { limit: number; after?: string | undefined },
): Compilable {
  const rows = withReplays(db)
    .select(COLUMNS.map((column) => `d.${column}` as const))
    .select('again.id as replayed_as')
    .where((eb) => matching(eb, filter));
  return (after === undefined ? rows : rows.where('d.id', '<', after))
    .orderBy('d.id', 'desc')
    .limit(limit + 1);
}

/** How many dead ones among them were not sent again yet. */
export function replayableCount(db: Kysely<Tables>, filter: DeliveryFilter): Compilable {
  return replayable(db, filter).select(({ fn }) => fn.countAll().as('count'));
}

/** The oldest of those, so that the messages of a case keep their order. */
export function replayableIds(db: Kysely<Tables>, filter: DeliveryFilter, limit: number): Compilable {
  return replayable(db, filter).select('d.id').orderBy('d.id').limit(limit);
}

function replayable(db: Kysely<Tables>, filter: DeliveryFilter) {
  return withReplays(db)
    .where((eb) => matching(eb, { ...filter, state: 'dead' }))
    .where('again.id', 'is', null);
}

function withReplays(db: Kysely<Tables>) {
  return db.selectFrom('deliveries as d').leftJoin('deliveries as again', 'again.replay_of', 'd.id');
}

type Joined = Tables & { d: DeliveryRow; again: Nullable<DeliveryRow> };

function matching(eb: ExpressionBuilder<Joined, 'd' | 'again'>, filter: DeliveryFilter): Expression<SqlBool> {
  const { state, organisation, about, messageId, correlationId, type, reason, since, until, cases } = filter;
  return eb.and([
    ...(state === undefined ? [] : [eb('d.state', '=', state)]),
    ...(organisation === undefined ? [] : [eb('d.organisation', '=', organisation)]),
    ...(about === undefined
      ? []
      : [
          eb.or([eb('d.id', '=', about), eb('d.message_id', '=', about), eb('d.correlation_id', '=', about)]),
        ]),
    ...(cases === undefined
      ? []
      : [cases.length === 0 ? eb.lit(false) : eb('d.correlation_id', 'in', cases)]),
    ...(messageId === undefined ? [] : [eb('d.message_id', '=', messageId)]),
    ...(correlationId === undefined ? [] : [eb('d.correlation_id', '=', correlationId)]),
    ...(type === undefined ? [] : [eb('d.type', '=', type)]),
    ...(reason === undefined ? [] : [eb('d.reason', '=', reason)]),
    ...(since === undefined ? [] : [eb('d.created_at', '>=', since)]),
    ...(until === undefined ? [] : [eb('d.created_at', '<', until)]),
  ]);
}
