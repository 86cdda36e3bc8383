/**
 * Searches everything the suite logged for the sample person. Run with `clear` before the suite, and with `search`
 * after it: exits 1 when a log holds the name or the number, or when nothing was logged at all.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_FOLDER, SAMPLE_NAME, SAMPLE_NUMBER } from './helper.ts';

/** The name as it is and as it would look in the encodings that cross our wires. */
const traces = [
  SAMPLE_NAME,
  SAMPLE_NUMBER,
  JSON.stringify(SAMPLE_NAME)
    .replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`)
    .slice(1, -1),
  encodeURIComponent(SAMPLE_NAME),
  Buffer.from(SAMPLE_NUMBER).toString('hex'),
  Buffer.from(SAMPLE_NUMBER).toString('base64').slice(0, 20),
];

if (process.argv[2] === 'clear') {
  rmSync(LOG_FOLDER, { recursive: true, force: true });
  mkdirSync(LOG_FOLDER, { recursive: true });
} else {
  const files = readdirSync(LOG_FOLDER).map((name) => join(LOG_FOLDER, name));
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n')).filter((line) => line !== '');
  const found = lines.filter((line) => traces.some((trace) => line.includes(trace)));
  console.log(
    `personal data in the suite's log: ${found.length} of ${lines.length} lines in ${files.length} files`,
  );
  for (const line of found.slice(0, 5)) console.log(`  ${line.slice(0, 300)}`);
  process.exit(found.length === 0 && lines.length > 0 ? 0 : 1);
}
