import { hash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '../../adapters/stores/sqlite/store.ts';

const STEPS = fileURLToPath(new URL('../../src/store/migrations', import.meta.url));
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/tests', import.meta.url));

let original: Promise<string> | undefined;

/**
 * Puts an empty store into `file`, migrated already: tests open thousands, and to migrate one costs five times as much
 * as to copy it. Made once for each set of migrations, by whichever test is first.
 */
export async function copyEmptyStore(file: string): Promise<void> {
  original ??= madeOnce();
  copyFileSync(await original, file);
}

async function madeOnce(): Promise<string> {
  const texts = readdirSync(STEPS).map((name) => readFileSync(`${STEPS}/${name}`));
  const made = `${CACHE}/empty-${hash('sha256', Buffer.concat(texts), 'hex').slice(0, 16)}.db`;
  if (existsSync(made)) return made;
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(`${CACHE}/empty-`);
  await (await openSqliteStore(`${folder}/store.db`)).close();
  renameSync(`${folder}/store.db`, made);
  return made;
}
