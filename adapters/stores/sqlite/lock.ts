import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SQLITE_BUSY, sqliteCode } from './connection.ts';

/**
 * Takes the store's file for this process; answers what lets it go. The lock is the operating system's own, on a
 * small database beside the file, so it is gone the moment the process is, however it dies. It follows links: two
 * names of one file have one lock.
 */
export function lockFile(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const path = existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
  const db = new DatabaseSync(`${path}.lock`);
  try {
    db.exec('pragma journal_mode = delete');
    db.exec('begin exclusive');
  } catch (error) {
    db.close();
    if (sqliteCode(error) !== SQLITE_BUSY) throw error;
    throw new Error(
      `数据文件已被另一个网关进程打开,请先停止它 / the data file is open in another gateway process, stop that one first: ${file}`,
    );
  }
  return () => db.close();
}
