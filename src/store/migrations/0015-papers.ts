import { type ColumnDefinitionBuilder, sql } from 'kysely';
import type { Step } from '../migrate.ts';

/** Files that go with referrals, and results offered for recognition. */
export const papers: Step = async (db, types) => {
  const notNull = (c: ColumnDefinitionBuilder) => c.notNull();
  await db.schema
    .createTable('referral_attachments')
    .addColumn('peer', 'text', notNull)
    .addColumn('case_id', 'text', notNull)
    .addColumn('role', 'text', notNull)
    .addColumn('id', 'text', notNull)
    .addColumn('origin', 'text', notNull)
    .addColumn('correlation_id', 'text', notNull)
    .addColumn('number', types.integer, notNull)
    .addColumn('head', types.bytes, notNull)
    .addColumn('bytes', types.integer, notNull)
    .addColumn('sha256', 'text', notNull)
    .addColumn('state', 'text', notNull)
    .addColumn('reason', 'text')
    .addColumn('parts', types.integer, notNull)
    .addColumn('queued', types.integer, notNull)
    .addColumn('done', types.integer, notNull)
    .addColumn('file', 'text')
    .addColumn('file_key', types.bytes)
    .addColumn('created_at', types.integer, notNull)
    .addColumn('updated_at', types.integer, notNull)
    .addPrimaryKeyConstraint('referral_attachments_pk', ['peer', 'case_id', 'role', 'id'])
    .execute();
  await db.schema.createIndex('referral_attachments_id').on('referral_attachments').column('id').execute();
  await db.schema
    .createIndex('referral_attachments_file')
    .on('referral_attachments')
    .column('file')
    .where('file', 'is not', null)
    .execute();
  await db.schema
    .createIndex('referral_attachments_unfinished')
    .on('referral_attachments')
    .column('updated_at')
    .where(sql<boolean>`state in ('sending', 'whole')`)
    .execute();
  await db.schema
    .createIndex('referral_attachments_receiving')
    .on('referral_attachments')
    .columns(['peer', 'updated_at'])
    .where(sql<boolean>`state in ('receiving', 'whole')`)
    .execute();
  await db.schema
    .createTable('referral_attachment_parts')
    .addColumn('peer', 'text', notNull)
    .addColumn('case_id', 'text', notNull)
    .addColumn('role', 'text', notNull)
    .addColumn('id', 'text', notNull)
    .addColumn('part', types.integer, notNull)
    .addColumn('data', types.bytes, notNull)
    .addPrimaryKeyConstraint('referral_attachment_parts_pk', ['peer', 'case_id', 'role', 'id', 'part'])
    .execute();
  await db.schema
    .createTable('referral_results')
    .addColumn('peer', 'text', notNull)
    .addColumn('case_id', 'text', notNull)
    .addColumn('role', 'text', notNull)
    .addColumn('origin', 'text', notNull)
    .addColumn('number', types.integer, notNull)
    .addColumn('correlation_id', 'text', notNull)
    .addColumn('body', types.bytes, notNull)
    .addColumn('recognition', types.bytes)
    .addColumn('recognised_at', types.integer)
    .addColumn('created_at', types.integer, notNull)
    .addPrimaryKeyConstraint('referral_results_pk', ['peer', 'case_id', 'role', 'origin', 'number'])
    .execute();
};
