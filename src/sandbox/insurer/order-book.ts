import type { DatabaseSync } from 'node:sqlite';

/** An order of mobile pay. */
export interface OrderRow {
  readonly pay_ord_id: string;
  readonly pay_token: string;
  /** The institution's number of it. */
  readonly med_org_ord: string;
  readonly psn_no: string;
  readonly insutype: string;
  readonly certno: string;
  readonly year: string;
  readonly shares: string;
  /** ordStas. */
  readonly state: string;
  readonly created_at: number;
  /** When the patient, who takes their time, will have paid. */
  readonly pays_at: number | null;
  readonly paid_at: number | null;
  /** The institution's number of its refund. */
  readonly refund: string | null;
}

/** The orders that the virtual mobile-pay centre knows. */
export class OrderBook {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(`create table if not exists orders (pay_ord_id text primary key, pay_token text not null,
      med_org_ord text not null unique, psn_no text not null, insutype text not null, certno text not null,
      year text not null, shares text not null, state text not null, created_at integer not null, pays_at integer,
      paid_at integer, refund text)`);
  }

  /** False when the institution has used its number before. */
  add(row: OrderRow): boolean {
    const sql = `insert into orders values (:pay_ord_id, :pay_token, :med_org_ord, :psn_no, :insutype, :certno, :year,
      :shares, :state, :created_at, :pays_at, :paid_at, :refund) on conflict do nothing`;
    return this.#db.prepare(sql).run({ ...row }).changes === 1;
  }

  order(payOrdId: string): OrderRow | undefined {
    return this.#db.prepare('select * from orders where pay_ord_id = ?').get(payOrdId) as
      | OrderRow
      | undefined;
  }

  change(
    order: OrderRow,
    change: Partial<Pick<OrderRow, 'state' | 'pays_at' | 'paid_at' | 'refund'>>,
  ): OrderRow {
    const { pay_ord_id, state, pays_at, paid_at, refund } = { ...order, ...change };
    this.#db
      .prepare('update orders set state = ?, pays_at = ?, paid_at = ?, refund = ? where pay_ord_id = ?')
      .run(state, pays_at, paid_at, refund, pay_ord_id);
    return { ...order, ...change };
  }

  orders(): OrderRow[] {
    return this.#db.prepare('select * from orders order by rowid').all() as unknown as OrderRow[];
  }
}
