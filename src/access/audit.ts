import { hash } from 'node:crypto';
import { type Clock, timestampOf } from '../clock.ts';
import type { Store, Unit } from '../store/port.ts';
import { insertion, query } from '../store/query.ts';
import type { AccessTables } from './tables.ts';

type Row = AccessTables['audit'];

/** Who did what to which record. Never holds personal data itself: only ids and codes. */
export interface AuditEntry {
  /** The API client, or `gateway` for what the gateway does by itself. */
  readonly client: string;
  /** What was done, as a verb: read, create, confirm, reverse, resolve, … */
  readonly act: string;
  /** What kind of record: reading, settlement, referral, exchange, delivery, audit. */
  readonly kind: string;
  /** The record's id. */
  readonly subject: string;
  readonly requestId: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

const lastOfChain = query<{ chain: string }, Pick<Row, 'seq' | 'hash'>>(
  'audit.lastOfChain',
  (db, arg) =>
    db
      .selectFrom('audit')
      .select(['seq', 'hash'])
      .where('chain', '=', arg('chain'))
      .orderBy('seq', 'desc')
      .limit(1),
  { hot: true },
);

const append = insertion('audit.append', 'audit', [
  'chain',
  'seq',
  'at',
  'client',
  'act',
  'kind',
  'subject',
  'request_id',
  'detail',
  'hash',
]);

const chainPart = query<{ chain: string; after: number; limit: number }, Row>('audit.chainPart', (db, arg) =>
  db
    .selectFrom('audit')
    .selectAll()
    .where('chain', '=', arg('chain'))
    .where('seq', '>', arg('after'))
    .orderBy('seq')
    .limit(arg('limit')),
);

const chains = query<object, { chain: string }>('audit.chains', (db) =>
  db.selectFrom('audit').select('chain').distinct(),
);

/**
 * The audit trail: one hash chain per writer of the store, so that writers never wait for each other. A row's hash
 * covers its content and the hash before it; a row that was changed, removed or slipped in breaks its chain.
 */
export class AuditTrail {
  readonly #store: Store;
  readonly #gatewayId: string;
  readonly #clock: Clock;
  /** The end of the chain as each open transaction has it, so that it is looked up once for each. */
  readonly #ends = new WeakMap<object, Pick<Row, 'seq' | 'hash'>>();

  constructor(store: Store, gatewayId: string, clock: Clock) {
    this.#store = store;
    this.#gatewayId = gatewayId;
    this.#clock = clock;
  }

  /** Adds an entry within the unit of work that makes the change, so that neither exists without the other. */
  async add(unit: Unit, entry: AuditEntry): Promise<void> {
    const chain = `${this.#gatewayId}/${unit.lane}`;
    const last = this.#ends.get(unit.transaction) ?? (await unit.one(lastOfChain, { chain }));
    const content = {
      chain,
      seq: (last?.seq ?? 0) + 1,
      at: this.#clock.now(),
      client: entry.client,
      act: entry.act,
      kind: entry.kind,
      subject: entry.subject,
      request_id: entry.requestId,
      detail: JSON.stringify(entry.detail ?? {}),
    };
    const row = { ...content, hash: hashOf(content, last?.hash ?? '') };
    await unit.run(append, row);
    this.#ends.set(unit.transaction, row);
  }

  /** Adds an entry for a look, which changes nothing else. */
  async look(entry: AuditEntry): Promise<void> {
    await this.#store.write((unit) => this.add(unit, entry));
  }

  /** Walks every chain; answers the first broken row of each, or nothing when all hold. */
  async verify(): Promise<{ chain: string; seq: number; at: string }[]> {
    const broken: { chain: string; seq: number; at: string }[] = [];
    for (const { chain } of await this.#store.all(chains, {})) {
      const row = await this.#firstBroken(chain);
      if (row) broken.push({ chain, seq: row.seq, at: timestampOf(row.at) });
    }
    return broken;
  }

  async #firstBroken(chain: string): Promise<Row | undefined> {
    let before = { seq: 0, hash: '' };
    for (;;) {
      const rows = await this.#store.all(chainPart, { chain, after: before.seq, limit: 1_000 });
      for (const row of rows) {
        const { hash, ...content } = row;
        if (row.seq !== before.seq + 1 || hashOf(content, before.hash) !== hash) return row;
        before = row;
      }
      if (rows.length === 0) return undefined;
    }
  }
}

function hashOf(row: Omit<Row, 'hash'>, before: string): string {
  const content = [
    before,
    row.chain,
    row.seq,
    row.at,
    row.client,
    row.act,
    row.kind,
    row.subject,
    row.request_id,
    row.detail,
  ];
  return hash('sha256', JSON.stringify(content), 'base64url');
}
