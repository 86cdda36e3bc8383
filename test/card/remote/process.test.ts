import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startVirtualReader } from '../../../src/sandbox/readers/server.ts';
import { SAMPLE_NUMBER, temporaryFolder } from '../../helper.ts';
import { runToEnd, startUntilReady } from '../../setup/process.ts';
import { chip, institution, keyOf, until } from './institution.ts';

const READER = 'window-1.chip';
const READ = { accept: ['social-security-card'], timeoutMs: 60_000 };

async function world(t: Test) {
  const reader = await startVirtualReader({ dialect: 'ccid-serial', host: '127.0.0.1', port: 0 });
  t.teardown(() => reader.close());
  const gateway = await institution(t);
  const file = join(temporaryFolder(t), 'desk.toml');
  const configuration = (key: string) => `[desk]
gateway = "ws://127.0.0.1:${gateway.port}"
key = { env = "${key}" }
[[readers]]
id = "chip"
name = "一号窗口"
dialect = "ccid-serial"
transport = { kind = "tcp", host = "127.0.0.1", port = ${reader.port} }
`;
  writeFileSync(file, configuration('DESK_KEY'));
  const env = { DESK_KEY: keyOf('window-1') };
  const start = () => startUntilReady(t, ['--config', file], env);
  return { reader, gateway, file, env, start };
}

t.test('npm start with a [desk] table starts a desk, which joins, reads, and leaves', async (t) => {
  const { reader, gateway, file, env, start } = await world(t);
  reader.insert(chip('social-security-v2'));
  const running = await start();
  await until(() => gateway.stateOf(READER) === 'ready');
  const { body } = await gateway.call('POST', `/v1/readers/${READER}/readings`, READ);
  t.match(body, { readerId: READER, identity: { documentNumber: SAMPLE_NUMBER } });
  await until(() => running.stdout().includes('joined the gateway'));
  t.notMatch(running.stdout(), /yk_|1111111981/, 'neither its key nor anybody’s number is printed');
  t.equal(await running.stop(), 0);
  await until(() => gateway.stateOf(READER) === 'absent');
  const left = await runToEnd(t, 'start', ['--config', file, '--leave'], env);
  t.equal(left.status, 0);
  t.match(left.stdout, /left the gateway/);
  await until(() => gateway.deskState() === undefined);
});

t.test('a desk that is killed in the middle of a reading ends it, and may be started again', async (t) => {
  const { reader, gateway, start } = await world(t);
  const running = await start();
  await until(() => gateway.stateOf(READER) === 'ready');
  const reading = gateway.call('POST', `/v1/readers/${READER}/readings`, READ);
  await until(() => gateway.stateOf(READER) === 'busy');
  await running.stop('SIGKILL');
  await until(() => gateway.deskState() === 'suspended');
  t.equal(gateway.stateOf(READER), 'lost');
  const again = await start();
  t.match(await reading, { status: 424, body: { code: 'reader.lost' } });
  await until(() => gateway.stateOf(READER) === 'ready');
  reader.insert(chip('social-security-v2'));
  t.equal((await gateway.call('POST', `/v1/readers/${READER}/readings`, READ)).status, 201);
  t.equal(await again.stop(), 0);
});

t.test('what is wrong with a desk’s configuration is told in a line', async (t) => {
  const { file, env } = await world(t);
  const missing = await runToEnd(t, 'start', ['--config', file]);
  t.match(missing, { status: 1, stderr: /desk\.key.*\$DESK_KEY/ });
  writeFileSync(file, '[desk]\ngateway = "http://10.0.0.1"\n');
  const wrong = await runToEnd(t, 'start', ['--config', file], env);
  t.match(wrong, { status: 1, stderr: /desk\.gateway: .*\^wss\?/ });
  t.match(wrong.stderr, /missing "key"/);
  t.match(wrong.stderr, /missing "readers"/);
  const none = await runToEnd(t, 'start', ['--leave']);
  t.match(none, { status: 1, stderr: /--leave: .*configuration of a desk/ });
});
