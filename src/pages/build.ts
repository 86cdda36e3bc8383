/**
 * Builds the pages after an install, unless they are built from the same sources already. Where the builder is not
 * installed (`npm ci --omit=dev`) and nothing was built before, the gateway runs without pages, and says so at `/`.
 */
import { hash } from 'node:crypto';
import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILT = join(ROOT, 'build/pages');
const MARK = join(BUILT, 'built-from');

const sources = globSync(['src/pages/app/**/*', 'schemas/*.ts', 'src/pages/build.ts', 'package-lock.json'], {
  cwd: ROOT,
  withFileTypes: true,
})
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
const from = hash('sha256', Buffer.concat(sources.map((file) => readFileSync(file))), 'hex');

if (builtFrom() !== from) await build();

async function build(): Promise<void> {
  let vite: typeof import('vite');
  try {
    vite = await import('vite');
  } catch {
    console.log('页面没有构建:没有安装构建工具 / the pages are not built: their builder is not installed');
    return;
  }
  await vite.build({ configFile: join(ROOT, 'src/pages/app/vite.config.ts'), logLevel: 'warn' });
  const assets = join(BUILT, 'assets');
  for (const name of readdirSync(assets))
    writeFileSync(join(assets, `${name}.gz`), gzipSync(readFileSync(join(assets, name)), { level: 9 }));
  writeFileSync(MARK, from);
}

function builtFrom(): string | undefined {
  try {
    return readFileSync(MARK, 'utf8');
  } catch {
    return undefined;
  }
}
