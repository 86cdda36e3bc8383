import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { newKey } from '../../src/access/clients.ts';
import { freePorts } from '../../src/sandbox/ports.ts';
import { SAMPLE_NUMBER, temporaryFolder } from '../helper.ts';
import { curl, curlCommandsIn } from '../setup/curl.ts';
import { runToEnd, startUntilReady } from '../setup/process.ts';

const field = (output: string, name: string) =>
  new RegExp(`^ +\\S+ ${name} +(\\S+)$`, 'm').exec(output)?.[1] ?? '';

function refusesConnections(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(false));
    socket.once('error', () => resolve(true));
  }).finally(() => socket.destroy());
}

t.test('without a configuration the sandbox starts and says where everything is', async (t) => {
  const folder = temporaryFolder(t);
  const port = await freePorts(2);
  const sandbox = await startUntilReady(t, ['--port', String(port), '--data', folder]);
  const output = sandbox.stdout();
  const url = field(output, 'API');
  t.equal(url, `http://127.0.0.1:${port}`);
  t.match(output, /made up/);
  for (const page of [field(output, 'page'), field(output, 'docs'), field(output, 'hospital')]) {
    t.equal((await fetch(page)).status, 200, page);
  }

  await t.test('the first call it prints reads the card', async (t) => {
    const [call, ...more] = curlCommandsIn(output);
    t.same(more, []);
    t.match((await curl(call!)).body, {
      kind: 'social-security-card',
      identity: { documentNumber: SAMPLE_NUMBER },
    });
  });

  await t.test('a second process on the same data is refused and told why', async (t) => {
    const other = await freePorts(2);
    const second = await runToEnd(t, 'start', ['--port', String(other), '--data', folder]);
    t.equal(second.status, 1);
    t.match(second.stderr, /the data file is open in another gateway process.*clinic\.db/);
    t.notMatch(second.stderr, /^ +at /m, 'no stack');
    t.notMatch(second.stdout, /ready/);
    t.equal((await fetch(`${url}/health/ready`)).status, 200, 'the first goes on');
  });

  await t.test('a port that is taken is told of', async (t) => {
    const second = await runToEnd(t, 'start', ['--port', String(port), '--data', temporaryFolder(t)]);
    t.equal(second.status, 1);
    t.match(second.stderr, new RegExp(`the port is in use.*127\\.0\\.0\\.1:${port}`));
  });

  await t.test('it stops when asked, though somebody still listens for events', async (t) => {
    const authorization = `Bearer ${field(output, 'key')}`;
    const events = await fetch(`${url}/v1/events`, { headers: { authorization } });
    t.equal(events.status, 200);
    const heard = events.text().catch(() => 'cut off');
    t.equal(await sandbox.stop('SIGTERM'), 0);
    await heard;
    t.ok(await refusesConnections(url));
    t.ok(await refusesConnections(field(output, 'hospital')));
  });

  await t.test('started again on its data, it has the same key', async (t) => {
    const again = await startUntilReady(t, ['--port', String(port), '--data', folder]);
    t.equal(field(again.stdout(), 'key'), field(output, 'key'));
    t.equal(await again.stop('SIGINT'), 0);
  });
});

/** A configuration that starts: a gateway with one client and nothing around it. */
function configuration(t: Test, more: { port: number; hash: string }): string {
  const folder = temporaryFolder(t);
  const file = join(folder, 'yikatong.toml');
  writeFileSync(
    file,
    `[gateway]
port = ${more.port}
[store]
kind = "sqlite"
file = "${join(folder, 'gateway.db')}"
[[clients]]
id = "his"
keyHash = "${more.hash}"
scopes = ["reader:read"]
`,
  );
  return file;
}

t.test('with a configuration the gateway starts, and is no sandbox', async (t) => {
  const { key, hash } = newKey('his');
  const port = await freePorts(2);
  const env = { YIKATONG_DATA_KEY: '0f'.repeat(32), YIKATONG_CONFIG: configuration(t, { port, hash }) };
  const gateway = await startUntilReady(t, [], env);
  const url = field(gateway.stdout(), 'API');
  t.equal(url, `http://127.0.0.1:${port}`);
  t.notMatch(gateway.stdout(), /sandbox|yk_his/);
  const readers = await fetch(`${url}/v1/readers`, { headers: { authorization: `Bearer ${key}` } });
  t.equal(readers.status, 200);
  t.notOk(readers.headers.has('x-yikatong-sandbox'));
  t.equal((await fetch(`${url}/v1/sandbox`)).status, 404);
  t.equal(await gateway.stop(), 0);
});

t.test('what is wrong with a start is told in a line, and the exit code is 1', async (t) => {
  const { hash } = newKey('his');
  const folder = temporaryFolder(t);
  const bad = join(folder, 'bad.toml');
  writeFileSync(bad, '[gateway]\nport = "7300"\nprot = 7300\n');
  const good = configuration(t, { port: await freePorts(2), hash });
  const cases: [args: string[], env: Record<string, string>, ...told: RegExp[]][] = [
    [['--config', bad], {}, /gateway\.port: .*integer/, /gateway: .*unknown key "prot"/],
    [['--config', join(folder, 'none.toml')], {}, /none\.toml \(ENOENT\)/],
    [['--config', good], {}, /dataKey .*\$YIKATONG_DATA_KEY/],
    [['--config', good], { YIKATONG_DATA_KEY: 'abc' }, /the data key must be 32 bytes/],
    [['--prot', '1'], {}, /--prot/, /usage: npm start/],
    [['7300'], {}, /'7300'/, /usage: npm start/],
    [['--port', 'x'], {}, /--port: .*0–65534: x/, /usage: npm start/],
    [['--port', '65535'], {}, /--port: .*0–65534/],
    [['--port', ''], {}, /--port/],
    [['--port', '0', '--data', bad], {}, /ENOTDIR|EEXIST/],
  ];
  await Promise.all(
    cases.map(async ([args, env, ...told]) => {
      const { status, stdout, stderr } = await runToEnd(t, 'start', args, env);
      t.equal(status, 1, args.join(' '));
      for (const each of told) t.match(stderr, each);
      t.notMatch(stderr, /^ +at /m, 'no stack');
      t.notMatch(stdout, /ready/);
    }),
  );
});

t.test('help is given to who asks for it', async (t) => {
  const { status, stdout } = await runToEnd(t, 'start', ['--help']);
  t.equal(status, 0);
  t.match(stdout, /usage: npm start/);
});
