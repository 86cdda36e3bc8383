/**
 * Loaded before a life of the gateway: its disk is full for a while, some moments after the start. SQLite itself
 * refuses to grow the file beyond a number of pages, with the same error as when the disk has no room for them.
 */
import { DatabaseSync } from 'node:sqlite';

const FULL_AFTER_MS = 2_000;
const FULL_FOR_MS = 2_500;
const PAGES_MAX = 4_294_967_294;

const exec = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  exec.call(this, sql);
  if (!sql.includes('journal_mode = wal')) return;
  setTimeout(() => limit(this, pagesOf(this)), FULL_AFTER_MS).unref();
  setTimeout(() => limit(this, PAGES_MAX), FULL_AFTER_MS + FULL_FOR_MS).unref();
};

function pagesOf(db: DatabaseSync): number {
  return db.isOpen ? Number(db.prepare('pragma page_count').get()?.page_count) : PAGES_MAX;
}

function limit(db: DatabaseSync, pages: number): void {
  if (db.isOpen) exec.call(db, `pragma max_page_count = ${pages}`);
}
