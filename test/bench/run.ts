/** `npm run bench -- <name> [--json]`: exits 1 when a ratio falls short. */
import { desks } from './desks/bench.ts';
import { gateway } from './gateway/bench.ts';
import { growth } from './growth/bench.ts';
import { pages } from './pages/bench.ts';
import { reading } from './reading/bench.ts';
import { referral } from './referral/bench.ts';
import { type Bench, readable, reportOf, shortfalls } from './report.ts';
import { settlement } from './settlement/bench.ts';

const benches: Readonly<Record<string, Bench>> = {
  gateway,
  reading,
  desks,
  settlement,
  growth,
  referral,
  pages,
};

const [name = ''] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const bench = benches[name];
if (!bench) {
  console.error(`npm run bench -- <${Object.keys(benches).join('|')}> [--json]`);
  process.exit(2);
}
const report = reportOf(name, await bench());
console.log(process.argv.includes('--json') ? JSON.stringify(report) : readable(report));
const short = shortfalls(report);
if (short.length > 0) console.error(`falls short: ${short.join(', ')}`);
process.exit(short.length > 0 ? 1 : 0);
