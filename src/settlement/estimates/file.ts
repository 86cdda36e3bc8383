import { open } from 'node:fs/promises';
import type { Logger } from 'pino';
import { parse, TomlError } from 'smol-toml';
import { BenefitTable } from '../../../schemas/benefit-table.ts';
import { maskError } from '../../access/masking.ts';
import type { Clock } from '../../clock.ts';
import { checkOf } from '../../schema-checks.ts';
import { flawOf, warningsOf } from './audit.ts';
import { type Benefits, benefitsOf } from './model.ts';

/** How old what is known of the file may be when an estimate is asked for. */
const LOOK_EVERY_MS = 3_000;

/** Some ten thousand rules; a longer file is somebody's mistake. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
const WARNINGS_TOLD_MAX = 20;

export interface BenefitFileParts {
  /** A TOML file of the form `schemas/benefit-table.ts`. */
  readonly file: string;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * The benefit table, from a file that is read anew when it has changed. A file that is missing, too long or wrong is
 * told once, with the place of what is wrong, and the last good table stays in force.
 */
export class BenefitFile {
  readonly #parts: BenefitFileParts;
  #benefits: Benefits | undefined;
  /** Times and size of the file that was last looked into. */
  #version = '';
  #trouble = '';
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(parts: BenefitFileParts) {
    this.#parts = parts;
  }

  /** The table as it stands; nothing where there has never been a good one. */
  async benefits(): Promise<Benefits | undefined> {
    if (Math.abs(this.#parts.clock.now() - this.#lookedAt) >= LOOK_EVERY_MS) await this.refresh();
    return this.#benefits;
  }

  /** Looks at the file now; never rejects. */
  refresh(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#complain(maskError(error).code ?? 'unknown'))
      .finally(() => {
        this.#lookedAt = this.#parts.clock.now();
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const read = await readText(this.#parts.file, this.#version);
    if (read === undefined) return;
    this.#version = read.version;
    const table = 'text' in read ? tableOf(read.text) : `${read.bytes} bytes`;
    if (typeof table === 'string') return this.#complain(table);
    this.#benefits = table;
    this.#trouble = '';
    const { logger } = this.#parts;
    logger.info({ rows: table.rows.length }, 'benefit table read');
    const warnings = warningsOf(table);
    if (warnings.length === 0) return;
    logger.warn(
      { warnings: warnings.slice(0, WARNINGS_TOLD_MAX), count: warnings.length },
      '待遇表中高一级机构的待遇更好,请核对 / in the benefit table a higher tier costs less than a lower one',
    );
  }

  #complain(why: string): void {
    if (why === this.#trouble) return;
    this.#trouble = why;
    const { file, logger } = this.#parts;
    logger.warn(
      { file, why },
      '待遇表不可用,沿用上一份 / the benefit table cannot be used; the last good one stays in force',
    );
  }
}

/** The file's text; nothing where it is the version that is known. Read from one handle, so that they fit. */
async function readText(
  file: string,
  known: string,
): Promise<{ version: string; text: string } | { version: string; bytes: number } | undefined> {
  const handle = await open(file, 'r');
  try {
    const { mtimeMs, ctimeMs, size } = await handle.stat();
    const version = `${mtimeMs} ${ctimeMs} ${size}`;
    if (version === known) return undefined;
    if (size > FILE_BYTES_MAX) return { version, bytes: size };
    return { version, text: await handle.readFile('utf8') };
  } finally {
    await handle.close();
  }
}

const validate = checkOf<BenefitTable>(BenefitTable);

/** The table, or what is wrong with it and where: `rows/3/ratio: must match pattern …`. */
export function tableOf(text: string): Benefits | string {
  let table: unknown;
  try {
    table = parse(text);
  } catch (error) {
    return error instanceof TomlError ? `line ${error.line}, column ${error.column}` : 'no TOML';
  }
  if (!validate(table)) {
    // The deepest place says most: above it stand the choices that it failed.
    const [error] = [...(validate.errors ?? [])].sort(
      (a, b) => b.instancePath.split('/').length - a.instancePath.split('/').length,
    );
    const { additionalProperty } = (error?.params ?? {}) as { additionalProperty?: string };
    const place = error?.instancePath.slice(1) || '(root)';
    return `${place}: ${error?.message}${additionalProperty === undefined ? '' : ` "${additionalProperty}"`}`;
  }
  const benefits = benefitsOf(table);
  return flawOf(benefits) ?? benefits;
}
