/** Prints docs/errors.md, docs/doubt.md, docs/referral.md and docs/conformance.md from the tables they tell of; with --write, writes the files. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { conformancePage } from '../docs/conformance-page.ts';
import { doubtPage } from '../docs/doubt-page.ts';
import { errorsPage } from '../docs/errors-page.ts';
import { referralPage } from '../docs/referral-page.ts';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
for (const [name, page] of [
  ['errors', errorsPage],
  ['doubt', doubtPage],
  ['referral', referralPage],
  ['conformance', conformancePage],
] as const) {
  if (values.write) writeFileSync(new URL(`../../docs/${name}.md`, import.meta.url), page());
  else process.stdout.write(page());
}
