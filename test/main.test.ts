import t from 'tap';
import { call, startWorld } from './end-to-end/world.ts';

t.test('a stop ends a reading that waits for a card, rather than wait with it', async (t) => {
  const world = await startWorld(t);
  const as = { key: world.key, headers: { 'content-type': 'application/json' } };
  await call({ method: 'DELETE', url: `${world.url}/v1/sandbox/readers/desk-1/card`, key: world.key });
  const reader = `${world.url}/v1/readers/desk-1`;
  const body = JSON.stringify({ accept: ['social-security-card'], timeoutMs: 60_000 });
  const state = async () => JSON.parse((await call({ method: 'GET', url: reader, ...as })).body).state;
  while ((await state()) !== 'ready') await new Promise(setImmediate);
  const reading = call({ method: 'POST', url: `${reader}/readings`, ...as, body });
  while ((await state()) !== 'busy') await new Promise(setImmediate);
  await world.close();
  const answer = await reading;
  t.equal(answer.status, 503);
  t.match(JSON.parse(answer.body), { code: 'gateway.stopping' });
});
