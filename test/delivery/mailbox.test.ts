import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { request as post } from 'undici';
import { createFetchLink } from '../../adapters/links/fetch/link.ts';
import { createMailboxLink } from '../../adapters/links/mailbox/link.ts';
import type { MailboxAnswer, MailboxResult } from '../../schemas/mailbox.ts';
import { packWith } from '../../src/delivery/packing.ts';
import type { Packet } from '../../src/delivery/port.ts';
import { linkSecretOf } from '../../src/delivery/signature.ts';
import { testIds, testLogger } from '../helper.ts';
import {
  clinic,
  creation,
  hospital,
  organisation,
  SECRET,
  type TestOrganisation,
} from '../referral/organisations.ts';

type Test = Parameters<typeof organisation>[0];

/** A hospital that keeps the clinic's mail, and the clinic, which nobody reaches from outside. */
async function behindNat(t: Test) {
  const here = await organisation(t, clinic, hospital);
  const there = await organisation(t, hospital, clinic, {
    links: () => new Map([[clinic.code, createMailboxLink(clinic.code)]]),
  });
  return { here, there };
}

/** The clinic's link, to wherever the hospital is found. */
function fetchFrom(here: TestOrganisation, url: string, options: { waitS?: number; graceMs?: number } = {}) {
  const link = createFetchLink({
    organisation: hospital.code,
    ownCode: clinic.code,
    url,
    pack: packWith({ secrets: [linkSecretOf(SECRET)] }, here.clock),
    gatewayId: 'clinic',
    ids: testIds,
    logger: testLogger(),
    random: () => 0,
    ...options,
  });
  here.links.set(hospital.code, link);
  return link;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 5));
}

const stateAt = async (side: TestOrganisation, id: string) =>
  (await side.call('GET', `/v1/referrals/${id}`)).body.state;

/** Sends a referral and has it accepted; the acceptance lies in the clinic's mailbox. */
async function accepted(here: TestOrganisation, there: TestOrganisation) {
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.deliverAll();
  const theirs = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  await there.act(theirs, { type: 'accept' });
  return { id, theirs };
}

t.test('a gateway behind NAT sends and receives, all over connections of its own', async (t) => {
  const { here, there } = await behindNat(t);
  const link = fetchFrom(here, await there.listen());
  link.listen?.(here.door.take, here.door.open, () => undefined);
  const { id, theirs } = await accepted(here, there);
  t.equal(await there.worker.runOnce(), 0, 'the hospital sends nothing by itself');
  await until(async () => (await stateAt(here, id)) === 'accepted');
  await until(
    async () => (await there.call('GET', '/v1/deliveries?state=delivered')).body.items.length === 1,
  );
  await there.act(theirs, { type: 'decline', reason: { text: '无床位' } });
  there.outbox.wake();
  await until(async () => (await stateAt(here, id)) !== 'accepted');
});

/** Comes for the clinic's mail by hand. */
async function ask(
  there: TestOrganisation,
  results: MailboxResult[] = [],
  change: { id?: string; type?: string; question?: object; packet?: Partial<Packet> } = {},
) {
  const id = change.id ?? testIds.next();
  const question = { version: 1, collector: 'clinic', waitS: 0, max: 10, results, ...change.question };
  const packet = packWith(
    { secrets: [linkSecretOf(SECRET)] },
    there.clock,
  )({
    ...{ id, correlationId: id, from: clinic.code, to: hospital.code },
    type: change.type ?? 'link.collect',
    body: Buffer.from(JSON.stringify(question)),
  });
  const { headers, bytes } = { ...packet, ...change.packet };
  const answer = await there.app.inject({
    method: 'POST',
    url: '/v1/link/mailbox',
    headers: { ...headers, 'content-type': 'application/json' },
    payload: bytes,
  });
  const body = answer.json() as MailboxAnswer & { code: string };
  return { status: answer.statusCode, body, ids: body.messages?.map((message) => message.id) };
}

/** The clinic, which sends as usual for the sake of these tests, and a hospital with something for it. */
async function withMail(t: Test) {
  const { here, there } = await behindNat(t);
  fetchFrom(here, await there.listen());
  return { here, there, ...(await accepted(here, there)) };
}

t.test('a message is handed over again until its result has come', async (t) => {
  const { here, there, theirs } = await withMail(t);
  const first = await ask(there);
  t.equal(first.status, 200);
  t.equal(first.ids.length, 1);
  const again = await ask(there);
  t.same(again.ids, first.ids, 'whoever asks has not got the last answer');
  await there.act(theirs, { type: 'decline', reason: { text: '无床位' } });
  t.same((await ask(there)).ids, first.ids, 'the next of the case waits for its turn');

  const [message] = first.body.messages;
  const receipt = await here.door.take({ headers: message!.headers, bytes: Buffer.from(message!.body) });
  t.equal(receipt.duplicate, false);
  const next = await ask(there, [{ id: message!.id, outcome: 'taken' }]);
  t.equal(next.ids.length, 1);
  t.notSame(next.ids, first.ids);
  await ask(there, [
    { id: message!.id, outcome: 'taken' },
    { id: next.ids[0]!, outcome: 'taken' },
  ]);
  t.same((await ask(there)).ids, []);
  const { items } = (await there.call('GET', '/v1/deliveries')).body;
  t.same(
    items.map(({ state }) => state),
    ['delivered', 'delivered'],
  );
});

t.test('another gateway of the same organisation is not given what the first one holds', async (t) => {
  const { there } = await withMail(t);
  t.equal((await ask(there)).ids.length, 1);
  t.same((await ask(there, [], { question: { collector: 'clinic-2' } })).ids, []);
  there.clock.advance(60_000);
  t.equal(
    (await ask(there, [], { question: { collector: 'clinic-2' } })).ids.length,
    1,
    'until its lease ends',
  );
});

t.test('what the other side refuses is dead with its reason, what it puts off waits', async (t) => {
  const { there } = await withMail(t);
  const [id] = (await ask(there)).ids;
  t.same((await ask(there, [{ id: id!, outcome: 'later', code: 'gateway.busy' }])).ids, []);
  there.clock.advance(1_000);
  t.same((await ask(there)).ids, [id]);
  t.same((await ask(there, [{ id: id!, outcome: 'refused', code: 'link.not-for-us' }])).ids, []);
  t.match((await there.call('GET', `/v1/deliveries/${id}`)).body, {
    state: 'dead',
    report: { code: 'link.not-for-us', hop: 'REC_' },
  });
});

t.test('a question waits for mail, and a new one of the same collector takes its place', async (t) => {
  const { there, theirs } = await withMail(t);
  const [id] = (await ask(there)).ids;
  await ask(there, [{ id: id!, outcome: 'taken' }]);
  const old = ask(there, [], { question: { waitS: 30 } });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const fresh = ask(there, [], { question: { waitS: 30 } });
  t.same((await old).ids, [], 'its connection may be half open');
  await there.act(theirs, { type: 'decline', reason: { text: '无床位' } });
  there.outbox.wake();
  t.equal((await fresh).ids.length, 1);
});

t.test('a gateway that stops answers the questions that wait', async (t) => {
  const { there } = await withMail(t);
  const [id] = (await ask(there)).ids;
  const waiting = ask(there, [{ id: id!, outcome: 'taken' }], { question: { waitS: 50 } });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await there.app.close();
  t.same((await waiting).ids, []);
});

t.test('only who it is for gets mail, and each question is good for once', async (t) => {
  const { there } = await withMail(t);
  const { body } = await ask(there, [], { id: 'question-1' });
  t.equal(body.messages.length, 1);
  t.match(await ask(there, [], { id: 'question-1' }), { status: 409, body: { code: 'link.replayed' } });
  t.match(await ask(there, [], { packet: { bytes: Buffer.from('{}') } }), {
    status: 401,
    body: { code: 'link.signature', hop: 'REC_' },
  });
  t.match(await ask(there, [], { type: 'referral.event' }), { status: 400, body: { pointer: '/body/type' } });
  t.match(await ask(there, [], { question: { waitS: 51 } }), {
    status: 400,
    body: { pointer: '/body/body/waitS' },
  });
  t.match(await ask(there, [], { question: { colour: 'red' } }), { status: 400 });
  there.links.set(clinic.code, { ...createMailboxLink(clinic.code), collected: false });
  t.match(await ask(there), { status: 403, body: { code: 'link.no-mailbox' } });
});

t.test('a connection that falls silent is noticed, and nothing is lost or doubled', async (t) => {
  const { here, there } = await behindNat(t);
  const target = await there.listen();
  let silences = 0;
  let mode: 'pass' | 'swallow' = 'pass';
  const proxy = createServer(async (request, response) => {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { host: _, connection: _c, 'transfer-encoding': _t, ...headers } = request.headers;
      const answer = await post(`${target}${request.url}`, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: Buffer.concat(chunks),
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      // The answer is lost on its way back, and the line stays open.
      if (mode === 'swallow' && request.url?.endsWith('mailbox')) silences += 1;
      else response.writeHead(answer.statusCode, { 'content-type': 'application/json' }).end(bytes);
    } catch {
      // One of the two sides is gone: so is the line.
      response.destroy();
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const link = fetchFrom(here, url, { waitS: 1, graceMs: 100 });
  const { id } = await accepted(here, there);
  mode = 'swallow';
  link.listen?.(here.door.take, here.door.open, () => undefined);
  await until(async () => silences > 0);
  mode = 'pass';
  await until(async () => (await stateAt(here, id)) === 'accepted');
  const events = await here.store.list((db) =>
    db.selectFrom('referral_events').selectAll().where('type', '=', 'accept'),
  );
  t.equal(events.length, 1);
});
