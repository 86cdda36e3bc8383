import type { Page } from 'playwright-core';

/** One picture: whose page, where, and what has to be done and seen before it is taken. */
export interface Shot {
  readonly name: string;
  readonly user: string;
  readonly path: string;
  arrange(page: Page): Promise<unknown>;
}

const seen = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

async function quote(page: Page): Promise<void> {
  await seen(page, '账户余额');
  await page.getByRole('button', { name: '填入一张示例账单' }).click();
  await page.getByRole('button', { name: /^试算/ }).click();
  await seen(page, '已试算');
}

/** The pages, in the order of the bar. */
export const SHOTS: readonly Shot[] = [
  { name: 'desk', user: 'reception', path: '/desk', arrange: quote },
  {
    name: 'sandbox',
    user: 'reception',
    path: '/desk',
    async arrange(page) {
      await page.getByRole('button', { name: '试一试' }).click();
      await page.getByRole('switch').first().waitFor();
      await seen(page, '账户余额');
    },
  },
  {
    name: 'referrals',
    user: 'referral-centre',
    path: '/referrals',
    async arrange(page) {
      await page.getByText('转出', { exact: true }).click();
      await page.getByText('全部', { exact: true }).click();
      await page.locator('.referral-item').first().click();
      await seen(page, '反复头晕三个月');
    },
  },
  {
    name: 'review',
    user: 'finance',
    path: '/review',
    async arrange(page) {
      await page
        .getByRole('button', { name: /^查看 / })
        .first()
        .click();
      await page.getByRole('radio').first().waitFor();
      await page.getByRole('region', { name: '证据' }).waitFor();
    },
  },
  {
    name: 'statements',
    user: 'finance',
    path: '/statements',
    arrange: (page) => page.locator('main table, main [role=grid]').first().waitFor(),
  },
  {
    name: 'console',
    user: 'operator',
    path: '/console?section=deliveries',
    arrange: (page) => page.locator('.rows [data-row="0"]').waitFor(),
  },
  {
    name: 'measures',
    user: 'finance',
    path: '/measures?tab=settlements',
    arrange: (page) => page.locator('.chart canvas').waitFor(),
  },
];
