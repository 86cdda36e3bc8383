import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { ReaderProfile } from '../../../schemas/reader-profile.ts';
import { checkOf, newAjv } from '../../../src/schema-checks.ts';
import { misfitsOf, type Problem } from './check.ts';
import { failedExchanges } from './exchange.ts';
import { type CompiledProfile, compileProfile } from './profile.ts';

const FOLDER = new URL('./profiles/', import.meta.url);

/** A profile fits in a few kilobytes; what is much longer is something else. */
const FILE_BYTES_MAX = 256 * 1024;

/** Problems told at once. */
const LINES_MAX = 10;

const validate = checkOf<ReaderProfile>(ReaderProfile, () => newAjv({ allErrors: true }));
const builtIn = new Map<string, CompiledProfile>();

/** The profiles that come with the gateway, by the name they have in the configuration. */
export function profileNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/**
 * The profile of that name, or in that file. Throws an error whose message names the file, the place in it and what was
 * expected, for the person at the machine.
 */
export function loadProfile(nameOrFile: string): CompiledProfile {
  if (!/^[a-z0-9-]+$/.test(nameOrFile)) return profileOf(readProfile(nameOrFile), nameOrFile);
  const known = builtIn.get(nameOrFile);
  if (known) return known;
  const names = profileNames();
  if (!names.includes(nameOrFile)) {
    throw new Error(
      `没有这个读卡器方言描述 / no such reader profile: "${nameOrFile}" (${names.join(', ')}; 或文件路径 / or the path of a file)`,
    );
  }
  const file = new URL(`${nameOrFile}.json`, FOLDER);
  const compiled = profileOf(readProfile(file), file.pathname);
  builtIn.set(nameOrFile, compiled);
  return compiled;
}

/** Checks what a file holds: by the schema, that its parts fit each other, and by its own recorded exchanges. */
export function profileOf(value: unknown, file: string): CompiledProfile {
  if (!validate(value)) throw wrong(file, (validate.errors ?? []).map(problemOf));
  const misfits = misfitsOf(value);
  if (misfits.length > 0) throw wrong(file, misfits);
  const compiled = compileProfile(value);
  const failed = failedExchanges(compiled);
  if (failed.length > 0) throw wrong(file, failed);
  return compiled;
}

function readProfile(file: string | URL): unknown {
  const name = String(file);
  let text: string;
  try {
    const status = statSync(file);
    if (!status.isFile() || status.size > FILE_BYTES_MAX) {
      throw wrong(name, [{ pointer: '', expected: `a file of at most ${FILE_BYTES_MAX} bytes` }]);
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Error(`无法读取读卡器方言描述 / cannot read the reader profile: ${name} (${code})`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(name, [{ pointer: '', expected: 'JSON' }]);
  }
}

function problemOf({ instancePath, message, params }: ErrorObject): Problem {
  const { allowedValues, additionalProperty } = params as Record<string, unknown>;
  const detail = allowedValues ?? additionalProperty;
  const told = detail === undefined ? '' : ` ${JSON.stringify(detail)}`;
  return { pointer: instancePath, expected: `${message ?? 'another value'}${told}` };
}

function wrong(file: string, problems: readonly Problem[]): Error {
  const lines = problems.map(({ pointer, expected }) => `  ${pointer || '/'}: 应为 / expected ${expected}`);
  const told = [...new Set(lines)].slice(0, LINES_MAX).join('\n');
  return new Error(`读卡器方言描述有误 / the reader profile is wrong: ${file}\n${told}`);
}
