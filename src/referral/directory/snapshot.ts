import type {
  Agreement,
  OrganisationQuery,
  OrganisationRecord,
  OrganisationView,
} from '../../../schemas/directory.ts';
import { timestampOf } from '../../clock.ts';
import { hasWhatIs, isOpen, type Knowledge, knowledgeOf } from '../routing.ts';
import type { RecordRow } from './queries.ts';

/** The directory at one revision, in memory: what routing asks for each message. */
export interface Snapshot extends Knowledge {
  readonly revision: number;
  readonly rows: ReadonlyMap<string, RecordRow>;
  readonly organisations: readonly OrganisationRecord[];
  readonly agreementRows: readonly RecordRow[];
}

/** `own` stands in for our own record until the store has one. */
export function snapshotOf(
  own: OrganisationRecord,
  revision: number,
  rows: readonly RecordRow[],
  agreementRows: readonly RecordRow[],
): Snapshot {
  const organisations = rows.map((row) => recordOf<OrganisationRecord>(row));
  const us = organisations.find(({ code }) => code === own.code) ?? own;
  const agreements = agreementRows.map((row) => recordOf<Agreement>(row));
  return {
    ...knowledgeOf(us, organisations, agreements),
    revision,
    rows: new Map(rows.map((row) => [row.code, row])),
    organisations,
    agreementRows,
  };
}

export function recordOf<R>(row: RecordRow): R {
  return JSON.parse(row.record) as R;
}

/** An organisation as an answer shows it. */
export function viewOf(snapshot: Snapshot, row: RecordRow, day: string): OrganisationView {
  const record = recordOf<OrganisationRecord>(row);
  const isOwn = record.code === snapshot.own.code;
  const way = isOwn ? [] : snapshot.ways.wayTo(record.code);
  const reach = isOwn ? 'own' : way === undefined ? 'none' : way.length === 1 ? 'direct' : 'relayed';
  return {
    ...record,
    open: isOpen(record, day),
    own: isOwn,
    reach,
    way: way ?? [],
    source: row.source,
    version: row.version,
    updatedAt: timestampOf(row.updated_at),
  };
}

/** In the order of their codes, after the one of the cursor; one more than asked for when there are more. */
export function listOf(
  snapshot: Snapshot,
  query: Omit<OrganisationQuery, 'limit'> & { readonly limit: number },
  day: string,
): OrganisationView[] {
  const views: OrganisationView[] = [];
  for (const row of snapshot.rows.values()) {
    if (query.after !== undefined && row.code <= query.after) continue;
    const view = viewOf(snapshot, row, day);
    if (fits(view, query)) views.push(view);
    if (views.length > query.limit) break;
  }
  return views;
}

function fits(view: OrganisationView, query: OrganisationQuery): boolean {
  const { level, division, parent, department, service, capability, reach, open } = query;
  const need = { department, service, capabilities: capability === undefined ? [] : [capability] };
  return (
    (level === undefined || view.level === level) &&
    (division === undefined || (view.division ?? '').startsWith(division)) &&
    (parent === undefined || view.parent === parent) &&
    (reach === undefined || view.reach === reach) &&
    (open === undefined || String(view.open) === open) &&
    hasWhatIs(need as Parameters<typeof hasWhatIs>[0], view)
  );
}
