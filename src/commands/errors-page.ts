/** Prints docs/errors.md from the table of errors; with --write, writes the file. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { errorsPage } from '../docs/errors-page.ts';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
if (values.write) writeFileSync(new URL('../../docs/errors.md', import.meta.url), errorsPage());
else process.stdout.write(errorsPage());
