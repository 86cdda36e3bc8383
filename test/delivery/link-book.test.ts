import t from 'tap';
import { createMailboxLink } from '../../adapters/links/mailbox/link.ts';
import { LinkBook } from '../../src/delivery/link-book.ts';
import { type Link, LinkError } from '../../src/delivery/port.ts';
import { testParts } from '../helper.ts';
import { clinic, creation, hospital, organisation } from '../referral/organisations.ts';

async function setUp(t: Parameters<typeof testParts>[0]) {
  const parts = await testParts(t);
  const told: string[] = [];
  parts.events.listen(({ type, subject }) => told.push(`${type} ${subject}`));
  return { ...parts, told };
}

t.test('an outage is told of once at its start and once at its end, by whichever gateway', async (t) => {
  const s = await setUp(t);
  const [one, two] = [new LinkBook(s), new LinkBook(s)];
  await one.turned('AAAA', 'down');
  await two.turned('AAAA', 'down');
  await new LinkBook(s).turned('AAAA', 'down');
  t.same(s.told, ['link.down AAAA'], 'not again by another gateway, nor after a start');
  await one.turned('AAAA', 'up');
  await two.turned('AAAA', 'up');
  t.same(s.told.splice(1), ['link.up AAAA']);
});

t.test('a gateway that never saw the outage ends it by hearing of the other side', async (t) => {
  const s = await setUp(t);
  await new LinkBook(s).turned('AAAA', 'down');
  const other = new LinkBook(s);
  other.failed('AAAA', '503', s.clock.now());
  s.clock.advance(10_000);
  await other.keep(new Map());
  t.same(s.told, ['link.down AAAA'], 'a failure ends nothing');
  other.heard('AAAA', s.clock.now());
  s.clock.advance(10_000);
  await other.keep(new Map());
  t.same(s.told.splice(1), ['link.up AAAA']);
});

t.test('a link that was never down does not come up', async (t) => {
  const s = await setUp(t);
  const book = new LinkBook(s);
  await book.turned('AAAA', 'up');
  book.heard('AAAA', s.clock.now());
  await book.flush();
  t.same(s.told, []);
});

t.test('an organisation that does not come for its mail is away, and back when it comes', async (t) => {
  const s = await setUp(t);
  const links = new Map<string, Link>([['AAAA', createMailboxLink('AAAA')]]);
  const [book, other] = [new LinkBook(s), new LinkBook(s)];
  const look = async () => {
    for (const each of [book, other]) await each.keep(links);
  };
  await look();
  s.clock.advance(170_000);
  other.heard('AAAA', s.clock.now());
  await look();
  s.clock.advance(170_000);
  await look();
  t.same(s.told, [], 'it came to the other gateway');
  s.clock.advance(180_000);
  await look();
  await look();
  t.same(s.told, ['link.down AAAA']);
  s.clock.advance(5_000);
  other.heard('AAAA', s.clock.now());
  await look();
  t.same(s.told.splice(1), ['link.up AAAA']);
});

t.test('the links are listed with their state, what waits and what was last heard', async (t) => {
  const link = {
    organisation: hospital.code,
    failure: new LinkError('transient', '503') as LinkError | undefined,
    send: async (message: { id: string }) => {
      if (link.failure) throw link.failure;
      return { messageId: message.id, receivedAt: 1_000, duplicate: false };
    },
    close: async () => undefined,
  };
  const here = await organisation(t, clinic, hospital, {
    links: () => new Map<string, Link>([[hospital.code, link]]),
  });
  const state = async () =>
    (await here.call('GET', '/v1/links')).body.items.find(
      (item) => (item as unknown as { organisation: string }).organisation === hospital.code,
    );
  t.match(await state(), { state: 'unknown', queued: 0, collected: false });
  for (let i = 0; i < 3; i++) await here.call('POST', '/v1/referrals', creation);
  await here.worker.runOnce();
  t.match(await state(), { state: 'down', queued: 3, oldestAt: String, since: String, lastError: '503' });
  link.failure = undefined;
  here.clock.advance(600_000);
  await here.deliverAll();
  await here.worker.stop();
  const up = await state();
  t.match(up, { state: 'up', queued: 0, lastReceiptAt: String, lastHeardAt: String });
  t.notOk('oldestAt' in up!);
  t.equal((await here.call('GET', '/v1/links', undefined, { authorization: 'Bearer wrong' })).status, 401);
});
