import { type ColumnDefinitionBuilder, sql } from 'kysely';
import type { Step } from '../migrate.ts';

/** The last version of a row that has none yet: the largest number that is exact everywhere. */
const FOREVER = 9_007_199_254_740_991;

/** Catalogues of insurers in versions, their downloads, and the institution's own codes matched to them. */
export const catalogues: Step = async (db, types) => {
  const notNull = (c: ColumnDefinitionBuilder) => c.notNull();
  /** Compared byte by byte whatever the database's language, so that a prefix is a range. */
  const code = types.dialect === 'postgres' ? sql`text collate "C"` : ('text' as const);
  await db.schema
    .createTable('catalogue_versions')
    .addColumn('insurer', 'text', notNull)
    .addColumn('kind', 'text', notNull)
    .addColumn('number', types.integer, notNull)
    .addColumn('version', 'text')
    .addColumn('items', types.integer, notNull)
    .addColumn('loaded_at', types.integer)
    .addColumn('download_id', 'text')
    .addColumn('holder', 'text')
    .addColumn('lease_until', types.integer, notNull)
    .addPrimaryKeyConstraint('catalogue_versions_pk', ['insurer', 'kind'])
    .execute();
  await db.schema
    .createTable('catalogue_items')
    .addColumn('insurer', 'text', notNull)
    .addColumn('kind', 'text', notNull)
    .addColumn('code', code, notNull)
    .addColumn('variant', code, notNull)
    .addColumn('first_version', types.integer, notNull)
    .addColumn('last_version', types.integer, notNull)
    .addColumn('name', 'text', notNull)
    .addColumn('aliases', 'text')
    .addColumn('initials', code)
    .addColumn('leads_to', 'text')
    .addColumn('price_limit', 'text')
    .addColumn('self_pay', 'text')
    .addColumn('held_for', 'text')
    .addColumn('valid', types.integer, notNull)
    .addColumn('valid_from', 'text')
    .addColumn('valid_to', 'text')
    .addColumn('content', 'text', notNull)
    .addPrimaryKeyConstraint('catalogue_items_pk', ['insurer', 'kind', 'code', 'variant', 'first_version'])
    .execute();
  await db.schema
    .createIndex('catalogue_items_initials')
    .on('catalogue_items')
    .columns(['insurer', 'kind', 'initials', 'code', 'variant'])
    .where('initials', 'is not', null)
    .execute();
  // What a load that broke off had begun, and what an ended version leaves behind.
  await db.schema
    .createIndex('catalogue_items_first')
    .on('catalogue_items')
    .columns(['insurer', 'kind', 'first_version'])
    .execute();
  await db.schema
    .createIndex('catalogue_items_last')
    .on('catalogue_items')
    .columns(['insurer', 'kind', 'last_version'])
    .where('last_version', '<', sql.lit(FOREVER))
    .execute();
  await db.schema
    .createTable('catalogue_downloads')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('insurer', 'text', notNull)
    .addColumn('kind', 'text', notNull)
    .addColumn('client', 'text', notNull)
    .addColumn('state', 'text', notNull)
    .addColumn('whole', types.integer, notNull)
    .addColumn('rows', types.integer, notNull)
    .addColumn('expected', types.integer)
    .addColumn('tries', types.integer, notNull)
    .addColumn('gateway', 'text', notNull)
    .addColumn('cause_code', 'text')
    .addColumn('cause_reason', types.bytes)
    .addColumn('created_at', types.integer, notNull)
    .addColumn('updated_at', types.integer, notNull)
    .execute();
  await db.schema
    .createIndex('catalogue_downloads_running')
    .on('catalogue_downloads')
    .column('gateway')
    .where(sql<boolean>`state = 'running'`)
    .execute();
  await db.schema
    .createTable('code_mappings')
    .addColumn('insurer', 'text', notNull)
    .addColumn('local_code', code, notNull)
    .addColumn('kind', 'text', notNull)
    .addColumn('local_name', 'text', notNull)
    .addColumn('national_code', 'text', notNull)
    .addColumn('valid_from', 'text', notNull)
    .addColumn('valid_to', 'text', notNull)
    .addColumn('dosage_form', 'text')
    .addColumn('specification', 'text')
    .addColumn('approval_number', 'text')
    .addColumn('unit', 'text')
    .addColumn('state', 'text', notNull)
    .addColumn('uploaded', 'text')
    .addColumn('exchange_id', 'text')
    .addColumn('cause_reason', types.bytes)
    .addColumn('version', types.integer, notNull)
    .addColumn('updated_at', types.integer, notNull)
    .addPrimaryKeyConstraint('code_mappings_pk', ['insurer', 'local_code'])
    .execute();
  await db.schema
    .createIndex('code_mappings_state')
    .on('code_mappings')
    .columns(['insurer', 'state', 'local_code'])
    .execute();
};
