import { sql } from 'kysely';
import { insertion, query } from '../../store/query.ts';
import type { CatalogueTables } from './tables.ts';

export type DownloadRow = CatalogueTables['catalogue_downloads'];

export const insertDownload = insertion('catalogue.insertDownload', 'catalogue_downloads', [
  'id',
  'insurer',
  'kind',
  'client',
  'state',
  'whole',
  'rows',
  'expected',
  'tries',
  'gateway',
  'cause_code',
  'cause_reason',
  'created_at',
  'updated_at',
]);

export const downloadById = query<{ id: string }, DownloadRow>(
  'catalogue.download',
  (db, arg) => db.selectFrom('catalogue_downloads').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

/** Downloads under way, with the time until which each is believed alive. */
export const runningDownloads = query<{ limit: number }, DownloadRow & { lease_until: number }>(
  'catalogue.running',
  (db, arg) =>
    db
      .selectFrom('catalogue_downloads as d')
      .innerJoin('catalogue_versions as v', (join) =>
        join
          .onRef('v.insurer', '=', 'd.insurer')
          .onRef('v.kind', '=', 'd.kind')
          .onRef('v.download_id', '=', 'd.id'),
      )
      .selectAll('d')
      .select('v.lease_until')
      .where('d.state', '=', sql.lit('running'))
      .orderBy('d.id')
      .limit(arg('limit')),
);

export const progressDownload = query<Pick<DownloadRow, 'id' | 'rows' | 'expected' | 'updated_at'>>(
  'catalogue.progress',
  (db, arg) =>
    db
      .updateTable('catalogue_downloads')
      .set({ rows: arg('rows'), expected: arg('expected'), updated_at: arg('updated_at') })
      .where('id', '=', arg('id')),
);

export const retryDownload = query<Pick<DownloadRow, 'id' | 'gateway' | 'updated_at'>>(
  'catalogue.retry',
  (db, arg) =>
    db
      .updateTable('catalogue_downloads')
      .set((set) => ({
        tries: set('tries', '+', 1),
        rows: 0,
        gateway: arg('gateway'),
        updated_at: arg('updated_at'),
      }))
      .where('id', '=', arg('id'))
      .where('state', '=', sql.lit('running')),
);

export const endDownload = query<
  Pick<DownloadRow, 'id' | 'state' | 'cause_code' | 'cause_reason' | 'updated_at'>
>('catalogue.end', (db, arg) =>
  db
    .updateTable('catalogue_downloads')
    .set({
      state: arg('state'),
      cause_code: arg('cause_code'),
      cause_reason: arg('cause_reason'),
      updated_at: arg('updated_at'),
    })
    .where('id', '=', arg('id'))
    .where('state', '=', sql.lit('running')),
);
