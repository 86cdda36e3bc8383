import t from 'tap';
import { Api } from '../../../src/sandbox/demo/api.ts';
import { startWorld } from '../../end-to-end/world.ts';
import { browserOrSkip, openPage } from '../page.ts';

const browser = await browserOrSkip();

t.test(
  'a gateway that is started again under an open page: it goes on by itself, with what was typed',
  async (t) => {
    const world = await startWorld(t);
    const { page } = await openPage(t, browser, `${world.url}/desk`, {
      name: 'reception',
      password: world.password,
    });
    await page.getByText('请放卡或扫码').waitFor();
    await new Api(world.url, world.key).put('/v1/sandbox/readers/desk-1/card', {
      card: 'social-security-v2',
    });
    await page.getByText('账户余额').waitFor();
    await page.locator('#charges').fill('X,Y,示例药,1,12.30');
    await world.close();
    await page.getByRole('button', { name: '试算' }).click();
    await page.getByText('连不上网关').waitFor();
    t.equal(await page.locator('#charges').inputValue(), 'X,Y,示例药,1,12.30');

    const again = await startWorld(t, { again: world });
    await page.keyboard.press('Escape');
    await page.getByText('请放卡或扫码').waitFor();
    await new Api(again.url, again.key).put('/v1/sandbox/readers/desk-1/card', {
      card: 'social-security-v2',
    });
    await page.getByText('账户余额').waitFor();
    t.match(await page.locator('main').textContent(), /张三/);
    t.equal(await page.getByRole('alert').count(), 0, 'nothing is left of the trouble');
  },
);
