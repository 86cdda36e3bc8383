import { open } from 'node:fs/promises';
import { parse, TomlError } from 'smol-toml';
import type { DirectoryFile } from '../../../schemas/directory.ts';
import { problemsOf } from '../../config-problems.ts';

/** Some ten thousand organisations; a longer file is somebody's mistake. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/** What was read, or what is wrong with it. */
export type Reading = { readonly version: string } & (
  | { readonly file: DirectoryFile }
  | { readonly problems: readonly string[] }
);

/**
 * Reads the directory's file, TOML or JSON by its name; nothing where it is the version that is known. Rejects where
 * it can't be read at all.
 */
export async function readDirectoryFile(path: string, known: string): Promise<Reading | undefined> {
  const handle = await open(path, 'r');
  try {
    const { mtimeMs, ctimeMs, size } = await handle.stat();
    const version = `${mtimeMs} ${ctimeMs} ${size}`;
    if (version === known) return undefined;
    if (size > FILE_BYTES_MAX) return { version, problems: [`${size} bytes > ${FILE_BYTES_MAX}`] };
    return { version, ...parseDirectory(await handle.readFile('utf8'), path.endsWith('.json')) };
  } finally {
    await handle.close();
  }
}

export function parseDirectory(
  text: string,
  json: boolean,
): { file: DirectoryFile } | { problems: readonly string[] } {
  let value: unknown;
  try {
    value = json ? JSON.parse(text) : parse(text);
  } catch (error) {
    if (error instanceof TomlError) return { problems: [`line ${error.line}, column ${error.column}`] };
    return { problems: [json ? 'no JSON' : 'no TOML'] };
  }
  const problems = problemsOf(value, 'directory');
  return problems.length > 0 ? { problems } : { file: value as DirectoryFile };
}
