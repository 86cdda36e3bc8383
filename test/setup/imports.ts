import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(import.meta.resolve('../..'));

/** One import: the file that imports, and the file or package that is imported. Paths are relative to the project. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Only types are imported, so that nothing is left of it at run time. */
  readonly typesOnly: boolean;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file of the project. */
export function sourceFiles(): SourceFile[] {
  const paths = globSync('{src,schemas,adapters,test}/**/*.ts', { cwd: root }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  return paths.sort().map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Static imports and exports, with or without types, and dynamic imports of a literal. */
const IMPORTS =
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\('([^']+)'\)/gm;

const TYPES_ONLY = /^\s*(?:import|export)\s+(?:type\b|\{(?:\s*type\s[^,}]*,?)+\s*\})/;

export function importsOf({ path, text }: SourceFile): Import[] {
  return [...text.matchAll(IMPORTS)].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    const to = name.startsWith('.') ? normalize(join(dirname(path), name)).replaceAll('\\', '/') : name;
    return { from: path, to, typesOnly: TYPES_ONLY.test(match[0]) };
  });
}

/** Files that import each other in a circle; each circle once, from its first file in the alphabet. */
export function circlesOf(imports: readonly Import[]): string[][] {
  const targets = Map.groupBy(imports, (each) => each.from);
  const done = new Set<string>();
  const circles = new Map<string, string[]>();
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      const circle = trail.slice(at);
      circles.set([...circle].sort().join(' '), circle);
      return;
    }
    if (done.has(path)) return;
    for (const { to } of targets.get(path) ?? []) walk(to, [...trail, path]);
    done.add(path);
  };
  for (const path of [...targets.keys()].sort()) walk(path, []);
  return [...circles.values()];
}
