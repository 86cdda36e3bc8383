import { readFileSync } from 'node:fs';
import t from 'tap';
import { referralPage } from '../../src/docs/referral-page.ts';
import { STATE_NAMES, STATES, TRANSITIONS } from '../../src/referral/machine.ts';

t.test('docs/referral.md tells the table as it is (npm run errors writes it)', async (t) => {
  const file = new URL('../../docs/referral.md', import.meta.url);
  t.equal(readFileSync(file, 'utf8'), referralPage());
});

t.test('each state and each row of the table stands on the page, once', async (t) => {
  const lines = referralPage().split('\n');
  for (const start of [
    ...STATE_NAMES.map((name) => `| \`${name}\` | ${STATES[name].zh} /`),
    ...TRANSITIONS.map(({ id }) => `| ${id} |`),
  ]) {
    t.equal(lines.filter((line) => line.startsWith(start)).length, 1, start);
  }
});
