import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import t from 'tap';
import { natsIsMissing, startNats } from './nats.ts';

const missing = natsIsMissing();

t.test(
  'what a server has acknowledged is there after it was killed',
  {
    skip: missing?.reason ?? false,
  },
  async (t) => {
    const server = await startNats(t);
    const before = await connect({ servers: server.url, reconnect: false });
    const manager = await jetstreamManager(before);
    await manager.streams.add({ name: 'kept', subjects: ['kept.>'] });
    await jetstream(before).publish('kept.1', 'a', { msgID: 'm-1' });
    await server.stop('SIGKILL');
    await before.closed();

    await server.start();
    const after = await connect({ servers: server.url });
    t.teardown(() => after.close());
    const { state } = await (await jetstreamManager(after)).streams.info('kept');
    t.equal(state.messages, 1);
    t.match(await jetstream(after).publish('kept.1', 'a', { msgID: 'm-1' }), { duplicate: true });
  },
);
