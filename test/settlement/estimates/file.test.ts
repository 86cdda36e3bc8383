import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { warningsOf } from '../../../src/settlement/estimates/audit.ts';
import { BenefitFile, tableOf } from '../../../src/settlement/estimates/file.ts';
import { TestClock, temporaryFolder } from '../../helper.ts';
import { EXAMPLE, shangluo } from './parts.ts';

const good = readFileSync(EXAMPLE, 'utf8');

function parts(t: Test) {
  const file = join(temporaryFolder(t), 'benefits.toml');
  const lines: { level: number; why?: string; warnings?: string[]; count?: number }[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) });
  const clock = new TestClock();
  const warned = () => lines.filter(({ level }) => level === 40);
  return { file, clock, warned, benefits: new BenefitFile({ file, logger, clock }) };
}

t.test('the example is a good table, whose tiers rise as they should', async (t) => {
  t.equal(shangluo.rows.length, 6);
  t.same(warningsOf(shangluo), []);
});

t.test('a table is read anew when it has changed, within seconds', async (t) => {
  const { file, clock, benefits } = parts(t);
  writeFileSync(file, good);
  t.equal((await benefits.benefits())?.rows[0]?.bands[0]?.ratio, 8_500);
  writeFileSync(file, good.replace('ratio = "85%"', 'ratio = "86.5%"'));
  t.equal((await benefits.benefits())?.rows[0]?.bands[0]?.ratio, 8_500, 'looked at a moment ago');
  clock.advance(3_000);
  t.equal((await benefits.benefits())?.rows[0]?.bands[0]?.ratio, 8_650);
});

t.test('where the file goes bad, the last good table stays in force, and it is told once', async (t) => {
  const { file, warned, benefits } = parts(t);
  await benefits.refresh();
  t.equal(await benefits.benefits(), undefined, 'there is none yet');
  t.match(warned(), [{ why: 'ENOENT' }]);
  writeFileSync(file, good);
  await benefits.refresh();
  writeFileSync(file, good.replace('ratio = "80%"', 'ratio = "80"'));
  await benefits.refresh();
  await benefits.refresh();
  t.match(warned().slice(1), [{ why: /^rows\/1\/ratio: / }]);
  t.equal((await benefits.benefits())?.rows.length, 6);
  truncateSync(file, 4 * 1024 * 1024 + 1);
  await benefits.refresh();
  t.match(warned()[2], { why: '4194305 bytes' });
  rmSync(file);
  await benefits.refresh();
  t.equal((await benefits.benefits())?.rows.length, 6);
  t.equal(warned().length, 4);
});

t.test('a table whose higher tier costs less is used, and warned of', async (t) => {
  const { file, warned, benefits } = parts(t);
  writeFileSync(file, good.replace('ratio = "75%"', 'ratio = "81%"').replace('"400.00"', '"200.00"'));
  t.ok(await benefits.benefits());
  t.match(warned(), [{ count: 2, warnings: [/^rows\/2\/deductible/, /^rows\/2\/ratio/] }]);
});

t.test('what is wrong with a table is told with its place', async (t) => {
  const change = (from: string, to: string) => {
    if (!good.includes(from)) throw new Error(`the example has no ${from}`);
    return tableOf(good.replace(from, to));
  };
  t.match(change('tiers = [', 'tiers = '), /^line \d+, column \d+$/);
  t.match(tableOf(''), /^\(root\): must have required property 'tiers'/);
  t.match(change('setting = "inpatient"', 'setting = "ward"'), /^rows\/0\/setting: /);
  t.match(change('from = "2024-01-01"', 'from = "2024-13-01"'), /^rows\/0\/from: /);
  t.match(change('from = "2024-01-01"', 'form = "2024-01-01"'), /^rows\/0: .*(from|form)/);
  t.match(change('"-10"', '"ten"'), /^rows\/0\/adjustments\/0\/(value|kind): /);
  t.match(change('"100.00"', '"100"'), /^rows\/0\/deductible\/amount: /);
  t.match(change('ratio = "85%"', 'ratio = 0.85'), /^rows\/0\/ratio: /);
  t.match(change('tier = "township"', 'tier = "village"'), /^rows\/0\/tier: .*no such tier/);
  t.match(change('county = "level-2"', 'county = "level-9"'), /^levels\/county: .*no such tier/);
  t.match(change('over = "30000.00"', 'over = "10000.00"'), /^critical\/0\/ratio\/1\/over: /);
  t.match(
    change('ratio = "85%"', 'ratio = [{ over = "1.00", ratio = "85%" }]'),
    /^rows\/0\/ratio\/0\/over: /,
  );
  t.match(change('tier = "level-1"', 'tier = "township"'), /^rows\/1: .*overlaps rows\/0/);
  t.match(
    change('from = "2024-01-01"', 'from = "2024-01-01"\nto = "2023-12-31"'),
    /^rows\/0\/to: .*is before from/,
  );
  t.match(change('personClass = "2304"', 'personClass = "2303"'), /^assistance\/1: .*overlaps/);
});

t.test('rules for the same case may follow each other', async (t) => {
  const second = good.replace('tier = "level-1"', 'tier = "township"');
  const ended = second.replace('from = "2024-01-01"', 'from = "2023-01-01"\nto = "2023-12-31"');
  t.type(tableOf(ended), 'object');
  t.match(
    tableOf(ended.replace('"2023-12-31"', '"2024-01-01"')),
    /^rows\/1: .*overlaps rows\/0/,
    'not by one day',
  );
});
