import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret of the sandbox and the file it stands in. */
export interface KeptSecret {
  readonly file: string;
  readonly value: string;
}

/**
 * A secret made at the sandbox's first start and found again at every later one. It lies beside the data it protects:
 * good enough for made-up people, and only for them.
 */
export function keptSecret(folder: string, name: string, make: () => string): KeptSecret {
  const file = join(folder, name);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(file, make(), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return { file, value: readFileSync(file, 'utf8') };
}
