import t from 'tap';
import { packWith } from '../../src/delivery/packing.ts';
import type { Ways } from '../../src/delivery/port.ts';
import { LinkError } from '../../src/delivery/port.ts';
import { reroute } from '../../src/delivery/relay.ts';
import { linkSecretOf } from '../../src/delivery/signature.ts';
import { err, ok } from '../../src/result.ts';
import {
  clinic,
  creation,
  hospital,
  join,
  organisation,
  outcome,
  SECRET,
  type TestOrganisation,
} from '../referral/organisations.ts';

const township = { code: 'TOWNSHIP01', name: '示范镇卫生院', level: 'township' } as const;
const secret = linkSecretOf(SECRET);

/** Ways as a table: which neighbour leads to whom, and who may come by whose hand. */
function waysOf(hops: Record<string, string>, hands: Record<string, string[]> = {}): Ways {
  return {
    hopTo(to, passed = []) {
      const hop = hops[to];
      if (hop === undefined) return err('unknown');
      return passed.includes(hop) ? err('no-way') : ok(hop);
    },
    mayPassOn: (neighbour, from) => hands[neighbour]?.includes(from) ?? false,
  };
}

/** The clinic and the hospital have no link, but each has one to the township between them. */
async function chain(t: Parameters<typeof organisation>[0]) {
  const [c, m, h] = [clinic.code, township.code, hospital.code];
  const secrets = (...codes: string[]) => new Map(codes.map((code) => [code, secret]));
  const village = await organisation(t, clinic, hospital, {
    ways: waysOf({ [m]: m, [h]: m }, { [m]: [h] }),
    secrets: secrets(m),
  });
  const middle = await organisation(t, township, hospital, {
    ways: waysOf({ [c]: c, [h]: h, AFAR000001: c }),
    secrets: secrets(c, h),
  });
  const county = await organisation(t, hospital, clinic, {
    ways: waysOf({ [m]: m, [c]: m }, { [m]: [c] }),
    secrets: secrets(m),
  });
  const all = [village, middle, county];
  const urls = await Promise.all(all.map((side) => side.listen()));
  join(village, township, urls[1]!);
  join(middle, clinic, urls[0]!);
  join(middle, hospital, urls[2]!);
  join(county, township, urls[1]!);
  async function settle(): Promise<void> {
    for (let quiet = false; !quiet; ) {
      quiet = true;
      for (const side of all) if ((await side.worker.runOnce()) > 0) quiet = false;
    }
  }
  return { village, middle, county, countyUrl: urls[2]!, settle };
}

t.test('a referral goes through the township to the county and comes back closed', async (t) => {
  const { village, middle, county, settle } = await chain(t);
  const { id } = (await village.call('POST', '/v1/referrals', creation)).body;
  await village.worker.runOnce();
  t.equal(
    (await village.call('GET', `/v1/referrals/${id}`)).body.state,
    'requested',
    'a hop is not the receiver',
  );
  const [handed] = (await village.call('GET', '/v1/deliveries')).body.items;
  t.match(handed, { state: 'delivered', organisation: township.code, receiver: hospital.code });
  t.notOk(handed?.reachedAt);

  await settle();
  t.equal((await village.call('GET', `/v1/referrals/${id}`)).body.state, 'received');
  t.ok((await village.call('GET', '/v1/deliveries')).body.items.at(-1)?.reachedAt);
  const [arrived] = (await county.call('GET', '/v1/referrals')).body.items;
  t.match(arrived, { peer: { code: clinic.code }, state: 'received' }, 'the county knows who sent it');
  t.same((await middle.call('GET', '/v1/referrals')).body.items, [], 'who passes it on has no case of it');

  await county.act(arrived!.id, { type: 'accept' });
  await county.act(arrived!.id, { type: 'complete', outcome });
  await settle();
  for (const [side, which] of [
    [village, id],
    [county, arrived!.id],
  ] as const) {
    t.match((await side.call('GET', `/v1/referrals/${which}`)).body, { state: 'completed', closed: true });
  }
  const relayed = (await middle.call('GET', '/v1/deliveries')).body.items;
  t.ok(relayed.length >= 3 && relayed.every(({ state }) => state === 'delivered'));
});

t.test('an emergency is as urgent to those that pass it on, and so is word of it', async (t) => {
  const { village, middle, county, settle } = await chain(t);
  await village.call('POST', '/v1/referrals', { ...creation, priority: 'stat' });
  await settle();
  const [arrived] = (await county.call('GET', '/v1/referrals')).body.items;
  t.equal(arrived!.priority, 'stat');
  const passedOn = (await middle.call('GET', '/v1/deliveries')).body.items;
  t.same(
    passedOn.map(({ type, priority }) => [type, priority]),
    [
      ['delivery.report', 'stat'],
      ['referral.request', 'stat'],
    ],
  );
});

t.test('what is given up on the way is told to its sender, and a replay goes all the way', async (t) => {
  const { village, middle, settle } = await chain(t);
  const whole = middle.links.get(hospital.code)!;
  middle.links.set(hospital.code, {
    ...whole,
    send: async () => {
      throw new LinkError('permanent', '422 link.unknown-type');
    },
  });
  const { id } = (await village.call('POST', '/v1/referrals', creation)).body;
  await settle();
  t.equal((await village.call('GET', `/v1/referrals/${id}`)).body.undelivered, true);
  const [dead] = (await village.call('GET', '/v1/deliveries?state=dead')).body.items;
  t.match(dead, { lastError: `PROXY ${township.code}: 422 link.unknown-type`, receiver: hospital.code });

  middle.links.set(hospital.code, whole);
  t.equal((await village.call('POST', `/v1/deliveries/${dead!.id}/replay`)).status, 201);
  await settle();
  t.match((await village.call('GET', `/v1/referrals/${id}`)).body, { state: 'received' });
  t.notOk((await village.call('GET', `/v1/referrals/${id}`)).body.undelivered);
});

/** Hands the township a message as a neighbour of it would. */
async function hand(middle: TestOrganisation, change: object, by: string = clinic.code) {
  const pack = packWith({ secrets: [secret] }, middle.clock);
  const message = {
    id: 'm-1',
    correlationId: 'c-1',
    from: clinic.code,
    to: hospital.code,
    hop: township.code,
    type: 'referral.event',
    body: Buffer.from('{}'),
    ...change,
  };
  const { headers, bytes } = pack(message);
  const answer = await middle.app.inject({
    method: 'POST',
    url: '/v1/link/messages',
    headers: { 'content-type': 'application/json', ...headers, 'yikatong-sender': by },
    payload: bytes,
  });
  return { status: answer.statusCode, body: answer.json() };
}

t.test('a message is taken once, whichever way it comes', async (t) => {
  const { middle } = await chain(t);
  t.equal((await hand(middle, {})).status, 201);
  t.equal((await hand(middle, {})).status, 200);
  t.match(await hand(middle, { body: Buffer.from('{"other":1}') }), {
    status: 409,
    body: { code: 'link.conflict' },
  });
  t.equal((await middle.call('GET', '/v1/deliveries')).body.items.length, 1);
});

t.test('what has no way, goes in circles or comes by a strange hand is refused', async (t) => {
  const { middle, county } = await chain(t);
  const refused = async (change: object, code: string, by?: string) =>
    t.match(await hand(middle, change, by), { status: 422, body: { code } }, code);
  await refused({ to: 'NOBODY0001' }, 'link.unknown-receiver');
  await refused({ to: 'AFAR000001' }, 'link.no-way');
  await refused({ via: [township.code, clinic.code], from: 'AFAR000001' }, 'link.not-on-way');
  await refused({ from: hospital.code, via: [clinic.code] }, 'link.not-on-way');
  t.match(await hand(middle, { from: hospital.code }), { status: 400, body: { pointer: '/body/from' } });
  t.match(await hand(middle, { via: [hospital.code] }), { status: 400, body: { pointer: '/body/via' } });

  const circle = { hop: hospital.code, to: 'TOWNSHIP01', via: [hospital.code, township.code] };
  t.match(await hand(county, circle, township.code), { status: 422, body: { code: 'link.loop' } });
  const far = ['A001', 'A002', 'A003', 'A004', 'A005', 'A006', township.code];
  t.match(await hand(county, { ...circle, via: far }, township.code), {
    status: 422,
    body: { code: 'link.loop' },
  });
  t.equal((await middle.call('GET', '/v1/deliveries')).body.items.length, 0);
});

t.test('what waits goes another way once there is one', async (t) => {
  const { village, county, countyUrl, settle } = await chain(t);
  village.links.delete(township.code);
  const { id } = (await village.call('POST', '/v1/referrals', creation)).body;
  await settle();
  join(village, hospital, countyUrl);
  const direct = waysOf({ [hospital.code]: hospital.code });
  t.equal(await reroute(village.store, direct, village.clock.now()), 1);
  t.equal(await reroute(village.store, direct, village.clock.now()), 0);
  t.match((await village.call('GET', '/v1/deliveries')).body.items, [
    { organisation: hospital.code, state: 'queued' },
  ]);
  county.keys.set(clinic.code, { secrets: [secret] });
  await settle();
  t.equal((await village.call('GET', `/v1/referrals/${id}`)).body.state, 'received');
});
