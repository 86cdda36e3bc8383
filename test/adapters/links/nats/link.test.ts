import t from 'tap';
import type { Relay } from '../../../../src/delivery/relay.ts';
import { Fault } from '../../../../src/errors.ts';
import { natsIsMissing, startNats } from '../../../setup/nats.ts';
import { clinic, clock, hospital, messageOf, side, untilSent } from './helper.ts';

const skip = natsIsMissing()?.reason ?? false;

t.test('a message is taken and its receipt comes back; its repeat has the same', { skip }, async (t) => {
  const server = await startNats(t);
  const network = { servers: [server.url] };
  const there = side(t, hospital, clinic, network);
  const here = side(t, clinic, hospital, network);
  t.same(await untilSent(here, messageOf('m-1')), {
    messageId: 'm-1',
    receivedAt: clock.now(),
    duplicate: false,
  });
  t.match(await here.send(messageOf('m-1')), { messageId: 'm-1', duplicate: true });
  t.equal(there.taken.get('m-1'), 2, 'the inbox tells repeats apart, not the stream');
  const many = await Promise.all(Array.from({ length: 200 }, (_, i) => here.send(messageOf(`n-${i}`))));
  t.equal(many.filter(({ duplicate }) => !duplicate).length, 200);
  t.equal(there.taken.size, 201);
});

t.test('both ends send to each other over the same servers', { skip }, async (t) => {
  const server = await startNats(t);
  const network = { servers: [server.url] };
  const there = side(t, hospital, clinic, network);
  const here = side(t, clinic, hospital, network);
  await untilSent(here, messageOf('m-1'));
  await untilSent(there, messageOf('m-1', { from: hospital, to: clinic }));
  t.same(
    [...there.taken, ...here.taken],
    [
      ['m-1', 1],
      ['m-1', 1],
    ],
  );
});

t.test('what is passed on for another is handed over in our own name', { skip }, async (t) => {
  const server = await startNats(t);
  const network = { servers: [server.url] };
  const relay = { mayComeFrom: () => true } as unknown as Relay;
  const there = side(t, hospital, clinic, network, { relay });
  const here = side(t, clinic, hospital, network);
  const passedOn = messageOf('m-1', { from: 'VILLAGE001', via: [clinic] });
  t.match(await untilSent(here, passedOn), { messageId: 'm-1', duplicate: false });
  t.match(
    await untilSent(here, messageOf('m-2', { to: 'CITYHOSP01', hop: hospital })),
    { messageId: 'm-2' },
    'and what the other side is to pass on is receipted by it',
  );
  t.same([...there.taken.keys()], ['m-1', 'm-2']);
});

t.test('a refusal comes back as what it is', { skip }, async (t) => {
  const server = await startNats(t);
  const network = { servers: [server.url] };
  const there = side(t, hospital, clinic, network);
  const here = side(t, clinic, hospital, network);
  await untilSent(here, messageOf('m-0'));
  there.instead = async () => {
    throw new Fault('link.conflict');
  };
  t.match(await here.failure(messageOf('m-1')), { kind: 'permanent', message: '409 link.conflict' });
  there.instead = async () => {
    throw new Fault('link.waiting-full', { retryAfterS: 7 });
  };
  t.match(await here.failure(messageOf('m-2')), {
    kind: 'transient',
    message: '503 link.waiting-full',
    retryAfterMs: 7_000,
  });
  there.instead = undefined;
  t.match(await here.send(messageOf('m-1')), { duplicate: false }, 'replayed, it is asked anew');
  t.match(await here.failure(messageOf('m-3', { to: 'OTHER00001' })), {
    kind: 'permanent',
    message: '422 link.not-for-us',
  });
  t.match(await here.failure(messageOf('m-4', { body: Buffer.from('[]') })), {
    kind: 'permanent',
    message: '400 request.invalid',
  });
  const large = Buffer.from(JSON.stringify({ a: 'x'.repeat(262_144) }));
  t.match(await here.failure(messageOf('m-5', { body: large })), {
    kind: 'permanent',
    message: '413 request.too-large',
  });
});

t.test(
  'what is not signed as agreed has no effect, and neither side takes the answer for one',
  {
    skip,
  },
  async (t) => {
    const server = await startNats(t);
    const network = { servers: [server.url] };
    const there = side(t, hospital, clinic, network);
    const here = side(t, clinic, hospital, network, { secret: Buffer.alloc(32, 4) });
    const good = side(t, clinic, hospital, network);
    await untilSent(good, messageOf('m-0'));
    t.match(await here.failure(messageOf('m-1')), {
      kind: 'transient',
      message: 'the answer is not signed as agreed',
    });
    t.notOk(there.taken.has('m-1'));
  },
);

t.test('a message of somebody we have no link to is thrown away', { skip }, async (t) => {
  const server = await startNats(t);
  const network = { servers: [server.url] };
  const there = side(t, hospital, clinic, network);
  const stranger = side(t, 'NOBODY0001', hospital, network);
  const here = side(t, clinic, hospital, network);
  await untilSent(here, messageOf('m-0'));
  t.match(await stranger.failure(messageOf('m-1', { from: 'NOBODY0001' }), 500), {
    kind: 'transient',
    message: 'no answer in time',
  });
  t.same([...there.taken.keys()], ['m-0']);
  t.match(await here.send(messageOf('m-2')), { duplicate: false }, 'and the next is taken');
});

t.test('trouble of the receiver’s own does not refuse a message: it comes again', { skip }, async (t) => {
  const server = await startNats(t);
  const network = { servers: [server.url] };
  const there = side(t, hospital, clinic, network);
  const here = side(t, clinic, hospital, network);
  await untilSent(here, messageOf('m-0'));
  let tries = 0;
  there.instead = async () => {
    tries += 1;
    if (tries === 2) there.instead = undefined;
    throw tries === 1 ? new Fault('gateway.store') : new TypeError('a bug');
  };
  t.match(await here.send(messageOf('m-1'), 8_000), { duplicate: false });
  t.equal(tries, 2);
});
