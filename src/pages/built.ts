import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the built pages, as it goes over the wire. */
export interface Asset {
  readonly type: string;
  read(gzip: boolean): Buffer;
}

/** What was built of the pages. */
export interface BuiltPages {
  readonly html: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

const FOLDER = fileURLToPath(new URL('../../build/pages', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** The pages that an install has built; none where it built none. Their names say their content. */
export function builtPages(folder = FOLDER): BuiltPages | undefined {
  const page = join(folder, 'index.html');
  if (!existsSync(page)) return undefined;
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(join(folder, 'assets'))) {
    const type = TYPES[extname(name)];
    const file = join(folder, 'assets', name);
    if (type !== undefined)
      assets.set(name, { type, read: (gzip) => readFileSync(gzip ? `${file}.gz` : file) });
  }
  return { html: readFileSync(page, 'utf8'), assets };
}
