import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import iconv from 'iconv-lite';
import t, { type Test } from 'tap';
import {
  type LibraryParts,
  type LibrarySettings,
  libraryDriver,
} from '../../../../adapters/readers/library/driver.ts';
import { temporaryFolder } from '../../../helper.ts';
import { never } from '../helper.ts';

const SOURCE = fileURLToPath(new URL('./sscard.c', import.meta.url));

// As the gateway does; the library's process then starts in half the time.
enableCompileCache(fileURLToPath(new URL('../../../../.tap/compile-cache', import.meta.url)));

/** Why the tests that need a compiler are skipped; false where there is one. */
export const noCompiler: string | false = compilerMissing();

/** What the suite's library is told to do; the sample where nothing is. */
export interface TestLibrary {
  readonly file: string;
  readonly folder: string;
  behave(as: string): void;
}

const built = new Map<string, string>();

/** The library in a folder of its own, with these of its parts left out; compiled once for each test file. */
export function compileLibrary(t: Test, without?: 'MINIMAL' | 'EMPTY'): TestLibrary {
  const folder = temporaryFolder(t);
  const file = join(folder, 'libSSCardDriver.so');
  copyFileSync(builtLibrary(without ?? 'WHOLE'), file);
  return {
    file,
    folder,
    behave: (as) => writeFileSync(join(folder, 'behaviour'), iconv.encode(as, 'gbk')),
  };
}

function builtLibrary(variant: string): string {
  const known = built.get(variant);
  if (known !== undefined) return known;
  const file = join(temporaryFolder(t), 'built.so');
  execFileSync('cc', ['-shared', '-fPIC', '-w', `-D${variant}`, '-o', file, SOURCE]);
  built.set(variant, file);
  return file;
}

const ALL = ['iReadIdentityCard', 'iScan2DBarcode', 'iGetReaderInfo'] as const;

/** An open reader on a library of its own. */
export async function opened(
  t: Test,
  settings: Partial<LibrarySettings> & { readonly without?: 'MINIMAL' } = {},
  parts: LibraryParts = {},
) {
  const { without, ...more } = settings;
  const library = compileLibrary(t, without);
  const driver = libraryDriver({ file: library.file, extras: without ? [] : ALL, ...more }, parts);
  const reader = await driver.open(never);
  t.teardown(() => reader.close());
  return { ...library, driver, reader, functions: reader.library!, whole: reader.whole! };
}

/**
 * A reader for all tests of a file that don't end its process, because each process takes a while to start; it
 * behaves as the sample until told otherwise.
 */
export async function shared() {
  everyone ??= opened(t as Test);
  const one = await everyone;
  one.behave('sample');
  return one;
}

let everyone: ReturnType<typeof opened> | undefined;

function compilerMissing(): string | false {
  if (process.platform === 'win32') return 'the library of the tests is written for POSIX systems';
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    const reason = 'there is no C compiler (cc) here';
    t.comment(reason);
    return reason;
  }
}
