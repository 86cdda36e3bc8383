import { spawnSync } from 'node:child_process';
import { createPublicKey, sign, verify } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import t from 'tap';
import { ClientDirectory, SCOPES } from '../../src/access/clients.ts';
import { linkKeysOf, ownKeysOf } from '../../src/delivery/keys.ts';

const script = fileURLToPath(import.meta.resolve('../../src/commands/key.ts'));
const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });

function clientIn(output: string) {
  const { clients } = parse(output) as { clients: { id: string; keyHash: string; scopes: string[] }[] };
  return clients[0]!;
}

t.test('the key it prints is that of the client it prints', async (t) => {
  const { stdout, status } = run('--client', 'his', '--scopes', 'settlement:write,reading:write');
  t.equal(status, 0);
  const client = clientIn(stdout);
  t.match(client, { id: 'his', scopes: ['reading:write', 'settlement:write'] });
  const key = /yk_his_[\w-]{43}/.exec(stdout)![0];
  const directory = new ClientDirectory([{ id: client.id, keyHash: client.keyHash, scopes: new Set() }]);
  t.equal(directory.find(key)?.id, 'his');
});

t.test('the keys of a link that it prints fit each other and the configuration', async (t) => {
  const { stdout, status } = run('--link');
  t.equal(status, 0);
  const found = (prefix: string) => stdout.split('\n').find((line) => line.startsWith(prefix))!;
  const values: Record<string, string> = {
    S: found('whsec_'),
    SIGN: found('whsk_'),
    OPEN: found('yksk_'),
  };
  const read = (secret: object) => values[(secret as { env: string }).env]!;
  const own = ownKeysOf({ signingKey: { env: 'SIGN' }, decryptionKeys: [{ env: 'OPEN' }] }, read);
  const keys = { theirKeys: [found('whpk_')], encryptTo: found('ykpk_') };
  const link = { kind: 'mailbox', secret: { env: 'S' }, ...keys } as const;
  const { theirs, sealFor } = linkKeysOf(link, read, 'link', own);
  const bytes = Buffer.from('x');
  t.ok(verify(null, bytes, theirs![0]!, sign(null, bytes, own.signWith!)));
  t.ok(createPublicKey(own.openWith[0]!).equals(sealFor!));
});

t.test('all stands for every scope', async (t) => {
  t.same(clientIn(run('--client', 'desk-1', '--scopes', 'all').stdout).scopes, [...SCOPES]);
});

t.test('a wrong call is told what is wrong and what there is', async (t) => {
  const cases: [string[], RegExp][] = [
    [[], /--client/],
    [['--client', 'his'], /--scopes/],
    [['--client', 'His!', '--scopes', 'all'], /--client/],
    [['--client', 'his', '--scopes', 'all,reading:write'], /no such scope: all/],
    [['--client', 'his', '--scopes', 'reading:write,money:all'], /no such scope: money:all/],
    [['--client', 'his', '--scope', 'all'], /--scope/],
  ];
  for (const [args, reason] of cases) {
    const { stdout, stderr, status } = run(...args);
    t.equal(status, 1, args.join(' '));
    t.equal(stdout, '');
    t.match(stderr, reason);
    t.match(stderr, /audit:read/, 'the scopes are listed');
    t.notMatch(stderr, /at .*key\.ts/, 'no stack');
  }
});
