import { DatabaseSync } from 'node:sqlite';

const MINUTE_MS = 60_000;
const SINCE = Date.UTC(2026, 0, 1);

/** Fills a gateway's store with deliveries of months as they would lie there: most delivered, one in fifty given up. */
export function fillDeliveries(file: string, count: number): void {
  const db = new DatabaseSync(file);
  const at = `${SINCE} + i * ${MINUTE_MS}`;
  const isDead = 'i % 50 = 0';
  const columns: Readonly<Record<string, string>> = {
    id: "printf('01990000-0000-7000-8000-%012x', i)",
    organisation: "case i % 3 when 0 then 'H11111100009' else 'H1111110' || (i % 40 + 1000) end",
    message_id: "'m' || i",
    type: "case i % 2 when 0 then 'referral.create' else 'referral.event' end",
    correlation_id: "'c' || (i / 4)",
    ...{ order_seq: 'i', body: 'randomblob(300)', attempts: 'i % 5 + 1', next_at: '0', lease_until: '0' },
    state: `case when ${isDead} then 'dead' else 'delivered' end`,
    last_error: `case when ${isDead} then 'delivery.expired' end`,
    reason: `case when ${isDead} then 'delivery.expired' end`,
    receipt_at: `case when ${isDead} then null else ${at} + 500 end`,
    ...{ expires_at: at, created_at: at, updated_at: at, message_at: at, priority: "'routine'" },
  };
  db.exec(`insert into deliveries (${Object.keys(columns).join(', ')})
    with recursive n(i) as (select 0 union all select i + 1 from n where i < ${count - 1})
    select ${Object.values(columns).join(', ')} from n`);
  db.exec('pragma wal_checkpoint(truncate)');
  db.close();
}
