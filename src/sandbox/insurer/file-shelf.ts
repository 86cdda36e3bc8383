import type { DatabaseSync } from 'node:sqlite';

const TABLES = `
  create table if not exists files (number text primary key, name text not null, owner text not null,
    content blob not null);
  create table if not exists matches (institution text, code text, list_type text, national text not null,
    primary key (institution, code, list_type));
`;

/** Sandbox: the files that were uploaded or made for downloading, and the codes that institutions have matched. */
export class FileShelf {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(TABLES);
  }

  put(number: string, name: string, owner: string, content: Uint8Array): void {
    this.#db.prepare('insert into files values (?, ?, ?, ?)').run(number, name, owner, content);
  }

  /** The content of a file, where number, name and owner are right. */
  file(number: string, name: string, owner: string): Uint8Array | undefined {
    const row = this.#db
      .prepare('select content from files where number = ? and name = ? and owner = ?')
      .get(number, name, owner);
    return row?.content as Uint8Array | undefined;
  }

  /** The content of a file of an owner's, whatever its name. */
  content(number: string, owner: string): Uint8Array | undefined {
    const row = this.#db
      .prepare('select content from files where number = ? and owner = ?')
      .get(number, owner);
    return row?.content as Uint8Array | undefined;
  }

  match(institution: string, code: string, listType: string, national: string): void {
    this.#db
      .prepare(
        'insert into matches values (?, ?, ?, ?) on conflict do update set national = excluded.national',
      )
      .run(institution, code, listType, national);
  }

  /** False where it wasn't matched so. */
  unmatch(institution: string, code: string, listType: string, national: string): boolean {
    const statement = this.#db.prepare(
      'delete from matches where institution = ? and code = ? and list_type = ? and national = ?',
    );
    return Number(statement.run(institution, code, listType, national).changes) === 1;
  }

  matches(institution: string): { code: string; list_type: string; national: string }[] {
    const sql = 'select code, list_type, national from matches where institution = ? order by code';
    return this.#db.prepare(sql).all(institution) as { code: string; list_type: string; national: string }[];
  }
}
