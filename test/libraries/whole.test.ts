import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { BUILT, LIBRARIES } from '../../src/libraries/whole.ts';

const START = fileURLToPath(import.meta.resolve('../../src/libraries/whole.ts'));

/** Asks a process of its own, since what a library is loaded from stays so. */
function ask(program: string): string {
  const args = ['--input-type=module', '--eval', program];
  return execFileSync(process.execPath, args, {
    cwd: fileURLToPath(new URL('../..', BUILT)),
    encoding: 'utf8',
  });
}

t.test(
  'once it is asked for, each library comes whole, and is one and the same for all who load it',
  async (t) => {
    const loads = (names: readonly string[]) =>
      `const { loadWhole } = await import(${JSON.stringify(START)}); loadWhole();
     console.log(${JSON.stringify(names)}.map((name) => import.meta.resolve(name)).join());`;
    const urls = ask(loads(LIBRARIES)).trim().split(',');
    for (const url of urls) t.ok(url.startsWith(BUILT.href), url);
    const same = `const { loadWhole } = await import(${JSON.stringify(START)}); loadWhole();
    const [{ Kysely }, { Migrator }, { Type }, { Compile }] = await Promise.all(
      ${JSON.stringify(LIBRARIES)}.map((name) => import(name)));
    console.log(typeof Kysely, typeof Migrator, Compile(Type.Object({ a: Type.Integer() })).Check({ a: 1 }));`;
    t.equal(ask(same).trim(), 'function function true');
  },
);

t.test('where they were not built, they are loaded as they come', async (t) => {
  const url = ask("console.log(import.meta.resolve('kysely'))").trim();
  t.match(url, /node_modules\/kysely\//);
});
