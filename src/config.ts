import { readFileSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import type { Configuration, DeskConfiguration } from '../schemas/configuration.ts';
import type { Secret } from '../schemas/configuration-words.ts';
import { problemsOf } from './config-problems.ts';

/** A configuration that can't be used; the message says where and what was expected, for the person at the machine. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}

/** Every default, each with its sentence: the file that a new installation copies. */
export const DEFAULT_CONFIGURATION_FILE = new URL('./config.default.toml', import.meta.url);

/** Lists are empty where nobody gives them. The file can't say so: TOML would not let a section follow. */
const NO_LISTS = { clients: [], readers: [], insurers: [], organisations: [] };

/**
 * Reads a configuration file over the defaults. A table given in the file replaces single keys of the default table; a
 * list replaces the default list. Unknown and wrong keys are refused with their path and what was expected.
 */
export function readConfiguration(file: string | URL | undefined): Configuration {
  const defaults = parseToml(DEFAULT_CONFIGURATION_FILE);
  const given = file === undefined ? {} : parseToml(file);
  return checkConfiguration(overlay(defaults, given));
}

/** With the desk's own id and a dot, a reader's name is an id of its institution's gateway: 64 characters at most. */
const DESK_READER_ID_LENGTH_MAX = 31;

/** Reads the configuration of a desk; nothing where the file is a gateway's. */
export function readDeskConfiguration(file: string | URL): DeskConfiguration | undefined {
  const given = parseToml(file);
  if (given.desk === undefined) return undefined;
  const value = { log: { level: 'info' }, ...given };
  refuseProblems(problemsOf(value, 'desk'));
  const configuration = value as unknown as DeskConfiguration;
  const ids = configuration.readers.map((reader) => reader.id);
  refuseRepeats('readers', ids);
  const long = ids.find((id) => id.length > DESK_READER_ID_LENGTH_MAX);
  if (long !== undefined) {
    throw new ConfigurationError(
      `readers: 编号超过 ${DESK_READER_ID_LENGTH_MAX} 个字符 / the id has more than ${DESK_READER_ID_LENGTH_MAX} characters: "${long}"`,
    );
  }
  return configuration;
}

/** Checks a configuration that was put together by a program. */
export function checkConfiguration(value: unknown): Configuration {
  refuseProblems(problemsOf(value));
  const configuration = value as Configuration;
  refuseRepeats(
    'readers',
    configuration.readers.map((reader) => reader.id),
  );
  refuseRepeats(
    'insurers',
    configuration.insurers.map((insurer) => insurer.id),
  );
  refuseRepeats(
    'clients',
    configuration.clients.map((client) => client.id),
  );
  refuseRepeats(
    'organisations',
    configuration.organisations.map((organisation) => organisation.code),
  );
  refuseRepeats(
    'referral.contacts',
    (configuration.referral?.contacts ?? []).map(({ role }) => role),
  );
  refuseUnknownInsurer(configuration);
  requireOriginClient(configuration);
  return configuration;
}

/** Reads a secret from its file or environment variable. `key` names it in the message when it isn't there. */
export function readSecret(secret: Secret, key: string): string {
  const value = 'file' in secret ? readText(secret.file, key) : process.env[secret.env];
  if (value === undefined || value.trim() === '') {
    const place = 'file' in secret ? secret.file : `$${secret.env}`;
    throw new ConfigurationError(
      `密钥 ${key} 为空或不存在 / the secret ${key} is missing or empty: ${place}`,
    );
  }
  return value.trim();
}

function readText(file: string | URL, key: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new ConfigurationError(`无法读取 ${key} / cannot read ${key}: ${String(file)} (${code})`);
  }
}

function parseToml(file: string | URL): Record<string, unknown> {
  const text = readText(file, '配置文件 configuration');
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new ConfigurationError(
      `配置文件第 ${error.line} 行第 ${error.column} 列有语法错误 / syntax error in line ${error.line}, column ${error.column}: ${String(file)}`,
    );
  }
}

function overlay(defaults: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  const merged = new Map<string, unknown>(Object.entries({ ...NO_LISTS, ...defaults }));
  for (const [key, value] of Object.entries(given)) {
    const before = merged.get(key);
    // A store of another kind shares no keys with the default one.
    const replaces = key === 'store' || key === 'dataKey' || !isTable(before) || !isTable(value);
    merged.set(key, replaces ? value : { ...before, ...value });
  }
  return Object.fromEntries(merged);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuseProblems(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new ConfigurationError(
    `配置有误 / the configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  );
}

/** Pages without a key act as a client that there is. */
function requireOriginClient({ cards: { originClient }, clients }: Configuration): void {
  if (originClient === undefined || clients.some(({ id }) => id === originClient)) return;
  throw new ConfigurationError(`cards.originClient: 没有这个客户端 / there is no client "${originClient}"`);
}

function refuseRepeats(key: string, ids: readonly string[]): void {
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) {
    throw new ConfigurationError(`${key}: 编号重复 / the id is used twice: "${repeated}"`);
  }
}

function refuseUnknownInsurer({ cards: { insuranceCode }, insurers }: Configuration): void {
  if (insuranceCode?.kind !== 'transaction') return;
  const { insurer } = insuranceCode;
  if (insurers.some(({ id, adapter }) => id === insurer && adapter === 'nhsa')) return;
  throw new ConfigurationError(
    `cards.insuranceCode.insurer: 没有这个支付方 / no such insurer is configured: "${insurer}"`,
  );
}
