import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import {
  clinic,
  creation,
  hospital,
  join,
  joined,
  organisation,
  type TestOrganisation,
} from './organisations.ts';

/** Lets every wait run out, round by round, until nothing is queued. */
async function persist(side: TestOrganisation, rounds = 12): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await side.worker.runOnce();
    side.clock.advance(600_000);
  }
}

/** The clocks of the two ends stand apart after one was moved; links tolerate five minutes. */
function level(a: TestOrganisation, b: TestOrganisation): void {
  const gap = a.clock.now() - b.clock.now();
  (gap > 0 ? b : a).clock.advance(Math.abs(gap));
}

t.test(
  'a receiver that is away, then fails, then hangs gets the message once when it is well again',
  async (t) => {
    const here = await organisation(t, clinic, hospital);
    const there = await organisation(t, hospital, clinic);
    let mode: 'fail' | 'hang' | 'act-then-cut' | 'pass' = 'fail';
    // A proxy before the receiver, which misbehaves in one way after the other.
    const proxy = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', async () => {
        if (mode === 'fail') response.writeHead(500).end('oops');
        if (mode === 'fail' || mode === 'hang') return;
        const answer = await there.app.inject({
          method: 'POST',
          url: '/v1/link/messages',
          headers: request.headers as Record<string, string>,
          payload: Buffer.concat(chunks),
        });
        if (mode === 'act-then-cut') request.socket.destroy();
        else
          response.writeHead(answer.statusCode, { 'content-type': 'application/json' }).end(answer.payload);
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    t.teardown(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    join(here, hospital, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);

    const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
    for (mode of ['fail', 'hang', 'act-then-cut'] as const) {
      await here.worker.runOnce();
      here.clock.advance(600_000);
      level(here, there);
      t.equal((await here.call('GET', `/v1/referrals/${id}`)).body.state, 'requested', mode);
    }
    t.equal(
      (await there.call('GET', '/v1/referrals')).body.items.length,
      1,
      'the lost receipt left it acted upon',
    );
    mode = 'pass';
    await here.worker.runOnce();
    t.equal((await here.call('GET', `/v1/referrals/${id}`)).body.state, 'received');
    t.equal((await there.call('GET', '/v1/referrals')).body.items.length, 1);
    t.same(
      here.events.filter(({ type }) => type.startsWith('link.')).map(({ type }) => type),
      ['link.down', 'link.up'],
    );
  },
);

t.test('a wrong secret holds messages back until it is mended', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const there = await organisation(t, hospital, clinic, {
    secrets: new Map([[clinic.code, Buffer.alloc(32, 1)]]),
  });
  join(here, hospital, await there.listen());
  await here.call('POST', '/v1/referrals', creation);
  await here.worker.runOnce();
  const { items: deliveries } = (await here.call('GET', '/v1/deliveries')).body;
  t.match(deliveries, [{ state: 'queued', lastError: '401 link.signature' }]);
});

t.test('a message for the wrong receiver is dead at once, with the reason', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const there = await organisation(t, { ...hospital, code: 'OTHER00001' } as never, clinic);
  join(here, hospital, await there.listen());
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.deliverAll();
  t.match((await here.call('GET', '/v1/deliveries')).body.items, [
    { state: 'dead', lastError: '422 link.not-for-us' },
  ]);
  t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { state: 'requested', undelivered: true });
});

t.test('a referral nobody takes in time is undelivered, and both ends close after a replay', async (t) => {
  const { here, there } = await joined(t);
  const real = here.links.get(hospital.code)!;
  here.links.delete(hospital.code);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  here.clock.advance(9 * 24 * 3_600_000);
  await persist(here, 2);
  const dead = (await here.call('GET', '/v1/deliveries?state=dead')).body.items[0]!;
  t.match(dead, { lastError: 'expired: no link to this organisation is configured' });
  t.ok(here.events.some(({ type, data }) => type === 'referral.state' && data.undelivered));
  here.links.set(hospital.code, real);
  await here.call('POST', `/v1/deliveries/${dead.id}/replay`);
  level(here, there);
  await persist(here, 3);
  level(here, there);
  t.equal((await here.call('GET', `/v1/referrals/${id}`)).body.state, 'received');
  const theirs = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  await there.act(theirs, { type: 'decline', reason: { text: '请转专科医院' } });
  await there.deliverAll();
  t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { state: 'declined', closed: true });
});
