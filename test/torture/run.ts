/**
 * `npm run torture -- <name> [--seed N] [--cycles C] [--json]`: prints what was done to it and what came of it; exits 1
 * on a failure. Cycles are those of `settlement`.
 */
import { parseArgs } from 'node:util';
import { frames } from './frames/torture.ts';
import type { Torture } from './report.ts';
import { settlement } from './settlement/torture.ts';
import { soak } from './soak/torture.ts';

const tortures: Readonly<Record<string, Torture>> = { frames, soak, settlement };

/** Where none is given: the same each time, or another each time. */
const SEEDS: Readonly<Record<string, number>> = { settlement: 1 };

const { values, positionals } = parseArgs({
  options: {
    seed: { type: 'string' },
    cycles: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [name = ''] = positionals;
const torture = tortures[name];
if (!torture) {
  console.error(`npm run torture -- <${Object.keys(tortures).join('|')}> [--seed N] [--cycles C] [--json]`);
  process.exit(2);
}
const seed = Number(values.seed ?? SEEDS[name] ?? Date.now() % 2 ** 31);
const { results, failures } = await torture(
  seed,
  values.cycles === undefined ? {} : { cycles: Number(values.cycles) },
);
if (values.json) {
  console.log(JSON.stringify({ name, seed, results, failures }));
} else {
  console.log(`${name} --seed ${seed}`);
  for (const [key, value] of Object.entries(results)) console.log(`  ${key}: ${JSON.stringify(value)}`);
  console.log(failures.length === 0 ? '  held' : failures.map((failure) => `  ✗ ${failure}`).join('\n'));
}
process.exit(failures.length === 0 ? 0 : 1);
