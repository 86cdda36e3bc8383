import { readFileSync } from 'node:fs';
import t from 'tap';
import { chinaDate, systemClock } from '../../src/clock.ts';
import { curl, curlCommandsIn } from '../setup/curl.ts';
import { startWorld } from './world.ts';

const guide = readFileSync(new URL('../../docs/his.md', import.meta.url), 'utf8');

/** What each command of the guide comes to, in its order. */
const EXPECTED = [
  { insurances: [{ active: true }] },
  { state: 'quoted' },
  { state: 'settled' },
  { items: [{ transaction: '1101' }] },
  { state: 'reversed' },
  { state: 'quoted', legs: [{ insurer: 'nhsa' }, { insurer: 'relief' }, { insurer: 'cash' }] },
  { state: 'settled', cash: '0.00' },
  { state: 'admitted' },
  { state: 'admitted' },
  { state: 'admitted', charges: { freeLines: 2 } },
  { state: 'discharged' },
  { state: 'settled' },
  { estimate: true },
  { insurer: 'nhsa' },
  { insurer: 'nhsa' },
  { next: /^[0-9]+$/ },
  { state: 'active', secret: /^whsec_/ },
];

t.test('every command of the guide for a HIS does what it says', async (t) => {
  const world = await startWorld(t);
  const values = {
    API: world.url,
    AUTH: `authorization: Bearer ${world.key}`,
    JSON: 'content-type: application/json',
    TODAY: chinaDate(systemClock.now()),
  };
  const ids = new Map<string, string>();
  const commands = curlCommandsIn(guide);
  t.equal(commands.length, EXPECTED.length);
  for (const [index, command] of commands.entries()) {
    // Where a person would paste the id of an earlier answer, the text has an ellipsis.
    const pasted = command
      .replace(/\/v1\/(\w+)\/…/, (_, things: string) => `/v1/${things}/${ids.get(things)}`)
      .replace('"stayId":"…"', `"stayId":"${ids.get('stays')}"`);
    const { status, body } = await curl(pasted, values);
    t.ok(status < 300, `${pasted} → ${status} ${JSON.stringify(body).slice(0, 300)}`);
    t.match(body, EXPECTED[index], pasted);
    const things = /\/v1\/(\w+)/.exec(command)?.[1];
    if (things !== undefined && typeof body.id === 'string') ids.set(things, body.id);
  }
});
