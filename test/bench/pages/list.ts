import type { Page } from 'playwright-core';
import { rounded } from '../report.ts';
import { type Place, signedIn } from './place.ts';

/** Turns of the wheel after the whole list is there. */
const WHEEL_TURNS = 60;
const WHEEL_PX = 1_500;

const NEXT_FRAME = 'new Promise((resolve) => requestAnimationFrame(resolve))';

/** What the page itself stood still for, and the longest that the screen did, since the last look. */
interface Pauses {
  readonly longestTaskMs: number;
  readonly longestFrameMs: number;
}

const pausesOf = (page: Page) => page.evaluate<Pauses>('measures.pauses()');

/** Scrolls through all deliveries, first as they come and then up and down, and filters them. */
export async function longList(place: Place, count: number) {
  const page = await signedIn(place, 'operator');
  await page.goto(`${place.running.url}/console?section=deliveries`);
  await page.locator('.rows [data-row="0"]').waitFor();
  await pausesOf(page);
  const startedAt = performance.now();
  // To the end, and again to the end that the next page has made, until there is no more.
  while (Number(await page.evaluate('measures.scrollToEnd(), measures.rows')) < count) {
    await page.evaluate(NEXT_FRAME);
  }
  const loadedMs = performance.now() - startedAt;
  const loading = await pausesOf(page);
  await page.locator('.rows').hover();
  for (let turn = 0; turn < WHEEL_TURNS; turn++) {
    await page.mouse.wheel(0, turn % 20 < 10 ? -WHEEL_PX * (turn % 10) : WHEEL_PX * (turn % 10));
    await page.evaluate(NEXT_FRAME);
  }
  const scrolling = await pausesOf(page);
  await page.locator('#reason').fill('delivery.expired');
  await page.locator('#reason').press('Escape');
  await page.getByRole('button', { name: '查询' }).click();
  await page.evaluate(`measures.filteredBelow(${count})`);
  const filtering = await pausesOf(page);
  await page.context().close();
  const all = [loading, scrolling, filtering];
  const longest = (of: keyof Pauses) => rounded(Math.max(...all.map((each) => each[of])), 0);
  return {
    ...{ deliveries: count, loadedMs: rounded(loadedMs, 0) },
    ...{ loading, scrolling, filtering },
    longestTaskMs: longest('longestTaskMs'),
    longestFrameMs: longest('longestFrameMs'),
  };
}
