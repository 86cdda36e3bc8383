import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { natsIsMissing, startNats } from '../../../setup/nats.ts';
import { clinic, hospital, messageOf, side, untilSent } from './helper.ts';

const skip = natsIsMissing()?.reason ?? false;

t.test(
  'an organisation keeps its stream on its own leaf node, the others on the hub',
  { skip },
  async (t) => {
    const probe = createServer();
    await once(probe.listen(0, '127.0.0.1'), 'listening');
    const { port } = probe.address() as { port: number };
    await once(probe.close(), 'close');
    const hub = await startNats(t, {
      domain: 'county',
      configuration: `leafnodes { listen: "127.0.0.1:${port}" }`,
    });
    const leaf = await startNats(t, {
      domain: 'clinic',
      configuration: `leafnodes { reconnect: 1, remotes: [{ url: "nats-leaf://127.0.0.1:${port}" }] }`,
    });
    const there = side(t, hospital, clinic, { servers: [hub.url] });
    const here = side(t, clinic, hospital, { servers: [leaf.url] });
    t.match(await untilSent(here, messageOf('m-1')), { messageId: 'm-1' });
    t.match(await untilSent(there, messageOf('m-2', { from: hospital, to: clinic })), { messageId: 'm-2' });

    await here.link.close();
    const elsewhere = side(t, clinic, hospital, { servers: [hub.url], domain: 'clinic' });
    t.match(
      await untilSent(there, messageOf('m-3', { from: hospital, to: clinic })),
      { messageId: 'm-3' },
      'the stream on the leaf is reached by its domain from the hub as well',
    );
    t.same([...elsewhere.taken.keys()], ['m-3']);
    await elsewhere.link.close();

    await hub.stop('SIGKILL');
    const back = side(t, clinic, hospital, { servers: [leaf.url] });
    t.match(await back.failure(messageOf('m-4'), 300), { kind: 'transient' });
    await hub.start();
    t.match(await untilSent(back, messageOf('m-4')), { messageId: 'm-4' });
  },
);
