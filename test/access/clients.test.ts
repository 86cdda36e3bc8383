import t from 'tap';
import { ClientDirectory, hashOfKey, newKey } from '../../src/access/clients.ts';

const clientOf = (id: string, keyHash: string) => ({
  id,
  keyHash,
  scopes: new Set(['reading:write'] as const),
});

t.test('a new key names its client, is never the same twice, and is known by its hash', async (t) => {
  const first = newKey('his');
  const second = newKey('his');
  t.match(first.key, /^yk_his_[\w-]{43}$/);
  t.match(first.hash, /^[0-9a-f]{64}$/);
  t.equal(hashOfKey(first.key), first.hash);
  t.not(first.key, second.key);
  t.notMatch(first.hash, first.key);
});

t.test('a client is found by its key and by no other', async (t) => {
  const keys = [newKey('his'), newKey('desk')];
  const directory = new ClientDirectory(keys.map(({ hash }, i) => clientOf(`client${i}`, hash)));
  t.equal(directory.find(keys[0]!.key)?.id, 'client0');
  t.equal(directory.find(keys[1]!.key)?.id, 'client1');
  for (const key of ['', 'yk_his_', keys[0]!.hash, `${keys[0]!.key}x`, newKey('his').key]) {
    t.equal(directory.find(key), undefined);
  }
});

t.test('two clients with one id or one key are refused', async (t) => {
  const { hash } = newKey('his');
  t.throws(() => new ClientDirectory([clientOf('a', hash), clientOf('b', hash)]), {
    message: /the same key/,
  });
  t.throws(() => new ClientDirectory([clientOf('a', hash), clientOf('a', newKey('a').hash)]), {
    message: /same id/,
  });
});

t.test('no client has the name under which the gateway itself acts', async (t) => {
  const client = { id: 'gateway', keyHash: newKey('gateway').hash, scopes: new Set<never>() };
  t.throws(() => new ClientDirectory([client]), { message: /gateway/ });
});
