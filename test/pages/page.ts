import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { builtPages } from '../../src/pages/built.ts';
import { isBrowser, startBrowser } from '../setup/browser.ts';

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

/** A page of a clinic's old screen, with nobody signed in. */
export async function openPage(t: Test, browser: Browser, url: string): Promise<OpenPage> {
  const context = await browser.newContext({
    ...{ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' },
    // A browser without a graphics card paints each step of a movement by processor.
    reducedMotion: 'reduce',
  });
  t.teardown(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 401/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (/^(https?|wss?):$/.test(asked.protocol) && asked.origin !== new URL(url).origin)
      complaints.push(`asks another host: ${asked.origin}`);
  });
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
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`);
}
