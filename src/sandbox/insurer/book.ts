import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type Fen, fenOf } from '../../money.ts';
import { NOTHING_USED, type Shares, type Used } from './benefits.ts';
import { type Counted, type LineRow, type SettlementRow, TABLES, type VisitRow } from './book-rows.ts';
import { FileShelf } from './file-shelf.ts';
import { OrderBook } from './order-book.ts';
import people from './people.json' with { type: 'json' };
import type { LedgerRow } from './port.ts';
import { PrescriptionBook } from './prescription-book.ts';
import { ReportBook } from './report-book.ts';
import { Shelf } from './shelf.ts';
import { Wards } from './wards.ts';

export type Person = (typeof people)[number];

export type { Counted, LineRow, SettlementRow, VisitRow } from './book-rows.ts';

/** What the virtual platform knows and keeps, in one SQLite file of its own. */
export class Book {
  readonly wards: Wards;
  readonly #db: DatabaseSync;
  readonly orders: OrderBook;
  readonly prescriptions: PrescriptionBook;
  readonly reports: ReportBook;
  readonly files: FileShelf;

  constructor(file: string | undefined) {
    if (file) mkdirSync(dirname(file), { recursive: true });
    this.#db = new DatabaseSync(file ?? ':memory:');
    this.#db.exec('pragma journal_mode = wal; pragma synchronous = normal;');
    this.#db.exec(TABLES);
    this.orders = new OrderBook(this.#db);
    this.prescriptions = new PrescriptionBook(this.#db);
    this.reports = new ReportBook(this.#db);
    this.wards = new Wards(this.#db);
    this.files = new FileShelf(this.#db);
    for (const person of people) this.#openAccounts(person);
  }

  /** All that one transaction does happens, or none of it. */
  atomically<T>(work: () => T): T {
    this.#db.exec('begin immediate');
    try {
      const result = work();
      this.#db.exec('commit');
      return result;
    } catch (error) {
      this.#db.exec('rollback');
      throw error;
    }
  }

  /** What a part of the platform keeps for itself. */
  shelf<T>(name: string): Shelf<T> {
    return new Shelf(this.#db, name);
  }

  /** The next of a series of numbers, from 1 on. */
  nextNumber(name: string): number {
    const row = this.#one<{ value: number }>(
      'insert into numbers values (?, 1) on conflict (name) do update set value = value + 1 returning value',
      name,
    );
    return row?.value ?? 1;
  }

  signIn(signNo: string, opter: string, day: string): void {
    this.#run('insert into sessions values (?, ?, ?)', signNo, opter, day);
  }

  signOut(signNo: string): void {
    this.#run('delete from sessions where sign_no = ?', signNo);
  }

  session(signNo: string): { opter: string; day: string } | undefined {
    return this.#one('select opter, day from sessions where sign_no = ?', signNo);
  }

  /** Remembers a message id; answers what it was before: new, used, or cancelled by 2601 before it came. */
  remember(msgid: string): 'new' | 'used' | 'cancelled' {
    const known = this.#one<{ cancelled: number }>('select cancelled from messages where msgid = ?', msgid);
    if (known) return known.cancelled ? 'cancelled' : 'used';
    this.#run('insert into messages values (?, 0)', msgid);
    return 'new';
  }

  /** Makes sure that a message id can never act from now on. */
  cancel(msgid: string): void {
    this.#run('insert into messages values (?, 1) on conflict (msgid) do update set cancelled = 1', msgid);
  }

  person(match: Partial<Pick<Person, 'psn_no' | 'certno'>>): Person | undefined {
    return people.find((person) => person.psn_no === match.psn_no || person.certno === match.certno);
  }

  balance(psnNo: string, insutype: string): Fen {
    const row = this.#one<{ balance: number }>(
      'select balance from accounts where psn_no = ? and insutype = ?',
      psnNo,
      insutype,
    );
    return row?.balance ?? 0;
  }

  used(psnNo: string, insutype: string, year: string): Used {
    const row = this.#one<{ used: string }>(
      'select used from used where psn_no = ? and insutype = ? and year = ?',
      psnNo,
      insutype,
      year,
    );
    return row ? (JSON.parse(row.used) as Used) : NOTHING_USED;
  }

  openVisit(visit: VisitRow): void {
    const sql = 'insert into visits values (:mdtrt_id, :psn_no, :insutype, :med_type, :ipt_otp_no)';
    this.#db.prepare(sql).run({ ...visit });
  }

  visit(mdtrtId: string): VisitRow | undefined {
    return this.#one('select * from visits where mdtrt_id = ?', mdtrtId);
  }

  setMedType(mdtrtId: string, medType: string): void {
    this.#run('update visits set med_type = ? where mdtrt_id = ?', medType, mdtrtId);
  }

  closeVisit(mdtrtId: string): void {
    this.#run('delete from lines where mdtrt_id = ?', mdtrtId);
    this.#run('delete from visits where mdtrt_id = ?', mdtrtId);
  }

  /** False when the visit already has a line of this serial number. */
  addLine(mdtrtId: string, line: Omit<LineRow, 'setl_id'>): boolean {
    const { feedetl_sn, batch, code, count, amount } = line;
    return (
      this.#run(
        'insert into lines values (?, ?, ?, ?, ?, ?, null) on conflict do nothing',
        mdtrtId,
        feedetl_sn,
        batch,
        code,
        count,
        amount,
      ) === 1
    );
  }

  /** Lines of a batch that no settlement has taken. */
  openLines(mdtrtId: string, batch: string): LineRow[] {
    return this.#all(
      'select * from lines where mdtrt_id = ? and batch = ? and setl_id is null order by feedetl_sn',
      mdtrtId,
      batch,
    );
  }

  /** Batch 0000 means every line of the visit. */
  dropOpenLines(mdtrtId: string, batch: string): number {
    return this.#run(
      "delete from lines where mdtrt_id = ? and (batch = ? or ? = '0000') and setl_id is null",
      mdtrtId,
      batch,
      batch,
    );
  }

  settlement(by: 'setl_id' | 'msgid', value: string): SettlementRow | undefined {
    return this.#one(`select * from settlements where ${by} = ?`, value);
  }

  addSettlement(row: SettlementRow): void {
    const sql = `insert into settlements values (:setl_id, :msgid, :infno, :mdtrt_id, :psn_no, :insutype, :batch,
      :bill_number, :year, :shares, :state, :reverses, :settled_at)`;
    this.#db.prepare(sql).run({ ...row });
  }

  setState(setlId: string, state: LedgerRow['state']): void {
    this.#run('update settlements set state = ? where setl_id = ?', state, setlId);
  }

  takeLines(settlement: SettlementRow): void {
    this.#run(
      'update lines set setl_id = ? where mdtrt_id = ? and batch = ? and setl_id is null',
      settlement.setl_id,
      settlement.mdtrt_id,
      settlement.batch,
    );
  }

  freeLines(setlId: string): void {
    this.#run('update lines set setl_id = null where setl_id = ?', setlId);
  }

  /** Counts a settlement's shares into the account and the year's use, or with sign -1 out of them. */
  count(settlement: Counted, sign: 1 | -1): void {
    const { psn_no, insutype, year } = settlement;
    const shares = JSON.parse(settlement.shares) as Shares;
    const used = this.used(psn_no, insutype, year);
    const keys = Object.keys(NOTHING_USED) as (keyof Used)[];
    const changed = Object.fromEntries(keys.map((key) => [key, used[key] + sign * shares.uses[key]]));
    this.#run(
      'insert into used values (?, ?, ?, ?) on conflict do update set used = excluded.used',
      psn_no,
      insutype,
      year,
      JSON.stringify(changed),
    );
    this.#run(
      'update accounts set balance = balance - ? where psn_no = ? and insutype = ?',
      sign * shares.accountFen,
      psn_no,
      insutype,
    );
  }

  /** Sandbox only: changes a settlement behind everybody's back, or has it never have been. */
  tamper(setlId: string, shares: Shares | undefined): void {
    if (shares)
      this.#run('update settlements set shares = ? where setl_id = ?', JSON.stringify(shares), setlId);
    else this.#run('delete from settlements where setl_id = ?', setlId);
  }

  settlements(): SettlementRow[] {
    return this.#all('select * from settlements order by rowid');
  }

  close(): void {
    this.#db.close();
  }

  #openAccounts(person: Person): void {
    for (const { insutype, balance } of person.insurances) {
      const fen = fenOf(balance);
      if (!fen.ok) throw new Error(`people.json: ${balance} is no amount`);
      this.#run(
        'insert into accounts values (?, ?, ?) on conflict do nothing',
        person.psn_no,
        insutype,
        fen.value,
      );
    }
  }

  #one<R>(sql: string, ...values: SQLInputValue[]): R | undefined {
    return this.#db.prepare(sql).get(...values) as R | undefined;
  }

  #all<R>(sql: string, ...values: SQLInputValue[]): R[] {
    return this.#db.prepare(sql).all(...values) as R[];
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#db.prepare(sql).run(...values).changes);
  }
}
