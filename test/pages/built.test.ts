import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { builtPages } from '../../src/pages/built.ts';
import { temporaryFolder } from '../helper.ts';

t.test('what an install has built is found, by name and type', async (t) => {
  const folder = temporaryFolder(t);
  t.equal(builtPages(folder), undefined, 'nothing is built yet');
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<html>');
  for (const name of ['a.js', 'a.js.gz', 'b.css', 'c.exe']) writeFileSync(join(folder, 'assets', name), name);
  const built = builtPages(folder);
  t.equal(built?.html, '<html>');
  t.strictSame([...built!.assets.keys()].sort(), ['a.js', 'b.css'], 'and nothing that a page does not need');
  t.equal(built?.assets.get('a.js')?.read(true).toString(), 'a.js.gz');
  t.equal(built?.assets.get('b.css')?.type, 'text/css; charset=utf-8');
});
