import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { LineRow, VisitRow } from './book.ts';

/** A stay, beside its row as a visit. */
export interface WardRow {
  readonly mdtrt_id: string;
  /** Of the 2401 that opened it. */
  readonly msgid: string;
  readonly state: 'in' | 'out';
  /** yyyy-MM-dd HH:mm:ss. */
  readonly begntime: string;
  readonly endtime: string;
}

export type InWard = VisitRow & WardRow;

/** All lines of a stay are one batch, since 2301 has none. */
export const WARD_BATCH = 'ward';

const TABLES = `
  create table if not exists wards (mdtrt_id text primary key, msgid text not null unique, state text not null,
    begntime text not null, endtime text not null);
  create table if not exists visit_times (mdtrt_id text primary key, begntime text not null);
`;

const JOINED = 'select * from visits join wards using (mdtrt_id)';

/** What the virtual platform keeps of stays, and when visits began. */
export class Wards {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(TABLES);
  }

  admit({ mdtrt_id, msgid, begntime }: Pick<WardRow, 'mdtrt_id' | 'msgid' | 'begntime'>): void {
    this.#run("insert into wards values (?, ?, 'in', ?, '')", mdtrt_id, msgid, begntime);
  }

  find(by: 'mdtrt_id' | 'msgid', value: string): InWard | undefined {
    return this.#all<InWard>(`${JOINED} where ${by} = ?`, value)[0];
  }

  /** Who of this person is in a ward now. */
  inWard(psnNo: string): InWard[] {
    return this.#all(`${JOINED} where psn_no = ? and state = 'in'`, psnNo);
  }

  set(mdtrtId: string, state: WardRow['state'], endtime: string): void {
    this.#run('update wards set state = ?, endtime = ? where mdtrt_id = ?', state, endtime, mdtrtId);
  }

  changeMedType(mdtrtId: string, medType: string): void {
    this.#run('update visits set med_type = ? where mdtrt_id = ?', medType, mdtrtId);
  }

  remove(mdtrtId: string): void {
    this.#run('delete from wards where mdtrt_id = ?', mdtrtId);
  }

  lines(mdtrtId: string): LineRow[] {
    return this.#all('select * from lines where mdtrt_id = ? order by rowid', mdtrtId);
  }

  /** Serial 0000 means every line that no settlement has taken. */
  dropLine(mdtrtId: string, serial: string): number {
    const sql = "delete from lines where mdtrt_id = ? and (feedetl_sn = ? or ? = '0000') and setl_id is null";
    return this.#run(sql, mdtrtId, serial, serial);
  }

  linesOf(setlId: string): (LineRow & { mdtrt_id: string })[] {
    return this.#all('select * from lines where setl_id = ? order by rowid', setlId);
  }

  noteTime(mdtrtId: string, begntime: string): void {
    this.#run('insert into visit_times values (?, ?) on conflict do nothing', mdtrtId, begntime);
  }

  /** The visits and stays of a person that began within these times. */
  visits(psnNo: string, from: string, to: string): (VisitRow & Partial<WardRow> & { began: string })[] {
    const sql = `select v.*, w.state, w.endtime, coalesce(w.begntime, t.begntime, '') as began
      from visits v left join wards w using (mdtrt_id) left join visit_times t using (mdtrt_id)
      where v.psn_no = ? and began between ? and ? order by v.rowid`;
    return this.#all(sql, psnNo, from, to);
  }

  #all<R>(sql: string, ...values: SQLInputValue[]): R[] {
    return this.#db.prepare(sql).all(...values) as R[];
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#db.prepare(sql).run(...values).changes);
  }
}
