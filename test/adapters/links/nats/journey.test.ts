import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import t from 'tap';
import { NatsLinks } from '../../../../adapters/links/nats/links.ts';
import { packWith } from '../../../../src/delivery/packing.ts';
import { LinkError } from '../../../../src/delivery/port.ts';
import { linkSecretOf } from '../../../../src/delivery/signature.ts';
import { testLogger } from '../../../helper.ts';
import {
  appointment,
  clinic,
  creation,
  hospital,
  organisation,
  outcome,
  SECRET,
  type TestOrganisation,
} from '../../../referral/organisations.ts';
import { natsIsMissing, startNats } from '../../../setup/nats.ts';

const skip = natsIsMissing()?.reason ?? false;

/** Gives one side its link to the other, and waits until the other answers over it. */
function join(side: TestOrganisation, own: string, peer: string, url: string): void {
  const links = new NatsLinks({
    organisation: own,
    gatewayId: own.toLowerCase(),
    logger: testLogger(),
    random: () => 1,
    secretOf: () => '',
  });
  const pack = packWith({ secrets: [linkSecretOf(SECRET)] }, side.clock);
  const link = links.linkOf(peer, { servers: [url] }, pack);
  side.links.set(peer, link);
  link.listen?.(side.door.take, side.door.open, () => undefined);
}

async function untilReached(side: TestOrganisation, from: string, to: string): Promise<void> {
  const probe = {
    id: 'probe',
    correlationId: 'probe',
    from,
    to,
    type: 'no.such-type',
    body: Buffer.from('{}'),
  };
  for (let tries = 0; tries < 50; tries++) {
    const error = await side.links
      .get(to)!
      .send(probe, AbortSignal.timeout(1_000))
      .catch((thrown: unknown) => thrown);
    if (error instanceof LinkError && error.kind === 'permanent') return;
    await delay(100);
  }
  throw new Error(`${to} is not reached`);
}

t.test('a referral goes to the other gateway over NATS and comes back closed', { skip }, async (t) => {
  const server = await startNats(t);
  const here = await organisation(t, clinic, hospital);
  const there = await organisation(t, hospital, clinic);
  join(here, clinic.code, hospital.code, server.url);
  join(there, hospital.code, clinic.code, server.url);
  await untilReached(here, clinic.code, hospital.code);
  await untilReached(there, hospital.code, clinic.code);

  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.deliverAll();
  t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { state: 'received' });
  const theirs = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  for (const body of [
    { type: 'accept' },
    { type: 'schedule', appointment },
    { type: 'arrive' },
    { type: 'complete', outcome },
  ]) {
    t.equal((await there.act(theirs, body)).status, 200, body.type);
    await there.deliverAll();
  }
  for (const [side, which] of [
    [here, id],
    [there, theirs],
  ] as const) {
    t.match((await side.call('GET', `/v1/referrals/${which}`)).body, { state: 'completed', closed: true });
  }
  const { items } = (await there.call('GET', '/v1/deliveries')).body;
  t.same([...new Set(items.map(({ state }) => state))], ['delivered']);

  const connection = await connect({ servers: server.url });
  t.teardown(() => connection.close());
  const { streams } = await jetstreamManager(connection);
  for (const code of [clinic.code, hospital.code]) {
    const { state } = await streams.info(`yikatong_${code}`);
    t.equal(state.messages, 0, 'nothing of a patient stays with the servers once it was answered');
  }
});
