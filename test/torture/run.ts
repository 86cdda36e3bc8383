/**
 * `npm run torture -- <name> [--seed N] [--json]`: prints what was done to it and what came of it; exits 1 on a failure.
 * `settlement` takes `--cycles C`; `referral` takes `--referrals N`, `--minutes M` and `--link http|nats|mailbox`.
 */
import { parseArgs } from 'node:util';
import { frames } from './frames/torture.ts';
import { referral } from './referral/torture.ts';
import type { Torture } from './report.ts';
import { settlement } from './settlement/torture.ts';
import { soak } from './soak/torture.ts';

const tortures: Readonly<Record<string, Torture>> = { frames, soak, settlement, referral };

/** Where none is given: the same each time, or another each time. */
const SEEDS: Readonly<Record<string, number>> = { settlement: 1, referral: 1 };

const { values, positionals } = parseArgs({
  options: {
    seed: { type: 'string' },
    cycles: { type: 'string' },
    referrals: { type: 'string' },
    minutes: { type: 'string' },
    link: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [name = ''] = positionals;
const torture = tortures[name];
if (!torture) {
  console.error(`npm run torture -- <${Object.keys(tortures).join('|')}> [--seed N] [--json]`);
  process.exit(2);
}
const seed = Number(values.seed ?? SEEDS[name] ?? Date.now() % 2 ** 31);
const { results, failures } = await torture(seed, {
  ...numberOf('cycles'),
  ...numberOf('referrals'),
  ...numberOf('minutes'),
  ...(values.link === undefined ? {} : { link: values.link }),
});
if (values.json) {
  console.log(JSON.stringify({ name, seed, results, failures }));
} else {
  console.log(`${name} --seed ${seed}`);
  for (const [key, value] of Object.entries(results)) console.log(`  ${key}: ${JSON.stringify(value)}`);
  console.log(failures.length === 0 ? '  held' : failures.map((failure) => `  ✗ ${failure}`).join('\n'));
}
process.exit(failures.length === 0 ? 0 : 1);

function numberOf(option: 'cycles' | 'referrals' | 'minutes') {
  return values[option] === undefined ? {} : { [option]: Number(values[option]) };
}
