import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AckPolicy, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect, nanos } from '@nats-io/transport-node';
import t from 'tap';
import { natsIsMissing, startNats } from '../../../setup/nats.ts';
import { clinic, clock, hospital, messageOf, side, untilSent } from './helper.ts';

const skip = natsIsMissing()?.reason ?? false;

t.test('a server that was killed is found again, and what it held is delivered', { skip }, async (t) => {
  const server = await startNats(t);
  const network = { servers: [server.url] };
  const there = side(t, hospital, clinic, network);
  const here = side(t, clinic, hospital, network);
  await untilSent(here, messageOf('m-0'));
  await server.stop('SIGKILL');
  t.match(await here.failure(messageOf('m-1'), 1_000), { kind: 'transient' });
  await server.start();
  t.match(await untilSent(here, messageOf('m-1')), { messageId: 'm-1' });
  t.match(await untilSent(there, messageOf('b-1', { from: hospital, to: clinic })), { messageId: 'b-1' });
});

t.test(
  'while the receiver is away its stream keeps messages, and the late receipt is found',
  {
    skip,
  },
  async (t) => {
    const server = await startNats(t);
    const network = { servers: [server.url] };
    const here = side(t, clinic, hospital, network);
    t.match(await retried(() => here.failure(messageOf('m-1'), 500), /no stream of theirs/), {
      kind: 'transient',
      message: 'nobody takes messages for this organisation: no stream of theirs is reached',
    });
    const before = side(t, hospital, clinic, network);
    await untilSent(here, messageOf('m-1'));
    await before.link.close();

    t.match(await here.failure(messageOf('m-2'), 300), { kind: 'transient', message: 'no answer in time' });
    clock.advance(3 * 24 * 3_600_000);
    const after = side(t, hospital, clinic, network);
    while (here.heard.length === 0) await delay(20);
    t.same(here.heard, [hospital], 'that it is back is told');
    t.match(await here.send(messageOf('m-2')), { messageId: 'm-2', duplicate: false });
    t.equal(after.taken.get('m-2'), 1, 'the receipt of the first try was kept: nothing was sent again');
  },
);

t.test('a sender that died after sending has its receipt when it sends again', { skip }, async (t) => {
  const server = await startNats(t);
  const network = { servers: [server.url] };
  const there = side(t, hospital, clinic, network);
  const first = side(t, clinic, hospital, network);
  await untilSent(first, messageOf('m-1'));
  await first.link.close();
  const second = side(t, clinic, hospital, network);
  t.match(await untilSent(second, messageOf('m-1')), { duplicate: true });
  t.equal(there.taken.get('m-1'), 2);
});

t.test('a receiver that died between its commit and its answer: another answers', { skip }, async (t) => {
  const server = await startNats(t);
  await makeMailbox(server.url, { ackWaitMs: 1_000 });
  const network = { servers: [server.url] };
  const dying = side(t, hospital, clinic, network);
  const here = side(t, clinic, hospital, network);
  await untilSent(here, messageOf('m-0'));
  const committed = Promise.withResolvers<void>();
  const never = Promise.withResolvers<never>();
  dying.instead = (message) => {
    dying.taken.set(message.id, 1);
    committed.resolve();
    return never.promise;
  };
  const sending = here.send(messageOf('m-1'), 10_000);
  await committed.promise;
  const closing = dying.link.close();
  const heir = side(t, hospital, clinic, network);
  heir.taken.set('m-1', 1);
  t.match(await sending, { messageId: 'm-1', duplicate: true });
  never.reject(new Error('it is dead'));
  await closing;
});

t.test('two gateways of one organisation share its mailbox', { skip }, async (t) => {
  const server = await startNats(t);
  const network = { servers: [server.url] };
  const [one, two] = [side(t, hospital, clinic, network), side(t, hospital, clinic, network)];
  const here = side(t, clinic, hospital, network);
  await untilSent(here, messageOf('m-0'));
  await Promise.all(Array.from({ length: 300 }, (_, i) => here.send(messageOf(`n-${i}`))));
  const taken = [...one.taken, ...two.taken].filter(([id]) => id.startsWith('n-'));
  t.equal(taken.length, 300, 'each message once');
  t.ok(one.taken.size > 0 && two.taken.size > 0, 'and both take some');
});

t.test(
  'a stream that is set up for something else, or taken away, is told of and tried again',
  {
    skip,
  },
  async (t) => {
    const server = await startNats(t);
    const connection = await connect({ servers: server.url });
    t.teardown(() => connection.close());
    const { streams } = await jetstreamManager(connection);
    await streams.add({ name: `yikatong_${hospital}`, subjects: ['other.>'] });
    const network = { servers: [server.url] };
    const there = side(t, hospital, clinic, network);
    const here = side(t, clinic, hospital, network);
    t.match(await retried(() => here.failure(messageOf('m-1'), 300), /no stream/), { kind: 'transient' });
    await streams.delete(`yikatong_${hospital}`);
    await untilSent(here, messageOf('m-1'));
    await streams.delete(`yikatong_${hospital}`);
    t.match(await untilSent(here, messageOf('m-2')), { duplicate: false });
    t.equal(there.taken.get('m-2'), 1);
  },
);

t.test('nobody there, and a server that speaks rubbish: links wait, and end when told to', async (t) => {
  const nobody = side(t, clinic, hospital, { servers: ['nats://127.0.0.1:1'] });
  t.match(await nobody.failure(messageOf('m-1'), 300), {
    kind: 'transient',
    message: 'no connection to the NATS servers',
  });
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(
      'INFO {"server_id":"x","max_payload":1048576,"proto":1,"headers":true,"version":"2.9.10"}\r\n',
    );
    socket.once('data', () => socket.write(Buffer.from('PONG\r\nMSG \x00\xff 1 2\r\n+OK rubbish\r\n\r\n')));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const fooled = side(t, clinic, hospital, { servers: [`nats://127.0.0.1:${port}`] });
  await delay(300);
  t.match(await fooled.failure(messageOf('m-1'), 300), { kind: 'transient' });
  await Promise.all([nobody.link.close(), fooled.link.close()]);
  t.pass('both ended');
});

/** Asks until the answer says `what`: connections take a moment. */
async function retried<T extends { message: string }>(ask: () => Promise<T>, what: RegExp): Promise<T> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    if (what.test(answer.message) || tries === 20) return answer;
    await delay(100);
  }
}

/** The hospital's mailbox as an operator would make it, with a shorter wait for answers. */
async function makeMailbox(url: string, { ackWaitMs }: { ackWaitMs: number }): Promise<void> {
  const connection = await connect({ servers: url });
  const { streams, consumers } = await jetstreamManager(connection);
  const name = `yikatong_${hospital}`;
  await streams.add({
    name,
    subjects: [`yikatong.${hospital}.messages.*`],
    retention: RetentionPolicy.Workqueue,
  });
  await consumers.add(name, {
    durable_name: 'gateway',
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
  });
  await connection.close();
}
