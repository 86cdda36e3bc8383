import type { DatabaseSync } from 'node:sqlite';

/** A prescription that the virtual centre has checked, and perhaps taken. */
export interface PrescriptionRow {
  readonly hi_rxno: string;
  readonly trace_code: string;
  readonly hosp_rxno: string;
  readonly institution: string;
  readonly certno: string;
  /** What 7101 said, and later 7103: JSON. */
  readonly checked: string;
  readonly uploaded: string | null;
  /** rxStasCodg; empty until it is uploaded. */
  readonly state: string;
  readonly at: number;
}

/** What the virtual prescription centre knows. */
export class PrescriptionBook {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(`
      create table if not exists prescriptions (hi_rxno text primary key, trace_code text not null,
        hosp_rxno text not null, institution text not null, certno text not null, checked text not null, uploaded text,
        state text not null, at integer not null, unique (institution, hosp_rxno));
      create table if not exists signatures (digest text primary key, file text not null);`);
  }

  /** False when the institution has used its number before. */
  add(row: PrescriptionRow): boolean {
    const sql = `insert into prescriptions values (:hi_rxno, :trace_code, :hosp_rxno, :institution, :certno, :checked,
      :uploaded, :state, :at) on conflict do nothing`;
    return this.#db.prepare(sql).run({ ...row }).changes === 1;
  }

  prescription(hiRxno: string): PrescriptionRow | undefined {
    return this.#db.prepare('select * from prescriptions where hi_rxno = ?').get(hiRxno) as
      | PrescriptionRow
      | undefined;
  }

  change(hiRxno: string, { state, uploaded }: Pick<PrescriptionRow, 'state' | 'uploaded'>): void {
    this.#db
      .prepare('update prescriptions set state = ?, uploaded = ? where hi_rxno = ?')
      .run(state, uploaded, hiRxno);
  }

  /** Remembers what a digest was made of. */
  sign(digest: string, file: string): void {
    this.#db.prepare('insert into signatures values (?, ?) on conflict do nothing').run(digest, file);
  }

  signedFile(digest: string): string | undefined {
    const row = this.#db.prepare('select file from signatures where digest = ?').get(digest);
    return row ? String(row.file) : undefined;
  }
}
