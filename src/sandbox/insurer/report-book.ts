import type { DatabaseSync } from 'node:sqlite';

/** A report of an examination (4501) or of a laboratory (4502), as it was uploaded. */
export interface ReportRow {
  readonly institution: string;
  readonly rpotc_no: string;
  readonly psn_no: string;
  /** The institution's name, as it says. */
  readonly name: string;
  readonly infno: '4501' | '4502';
  /** The input: JSON. */
  readonly input: string;
}

/** What the virtual platform holds of reports. One that is uploaded again stands for the one before. */
export class ReportBook {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(`
      create table if not exists reports (institution text not null, rpotc_no text not null, psn_no text not null,
        name text not null, infno text not null, input text not null, primary key (institution, rpotc_no));`);
  }

  put(row: ReportRow): void {
    this.#db
      .prepare(
        'insert or replace into reports values (:institution, :rpotc_no, :psn_no, :name, :infno, :input)',
      )
      .run({ ...row });
  }

  ofPerson(psnNo: string): ReportRow[] {
    const sql = 'select * from reports where psn_no = ? order by institution, rpotc_no';
    return this.#db.prepare(sql).all(psnNo) as unknown as ReportRow[];
  }

  report(institution: string, number: string): ReportRow | undefined {
    const sql = 'select * from reports where institution = ? and rpotc_no = ?';
    return this.#db.prepare(sql).get(institution, number) as ReportRow | undefined;
  }
}
