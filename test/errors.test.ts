import { readFileSync } from 'node:fs';
import t from 'tap';
import { errorsPage } from '../src/docs/errors-page.ts';
import { errorTable, Fault } from '../src/errors.ts';

const entries = Object.entries(errorTable);

t.test('every code is a subject and what befell it, in small letters', async (t) => {
  t.ok(entries.length > 40);
  for (const [code] of entries) t.match(code, /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
});

t.test('every error says what happened and what to do, in Chinese and in English', async (t) => {
  for (const [code, { zh, en }] of entries) {
    for (const text of zh) t.match(text, /\p{Script=Han}/u, code);
    for (const text of en) {
      t.match(text, /^[A-Za-z]/, code);
      t.notMatch(text, /\p{Script=Han}/u, code);
    }
    for (const text of [...zh, ...en]) t.notMatch(text, /[。.]$/, `${code} ends without a full stop`);
  }
});

t.test('every status is that of a failure, and fits what may be sent again', async (t) => {
  const known = [
    400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 415, 422, 424, 428, 429, 431, 500, 502, 503, 504,
  ];
  for (const [code, { status, again, place }] of entries) {
    t.ok(known.includes(status), code);
    if (status === 503 || status === 429) t.equal(again, 'yes', code);
    if (status === 500) t.equal(place, 'gateway', code);
  }
});

t.test('a Fault is told by its code and carries its kind', async (t) => {
  const cause = new Error('why');
  const fault = new Fault('settlement.state', { detail: 'is reversed', facts: { state: 'reversed' } }, cause);
  t.equal(fault.message, 'settlement.state: is reversed');
  t.equal(fault.kind, errorTable['settlement.state']);
  t.equal(fault.cause, cause);
  t.equal(new Fault('card.none').message, 'card.none');
  t.notOk('cause' in new Fault('card.none'));
});

t.test('docs/errors.md tells the table as it is (npm run errors writes it)', async (t) => {
  const file = new URL('../docs/errors.md', import.meta.url);
  t.equal(readFileSync(file, 'utf8'), errorsPage());
});
