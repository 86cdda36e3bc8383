import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { sandbox } from '../../../src/main.ts';
import type { Api } from '../../../src/sandbox/demo/api.ts';
import type { RunningSandbox } from '../../../src/sandbox/sandbox.ts';
import { isBrowser, startBrowser } from '../../setup/browser.ts';
import { fillDeliveries } from './fill.ts';

const IN_PAGE = fileURLToPath(new URL('./in-page.js', import.meta.url));

/** Where the pages are measured: a sandbox with deliveries of months, and a browser. */
export interface Place extends AsyncDisposable {
  readonly running: RunningSandbox;
  readonly browser: Browser;
}

export async function placeWith({ deliveries }: { readonly deliveries: number }): Promise<Place> {
  const started = await startBrowser();
  if (!isBrowser(started)) throw new Error(started.reason);
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-bench-'));
  const options = { folder, host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }) };
  // A first start makes the store, the second finds it filled.
  await (await sandbox(options)).close();
  fillDeliveries(join(folder, 'sandbox', 'clinic.db'), deliveries);
  const running = await sandbox(options);
  return {
    running,
    browser: started,
    async [Symbol.asyncDispose]() {
      await started.close();
      await running.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A page of a clinic's old screen with somebody signed in, still empty. */
export async function signedIn({ browser, running }: Place, name: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' });
  const answer = await context.request.post(`${running.url}/v1/session`, {
    headers: { origin: running.url },
    data: { name, password: running.password },
  });
  if (!answer.ok()) throw new Error(`nobody could sign in: ${answer.status()}`);
  await context.addInitScript({ path: IN_PAGE });
  return context.newPage();
}

/** Nothing lies on the readers. */
export async function clearReaders(api: Api): Promise<void> {
  for (const reader of ['desk-1', 'desk-2']) await api.delete(`/v1/sandbox/readers/${reader}/card`);
}
