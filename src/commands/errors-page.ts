/** Prints docs/errors.md and docs/doubt.md from the tables they tell of; with --write, writes the files. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { doubtPage } from '../docs/doubt-page.ts';
import { errorsPage } from '../docs/errors-page.ts';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
for (const [name, page] of [
  ['errors', errorsPage],
  ['doubt', doubtPage],
] as const) {
  if (values.write) writeFileSync(new URL(`../../docs/${name}.md`, import.meta.url), page());
  else process.stdout.write(page());
}
