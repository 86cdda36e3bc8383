import type { ColumnDefinitionBuilder } from 'kysely';
import type { Step } from '../migrate.ts';

/** The FHIR face: resources as they were posted, answered messages, subscriptions and what they are owed. */
export const fhir: Step = async (db, types) => {
  const notNull = (c: ColumnDefinitionBuilder) => c.notNull();
  // Searches page in the order of the last change.
  await db.schema.createIndex('referrals_updated').on('referrals').columns(['updated_at', 'id']).execute();
  await db.schema
    .createTable('fhir_kept')
    .addColumn('referral_id', 'text', (c) => c.primaryKey())
    .addColumn('content', types.bytes, notNull)
    .execute();
  await db.schema
    .createTable('fhir_identifiers')
    .addColumn('hash', 'text', notNull)
    .addColumn('referral_id', 'text', notNull)
    .addPrimaryKeyConstraint('fhir_identifiers_pk', ['hash', 'referral_id'])
    .execute();
  await db.schema
    .createTable('fhir_conditions')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('referral_id', 'text', notNull)
    .execute();
  await db.schema
    .createTable('fhir_messages')
    .addColumn('client', 'text', notNull)
    .addColumn('hash', 'text', notNull)
    .addColumn('fingerprint', 'text', notNull)
    .addColumn('status', types.integer, notNull)
    .addColumn('answer', types.bytes, notNull)
    .addColumn('answered_at', types.integer, notNull)
    .addPrimaryKeyConstraint('fhir_messages_pk', ['client', 'hash'])
    .execute();
  await db.schema.createIndex('fhir_messages_answered').on('fhir_messages').column('answered_at').execute();
  await db.schema
    .createTable('fhir_subscriptions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('client', 'text', notNull)
    .addColumn('status', 'text', notNull)
    .addColumn('topic', 'text', notNull)
    .addColumn('content', types.bytes, notNull)
    .addColumn('events', types.integer, notNull)
    .addColumn('delivered', types.integer, notNull)
    .addColumn('attempts', types.integer, notNull)
    .addColumn('due_at', types.integer)
    .addColumn('error', 'text')
    .addColumn('version', types.integer, notNull)
    .addColumn('created_at', types.integer, notNull)
    .addColumn('updated_at', types.integer, notNull)
    .execute();
  await db.schema
    .createIndex('fhir_subscriptions_due')
    .on('fhir_subscriptions')
    .columns(['due_at', 'id'])
    .where('due_at', 'is not', null)
    .execute();
  await db.schema
    .createTable('fhir_notifications')
    .addColumn('subscription_id', 'text', notNull)
    .addColumn('number', types.integer, notNull)
    .addColumn('referral_id', 'text', notNull)
    .addColumn('at', types.integer, notNull)
    .addPrimaryKeyConstraint('fhir_notifications_pk', ['subscription_id', 'number'])
    .execute();
  await db.schema.createIndex('fhir_notifications_at').on('fhir_notifications').column('at').execute();
};
