import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where systems that have a Chromium keep it. */
const SYSTEMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts a real browser: the system's Chromium, or the one from npm; or answers why this machine has none. */
export async function startBrowser(): Promise<Browser | { readonly reason: string }> {
  try {
    const own = SYSTEMS.find((path) => existsSync(path));
    if (own) return await chromium.launch({ executablePath: own, args: ['--no-sandbox'] });
    const { default: packed } = await import('@sparticuz/chromium');
    return await chromium.launch({ executablePath: await packed.executablePath(), args: ['--no-sandbox'] });
  } catch (error) {
    return { reason: `no Chromium starts here: ${(error as Error).message.split('\n')[0]}` };
  }
}

export function isBrowser(started: Browser | { readonly reason: string }): started is Browser {
  return 'newContext' in started;
}
