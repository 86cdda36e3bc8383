import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import { InsurerProfile, NationalProfile } from '../../../schemas/insurer-profile.ts';
import { checkOf, newAjv } from '../../../src/schema-checks.ts';

/** How the platform of one province is spoken to: every fact of its profile, without the sources. */
export type Profile = {
  readonly [K in Exclude<keyof NationalProfile, 'name'>]: NationalProfile[K]['value'];
} & { readonly name: string };

const FOLDER = new URL('./profiles/', import.meta.url);
const BASE = 'national';

/** A profile fits in a few kilobytes; what is much longer is something else. */
const FILE_BYTES_MAX = 256 * 1024;
/** Problems told at once. */
const LINES_MAX = 10;

const ajv = () => newAjv({ allErrors: true });
const isProfile = checkOf<InsurerProfile>(InsurerProfile, ajv);
const isNational = checkOf<NationalProfile>(NationalProfile, ajv);
let national: NationalProfile | undefined;

/** The profiles that come with the gateway, by the name they have in the configuration. */
export function profileNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** The profile that a configuration names, with what the configuration says otherwise. */
export function profileOf(configuration: Omit<NhsaConfiguration, 'adapter'>): Profile {
  const profile = loadProfile(configuration.profile ?? BASE);
  const { reversible, nothingToUndo, fundIncludesAccount, checking, amountsAs, inputAs, infver, timeoutMs } =
    configuration;
  const said = {
    reversible,
    nothingToUndo,
    fundIncludesAccount,
    checking,
    amountsAs,
    inputAs,
    infver,
    timeoutMs,
  };
  return {
    ...profile,
    ...(Object.fromEntries(
      Object.entries(said).filter(([, value]) => value !== undefined),
    ) as Partial<Profile>),
    systemErrors: [...profile.systemErrors, ...(configuration.systemErrors ?? [])],
    extraFields: { ...profile.extraFields, ...configuration.extraFields },
  };
}

/**
 * The profile of that name, or in that file. Throws an error whose message names the file, the place in it and what
 * was expected, for the person at the machine.
 */
export function loadProfile(nameOrFile: string): Profile {
  if (!/^[a-z0-9-]+$/.test(nameOrFile)) return completed(readJson(nameOrFile), nameOrFile);
  const names = profileNames();
  if (!names.includes(nameOrFile)) {
    throw new Error(
      `没有这个省份描述 / no such insurer profile: "${nameOrFile}" (${names.join(', ')}; 或文件路径 / or the path of a file)`,
    );
  }
  const file = new URL(`${nameOrFile}.json`, FOLDER);
  return completed(readJson(file), file.pathname);
}

/** What a table of a profile says about a key that came from outside. */
export function lookUp(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** What a profile says, and for the rest what the national one does. */
function completed(value: unknown, file: string): Profile {
  if (!isProfile(value)) throw wrong(file, (isProfile.errors ?? []).map(problemOf));
  national ??= readNational();
  const { name, ...facts } = { ...national, ...value };
  const values = Object.entries(facts).map(([fact, { value: said }]) => [fact, said]);
  return { ...Object.fromEntries(values), name };
}

function readNational(): NationalProfile {
  const file = new URL(`${BASE}.json`, FOLDER);
  const value = readJson(file);
  if (isNational(value)) return value;
  throw wrong(file.pathname, (isNational.errors ?? []).map(problemOf));
}

function readJson(file: string | URL): unknown {
  const name = String(file);
  let text: string;
  try {
    const status = statSync(file);
    if (!status.isFile() || status.size > FILE_BYTES_MAX)
      throw wrong(name, [`/: a file of at most ${FILE_BYTES_MAX} bytes`]);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Error(`无法读取省份描述 / cannot read the insurer profile: ${name} (${code})`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(name, ['/: JSON']);
  }
}

function problemOf({ instancePath, message, params }: ErrorObject): string {
  const { allowedValues, additionalProperty } = params as Record<string, unknown>;
  const detail = allowedValues ?? additionalProperty;
  return `${instancePath || '/'}: ${message ?? 'another value'}${detail === undefined ? '' : ` ${JSON.stringify(detail)}`}`;
}

function wrong(file: string, problems: readonly string[]): Error {
  const lines = [...new Set(problems)].slice(0, LINES_MAX).map((problem) => `  ${problem}`);
  return new Error(`省份描述有误 / the insurer profile is wrong: ${file}\n${lines.join('\n')}`);
}
