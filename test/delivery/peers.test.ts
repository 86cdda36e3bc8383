import t from 'tap';
import { linkKeysOf } from '../../src/delivery/keys.ts';
import { Peers } from '../../src/delivery/peers.ts';
import type { Link } from '../../src/delivery/port.ts';
import { testLogger } from '../helper.ts';

const keys = { secrets: [Buffer.alloc(32, 1)] };
const door = {
  take: async () => ({ messageId: 'm', receivedAt: 0, duplicate: false }),
  open: () => {
    throw new Error('nothing comes in this test');
  },
  heard: () => undefined,
};

/** A link that tells what was done with it. */
function tellingLink(organisation: string, told: string[]): Link {
  return {
    organisation,
    send: async () => ({ messageId: 'm', receivedAt: 0, duplicate: false }),
    listen: () => told.push(`listen ${organisation}`),
    close: async () => void told.push(`close ${organisation}`),
  };
}

t.test('organisations join and leave while the gateway runs', async (t) => {
  const told: string[] = [];
  const peers = new Peers(testLogger());
  peers.put({ code: 'AAAA', link: tellingLink('A1', told), keys });
  t.same(told, [], 'nothing is taken before the start');
  peers.listen(door);
  peers.put({ code: 'BBBB', link: tellingLink('B1', told), keys });
  t.same(told, ['listen A1', 'listen B1']);
  peers.put({ code: 'AAAA', link: tellingLink('A2', told), keys });
  t.same(told.splice(2), ['close A1', 'listen A2'], 'another link takes the place of the old one');
  peers.remove('BBBB');
  peers.remove('NOBODY');
  t.same(told.splice(2), ['close B1']);
  t.same([...peers.links.keys()], ['AAAA']);
  t.same([...peers.keys.keys()], ['AAAA']);
  await peers.close();
  await peers.close();
  t.same(told.splice(2), ['close A2']);
});

t.test('a former link that does not close is told of and holds up nothing', async (t) => {
  const peers = new Peers(testLogger());
  const stuck: Link = { ...tellingLink('A', []), close: () => Promise.reject(new Error('stuck')) };
  peers.put({ code: 'AAAA', link: stuck, keys });
  t.doesNotThrow(() => peers.remove('AAAA'));
  await new Promise(setImmediate);
});

t.test(
  'the keys of a link are read where the configuration says, and a short one names the rule',
  async (t) => {
    const link = {
      kind: 'http',
      url: 'http://127.0.0.1:1',
      secret: { env: 'NEW' },
      previousSecret: { env: 'OLD' },
    } as const;
    const values: Record<string, string> = {
      NEW: Buffer.alloc(32, 1).toString('base64'),
      OLD: Buffer.alloc(24, 2).toString('base64'),
    };
    const where: string[] = [];
    const read = (secret: { env: string } | { file: string }, place: string) => {
      where.push(place);
      return 'env' in secret ? (values[secret.env] ?? '') : '';
    };
    t.same(linkKeysOf(link, read, 'link').secrets, [Buffer.alloc(32, 1), Buffer.alloc(24, 2)]);
    t.same(where, ['link.secret', 'link.previousSecret']);
    values.OLD = 'c2hvcnQ=';
    t.throws(() => linkKeysOf(link, read, 'link'), /whsec_/);
  },
);
