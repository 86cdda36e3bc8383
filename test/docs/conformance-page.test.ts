import { readFileSync } from 'node:fs';
import t from 'tap';
import { conformancePage } from '../../src/docs/conformance-page.ts';

t.test('docs/conformance.md is as the code has it (npm run errors writes it)', async (t) => {
  const file = new URL('../../docs/conformance.md', import.meta.url);
  t.equal(readFileSync(file, 'utf8'), conformancePage());
});

t.test('each test that the page names is there', async (t) => {
  const named = new Set(
    conformancePage()
      .split('\n')
      .filter((line) => line.includes('.test.ts: '))
      .flatMap((line) => line.split(' | ').at(-1)!.replace(/ \|$/, '').split('<br>')),
  );
  t.ok(named.size > 25);
  for (const each of named) {
    const [file = '', name = ''] = each.split(/: (.*)/s);
    const text = readFileSync(new URL(`../referral/${file}`, import.meta.url), 'utf8');
    t.ok(text.includes(`'${name}'`), each);
  }
});
