import { DatabaseSync } from 'node:sqlite';
import { Vault } from '../../../src/access/vault.ts';

/** Settlements that each person has on file, however many there are in all. */
export const PER_PERSON = 20;

const HOUR_MS = 3_600_000;
const SINCE = Date.UTC(2020, 0, 1);

/**
 * Fills a gateway's store with settlements of years, as they would lie there: settled, each with its leg, its history,
 * its last exchange and an audit row, bodies of 300 bytes. One person in twenty settlements is the one that the bench
 * looks up. Straight into the file: over the interface it would take an hour.
 */
export function fill(file: string, count: number, dataKey: Buffer): void {
  const person = new Vault(dataKey).fingerprint('person', 'resident-id 111111198101011110');
  const db = new DatabaseSync(file);
  db.exec('pragma journal_mode = wal; pragma synchronous = off; pragma cache_size = -400000');
  db.exec('create temp table numbers (i integer primary key)');
  db.exec(
    `insert into numbers with recursive n(i) as (select 0 union all select i + 1 from n where i < ${count - 1}) select i from n`,
  );
  const id = "printf('01700000-0000-7000-8000-%012x', i)";
  const at = `${SINCE} + i * ${Math.max(1, Math.floor((40_000 * HOUR_MS) / count))}`;
  const who = `case when i % ${count / PER_PERSON} = 0 then '${person}' else 'person ' || (i % ${count / PER_PERSON}) end`;
  const rows: Record<string, Record<string, string>> = {
    settlements: {
      ...{ id, client: "'his'", bill_number: "'B' || i", person: who, state: "'settled'", attempt: '1' },
      ...{ version: '3', bill: 'randomblob(300)', total_fen: '15000', fund_fen: '7000', account_fen: '3000' },
      ...{ cash_fen: '5000', tries: '0', undecided: '0', created_at: at, updated_at: at },
    },
    legs: {
      ...{ settlement_id: id, ordinal: '1', insurer: "'nhsa'", bill_number: "'B' || i", live: '1' },
      ...{ state: "'settled'", quote: 'randomblob(300)', settled: 'randomblob(300)', number: "'S' || i" },
      ...{ settled_at: at, own_id: "'M' || i", money_exchange: id },
    },
    settlement_history: {
      ...{ settlement_id: id, seq: '1', at, to_state: "'settled'", event: "'accepted'", by_client: "'his'" },
      act: id,
    },
    exchanges: {
      ...{ id, insurer: "'nhsa'", '"transaction"': "'2207'", own_id: "'M' || i", purpose: "'settle'" },
      ...{ settlement_id: id, client: "'his'", effect: "'money'", request: 'randomblob(300)', sent_at: at },
      ...{
        deadline_at: at,
        outcome: "'accepted'",
        answer: 'randomblob(300)',
        status: '200',
        answered_at: at,
      },
    },
    audit: {
      ...{ chain: "'years/1'", seq: 'i + 1', at, client: "'his'", act: "'confirm'", kind: "'settlement'" },
      ...{ subject: id, request_id: id, detail: "'{}'", hash: "'of years'" },
    },
  };
  for (const [table, columns] of Object.entries(rows)) {
    db.exec(
      `insert into ${table} (${Object.keys(columns).join(', ')}) select ${Object.values(columns).join(', ')} from numbers`,
    );
  }
  // As the years would have left it: what the planner knows is what the gateway itself has let it know.
  db.exec('pragma wal_checkpoint(truncate)');
  db.close();
}
