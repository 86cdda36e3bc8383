import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { COUNTED_RUNS, median, rounded, WARM_UPS } from '../report.ts';
import { clearReaders, type Place, signedIn } from './place.ts';

const SLOWDOWN = 4;
const CARDS = 15;

const ASSETS = fileURLToPath(new URL('../../../build/pages/assets/', import.meta.url));

const paintedAt = (page: Page) => page.evaluate<number>('measures.painted()');

/** From the address to the desk that says what to do, nothing cached, on a processor four times as slow. */
export async function firstPaint(
  place: Place,
): Promise<{ medianMs: number; slowestMs: number; scriptKb: number }> {
  await clearReaders(new Api(place.running.url, place.running.key));
  const times: number[] = [];
  let scriptKb = 0;
  for (let run = 0; run < WARM_UPS + COUNTED_RUNS; run++) {
    const page = await signedIn(place, 'reception');
    const scripts = new Set<string>();
    page.on('response', (response) => {
      if (/\/assets\/.*\.js$/.test(response.url())) scripts.add(basename(response.url()));
    });
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    await page.addInitScript("measures.waitFor('请放卡或扫码')");
    await page.goto(`${place.running.url}/desk`);
    const at = await paintedAt(page);
    if (run >= WARM_UPS) times.push(at);
    await page.waitForLoadState('load');
    scriptKb = [...scripts].reduce((sum, name) => sum + statSync(`${ASSETS}${name}.gz`).size, 0) / 1_000;
    await page.context().close();
  }
  return {
    medianMs: rounded(median(times), 0),
    slowestMs: rounded(Math.max(...times), 0),
    scriptKb: rounded(scriptKb, 1),
  };
}

/** From the reading's answer to the person on the screen; beside it, from the card on the reader. */
export async function cardShown(
  place: Place,
): Promise<{ beyondReadingMs: number; slowestMs: number; fromCardMs: number }> {
  const api = new Api(place.running.url, place.running.key);
  await clearReaders(api);
  const page = await signedIn(place, 'reception');
  await page.goto(`${place.running.url}/desk`);
  const beyond: number[] = [];
  const whole: number[] = [];
  for (let card = 0; card < CARDS; card++) {
    await page.getByText('请放卡或扫码').waitFor();
    const laidAt = Number(
      await page.evaluate("performance.clearResourceTimings(), measures.waitFor('张三'), performance.now()"),
    );
    await api.put('/v1/sandbox/readers/desk-1/card', { card: 'social-security-v2' });
    const shownAt = await paintedAt(page);
    const readAt = Number(await page.evaluate("measures.answeredAt('/desk-1/readings')"));
    beyond.push(shownAt - readAt);
    whole.push(shownAt - laidAt);
    await clearReaders(api);
    await page.keyboard.press('Escape');
  }
  await page.context().close();
  return {
    beyondReadingMs: rounded(median(beyond), 1),
    slowestMs: rounded(Math.max(...beyond), 1),
    fromCardMs: rounded(median(whole), 0),
  };
}
