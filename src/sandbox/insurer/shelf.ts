import type { DatabaseSync } from 'node:sqlite';

/** Records of one kind that the virtual platform keeps of its persons, as JSON. Part of the sandbox. */
export class Shelf<T> {
  readonly #db: DatabaseSync;
  readonly #name: string;

  constructor(db: DatabaseSync, name: string) {
    db.exec(`create table if not exists shelves (shelf text, id text, person text not null, content text not null,
      primary key (shelf, id))`);
    this.#db = db;
    this.#name = name;
  }

  put(id: string, person: string, content: T): void {
    this.#db
      .prepare('insert into shelves values (?, ?, ?, ?)')
      .run(this.#name, id, person, JSON.stringify(content));
  }

  /** A record, if it is this person's. */
  get(id: string, person: string): T | undefined {
    const row = this.#db
      .prepare('select content from shelves where shelf = ? and id = ? and person = ?')
      .get(this.#name, id, person);
    return row && (JSON.parse(String(row.content)) as T);
  }

  /** A person's records, oldest first. */
  of(person: string): T[] {
    return this.#db
      .prepare('select content from shelves where shelf = ? and person = ? order by rowid')
      .all(this.#name, person)
      .map((row) => JSON.parse(String(row.content)) as T);
  }

  remove(id: string): void {
    this.#db.prepare('delete from shelves where shelf = ? and id = ?').run(this.#name, id);
  }
}
