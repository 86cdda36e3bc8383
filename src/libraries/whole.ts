// Two libraries come as 630 small files, which an old PC takes a second and more to find and read at each start. Where
// an install has made one file of each (build.ts), that one is loaded, by whoever asks for the library.
import { readdirSync } from 'node:fs';
import { registerHooks } from 'node:module';

export const LIBRARIES = ['kysely', 'kysely/migration', 'typebox', 'typebox/compile'];

export const BUILT = new URL('../../build/libraries/', import.meta.url);

/** What the file of a library is called. */
export function fileOf(name: string): string {
  return `${name.replace('/', '-')}.js`;
}

/** From now on, in this process. */
export function loadWhole(): void {
  const there = new Set(filesIn(BUILT));
  const whole = new Map(
    LIBRARIES.map((name) => [name, fileOf(name)] as const)
      .filter(([, file]) => there.has(file))
      .map(([name, file]) => [name, new URL(file, BUILT).href] as const),
  );
  // All or none: two copies of one library would not know each other.
  if (whole.size !== LIBRARIES.length) return;
  registerHooks({
    resolve(specifier, context, next) {
      const url = whole.get(specifier);
      return url === undefined ? next(specifier, context) : { url, format: 'module', shortCircuit: true };
    },
  });
}

function filesIn(folder: URL): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
