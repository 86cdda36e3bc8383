/** `npm run screenshots [-- <page> …]`: makes docs/pages/*.png of the pages, from a sandbox of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import type { Browser } from 'playwright-core';
import { sandbox } from '../../src/main.ts';
import type { RunningSandbox } from '../../src/sandbox/sandbox.ts';
import { isBrowser, startBrowser } from '../setup/browser.ts';
import { withPalette } from './palette.ts';
import { liveADay } from './seed.ts';
import { SHOTS, type Shot } from './shots.ts';

const FOLDER = fileURLToPath(new URL('../../docs/pages/', import.meta.url));
const BYTES_MAX = 100_000;

function hasChineseFont(): boolean {
  try {
    return execFileSync('fc-list', [':lang=zh'], { encoding: 'utf8' }).trim() !== '';
  } catch {
    return false;
  }
}

async function take(browser: Browser, { url, password }: RunningSandbox, shot: Shot): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(url + shot.path);
  await page.locator('#name').fill(shot.user);
  await page.locator('#password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await shot.arrange(page);
  const png = withPalette(await page.screenshot({ animations: 'disabled' }), BYTES_MAX);
  writeFileSync(join(FOLDER, `${shot.name}.png`), png);
  console.log(`docs/pages/${shot.name}.png ${Math.round(png.length / 1_000)} kB`);
  if (png.length > BYTES_MAX) throw new Error(`${shot.name}.png is larger than ${BYTES_MAX} bytes`);
  await context.close();
}

if (!hasChineseFont()) {
  console.error('没有中文字体 / no Chinese font: apt-get install -y fonts-wqy-zenhei');
  process.exit(1);
}
const browser = await startBrowser();
if (!isBrowser(browser)) {
  console.error(browser.reason);
  process.exit(1);
}
const wanted = new Set(process.argv.slice(2));
const shots = SHOTS.filter(({ name }) => wanted.size === 0 || wanted.has(name));
const folder = mkdtempSync(join(tmpdir(), 'yikatong-screenshots-'));
const running = await sandbox({ folder, host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }) });
try {
  await liveADay(running);
  for (const shot of shots) await take(browser, running, shot);
} finally {
  await browser.close();
  await running.close();
  rmSync(folder, { recursive: true, force: true });
}
