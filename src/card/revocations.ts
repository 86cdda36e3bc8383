import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { maskError } from '../access/masking.ts';
import { systemTimers, type Timers } from './timers.ts';

/** How old the list may be: a card reported lost is known this soon after the file was changed. */
const LOOK_EVERY_MS = 3_000;

/** Half a million cards; a longer file is somebody's mistake. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/** 卡识别码 has 32 characters, 卡号 nine, in some provinces more. */
const NUMBER = /^[0-9A-Za-z]{1,32}$/;

export interface RevocationParts {
  /** One 卡识别码 or 卡号 a line; `#` begins a comment. */
  readonly file: string;
  readonly logger: Logger;
  readonly timers?: Timers;
}

/**
 * The cards reported lost or cancelled, from a file that is read anew when it changes. A file that is missing, too
 * long or not such a list is told once, and the last good list stays in force.
 */
export class Revocations {
  readonly #parts: RevocationParts;
  readonly #timers: Timers;
  #numbers: ReadonlySet<string> = new Set();
  /** Times and size of the file that was last looked into. */
  #version = '';
  /** What was wrong with it, once told. */
  #trouble = '';
  #looking: Promise<void> | undefined;
  #cancel: (() => void) | undefined;

  constructor(parts: RevocationParts) {
    this.#parts = parts;
    this.#timers = parts.timers ?? systemTimers;
  }

  /** Reads the list, then looks after it until `stop`. */
  async start(): Promise<void> {
    await this.refresh();
    this.#lookLater();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#looking;
  }

  /** Whether one of a card's numbers stands on the list. */
  has(numbers: readonly string[]): boolean {
    return numbers.some((number) => this.#numbers.has(number.toUpperCase()));
  }

  /** Looks at the file now; never rejects. */
  refresh(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#complain('cannot be read', maskError(error).code ?? 'unknown'))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  #lookLater(): void {
    this.#cancel = this.#timers.start(LOOK_EVERY_MS, () => {
      void this.refresh().then(() => {
        if (this.#cancel) this.#lookLater();
      });
    });
  }

  async #look(): Promise<void> {
    const { file, logger } = this.#parts;
    const { mtimeMs, ctimeMs, size } = await stat(file);
    const version = `${mtimeMs} ${ctimeMs} ${size}`;
    if (version === this.#version) return;
    if (size > FILE_BYTES_MAX) return this.#complain('is too long', `${size} bytes`);
    const read = await numbersOf(file);
    this.#version = version;
    if (typeof read === 'number') return this.#complain('is no such list', `line ${read}`);
    this.#numbers = read;
    this.#trouble = '';
    logger.info({ cards: read.size }, 'list of revoked cards read');
  }

  #complain(what: string, why: string): void {
    const trouble = `${what}: ${why}`;
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    const { file, logger } = this.#parts;
    logger.warn(
      { file, why },
      `挂失名单不可用,沿用上一份 / the list of revoked cards ${what}; the last good one stays in force`,
    );
  }
}

/** The numbers of a list, in capitals, or the number of the first line that is none. */
async function numbersOf(file: string): Promise<Set<string> | number> {
  const numbers = new Set<string>();
  let line = 0;
  let rest = '';
  // What is written behind the limit while it is read is left alone.
  for await (const chunk of createReadStream(file, { encoding: 'utf8', end: FILE_BYTES_MAX })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const text of lines) {
      line += 1;
      if (!take(text, numbers)) return line;
    }
  }
  return take(rest, numbers) ? numbers : line + 1;
}

/** False where a line is neither a number, nor a comment, nor empty. */
function take(line: string, numbers: Set<string>): boolean {
  // `trim` takes the byte order mark that Windows puts before the first line, too.
  const number = line.replace(/#.*/, '').trim();
  if (number === '') return true;
  if (!NUMBER.test(number)) return false;
  numbers.add(number.toUpperCase());
  return true;
}
