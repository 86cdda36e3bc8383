import type { FastifyInstance } from 'fastify';

/** The routes by their paths, to tell a wrong method from a wrong path. */
export class RouteList {
  readonly #methodsByPattern = new Map<string, Set<string>>();

  /** Listens for the routes that are added to `app` from now on. */
  constructor(app: FastifyInstance) {
    app.addHook('onRoute', ({ method, url }) => {
      // Not a place of ours: it is there to take preflights.
      if (url === '*') return;
      const known = this.#methodsByPattern.get(url) ?? new Set();
      for (const each of [method].flat()) known.add(each);
      this.#methodsByPattern.set(url, known);
    });
  }

  /** The methods that the path of this URL takes. */
  methodsOf(url: string): string[] {
    const path = segmentsOf(url.split('?')[0] ?? '');
    const found = [...this.#methodsByPattern].filter(([pattern]) => matches(segmentsOf(pattern), path));
    return [...new Set(found.flatMap(([, methods]) => [...methods]))].sort();
  }
}

function segmentsOf(path: string): string[] {
  return path.split('/');
}

/** `:name` stands for one segment, `*` for the rest. */
function matches(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.at(-1) === '*') return pattern.slice(0, -1).every((part, i) => matchesPart(part, path[i]));
  return pattern.length === path.length && pattern.every((part, i) => matchesPart(part, path[i]));
}

function matchesPart(pattern: string, part: string | undefined): boolean {
  return part !== undefined && (pattern === part || (pattern.startsWith(':') && part !== ''));
}
