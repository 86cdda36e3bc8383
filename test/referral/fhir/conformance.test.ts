import { readFileSync } from 'node:fs';
import t from 'tap';
import { capabilityStatement } from '../../../src/referral/fhir/capability.ts';
import { KEPT_TYPES } from '../../../src/referral/fhir/pack.ts';
import type { Any } from './package.ts';

const page = readFileSync(new URL('../../../docs/fhir.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| ([^|]+) \| ([a-z]+\.test\.ts): ([^|]+) \|$/gm)].map(
  ([, what, file, test]) => ({
    what: what!,
    file: file!,
    test: test!,
  }),
);

t.test('each line of docs/fhir.md names a test that there is', async (t) => {
  t.ok(rows.length > 15);
  for (const { file, test } of rows) {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    t.ok(text.includes(`'${test}'`), `${file}: ${test}`);
  }
});

t.test('each interaction of the capability statement is on the page', async (t) => {
  const statement = capabilityStatement({ version: 'test', url: 'http://127.0.0.1/fhir' }) as Any;
  const kept: readonly string[] = KEPT_TYPES;
  for (const { type, interaction, searchParam } of statement.rest[0].resource) {
    if (searchParam === undefined && kept.includes(type)) continue;
    for (const { code } of interaction) {
      t.ok(page.includes(`| ${type} ${code} |`), `${type} ${code}`);
    }
  }
  for (const { code } of statement.rest[0].interaction)
    t.ok(
      rows.some(({ what }) => what === code),
      code,
    );
  for (const { name } of statement.rest[0].operation)
    t.ok(
      rows.some(({ what }) => what === `$${name}`),
      name,
    );
});
