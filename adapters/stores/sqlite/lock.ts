import { DatabaseSync } from 'node:sqlite';

/**
 * Takes the store's file for this process. The lock is the operating system's own, on a small database beside the
 * file, so it is gone the moment the process is, however it dies.
 */
export function lockFile(file: string): () => void {
  const db = new DatabaseSync(`${file}.lock`);
  try {
    db.exec('pragma journal_mode = delete');
    db.exec('begin exclusive');
  } catch {
    db.close();
    throw new Error(
      `数据文件已被另一个网关进程打开,请先停止它 / the data file is open in another gateway process, stop that one first: ${file}`,
    );
  }
  return () => db.close();
}
