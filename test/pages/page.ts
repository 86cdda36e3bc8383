import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { builtPages } from '../../src/pages/built.ts';
import { isBrowser, startBrowser } from '../setup/browser.ts';

const RUN_AXE = `axe.run(document, ${JSON.stringify({
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'],
  resultTypes: ['violations'],
})})`;

/** A browser of this test file's own; where the machine has none, or no pages were built, the file is skipped and says why. */
export async function browserOrSkip(): Promise<Browser> {
  const started = await startBrowser();
  if (!isBrowser(started)) return skip(started.reason);
  if (!builtPages()) return skip('the pages are not built: run npm ci');
  t.teardown(() => started.close());
  return started;
}

function skip(reason: string): never {
  t.plan(0, reason);
  process.exit(0);
}

export interface OpenPage {
  readonly page: Page;
  /** What the browser's console and the page's own program complained of, and other hosts that were asked. */
  readonly complaints: readonly string[];
}

/** Browsers keep what they have loaded and compiled for as long as a context lives: tests take turns in a few. */
const free = new WeakMap<Browser, BrowserContext[]>();

async function contextOf(t: Test, browser: Browser): Promise<BrowserContext> {
  const waiting = free.get(browser) ?? [];
  free.set(browser, waiting);
  const context =
    waiting.pop() ?? (await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' }));
  t.teardown(async () => {
    // Nothing of one test is left for the next but the program.
    for (const page of context.pages()) {
      await page.evaluate('localStorage.clear(), sessionStorage.clear()').catch(() => undefined);
      await page.close();
    }
    await context.clearCookies();
    waiting.push(context);
  });
  return context;
}

/** A page of a clinic's old screen, with somebody signed in or nobody. */
export async function openPage(
  t: Test,
  browser: Browser,
  url: string,
  who?: { readonly name: string; readonly password: string },
): Promise<OpenPage> {
  const context = await contextOf(t, browser);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 401/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (/^(https?|wss?):$/.test(asked.protocol) && asked.origin !== origin)
      complaints.push(`asks another host: ${asked.origin}`);
  });
  const { origin } = new URL(url);
  if (who) {
    const signedIn = await context.request.post(`${origin}/v1/session`, { data: who, headers: { origin } });
    if (!signedIn.ok()) throw new Error(`${who.name} is not signed in: ${signedIn.status()}`);
  }
  await page.goto(url);
  return { page, complaints };
}

/** By keyboard alone: the name's field has the focus. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.locator('#name:focus').waitFor();
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.locator('#password:focus').waitFor();
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** What of WCAG 2.1 AA the page as it stands does not keep. */
export async function violationsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>("typeof axe === 'object'"))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate<Pick<AxeResults, 'violations'>>(RUN_AXE);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`);
}
