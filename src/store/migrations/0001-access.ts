import type { Step } from '../migrate.ts';

/** The audit trail, remembered requests, and counters that must not repeat. */
export const access: Step = async (db, types) => {
  await db.schema
    .createTable('audit')
    .addColumn('chain', 'text', (c) => c.notNull())
    .addColumn('seq', types.integer, (c) => c.notNull())
    .addColumn('at', types.integer, (c) => c.notNull())
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('act', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('request_id', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('audit_pk', ['chain', 'seq'])
    .execute();
  await db.schema.createIndex('audit_at').on('audit').columns(['at', 'chain', 'seq']).execute();
  await db.schema.createIndex('audit_subject').on('audit').columns(['kind', 'subject', 'at']).execute();
  await db.schema
    .createTable('requests')
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('resource_id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('runner', 'text', (c) => c.notNull())
    .addColumn('status', types.integer)
    .addColumn('body', types.bytes)
    .addColumn('claimed_at', types.integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('requests_pk', ['client', 'key'])
    .execute();
  await db.schema.createIndex('requests_claimed').on('requests').column('claimed_at').execute();
  await db.schema
    .createTable('counters')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', types.integer, (c) => c.notNull())
    .execute();
};
