import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readerDriverOf } from '../../adapters/readers/index.ts';
import { readSocialSecurityCard } from '../../src/card/social-security/application.ts';
import { loadProfiles, type SocialSecurityProfile, virtualCardOf } from '../../src/sandbox/cards/cards.ts';
import { startVirtualReader } from '../../src/sandbox/readers/server.ts';
import { SAMPLE_NUMBER, temporaryFolder } from '../helper.ts';
import { runToEnd, startUntil } from '../setup/process.ts';

t.test('a reading is recorded at a configured reader, and plays as a reader of its own', async (t) => {
  const folder = temporaryFolder(t);
  const [config, file] = [join(folder, 'yikatong.toml'), join(folder, 'trace.json')];
  const virtual = await startVirtualReader({ dialect: 'ccid-serial', host: '127.0.0.1', port: 0 });
  t.teardown(() => virtual.close());
  virtual.insert(virtualCardOf(loadProfiles().get('social-security-v2') as SocialSecurityProfile));
  writeFileSync(
    config,
    `[[readers]]\nid = "desk-1"\ndialect = "ccid-serial"\ntransport = { kind = "tcp", host = "127.0.0.1", port = ${virtual.port} }\n`,
  );
  const args = ['--config', config, '--reader', 'desk-1', '--out', file];
  const { status, stdout, stderr } = await runToEnd(t, 'yikatong', ['trace', 'record', ...args]);
  t.equal(stderr, '');
  t.equal(status, 0);
  t.match(stdout, /exchanges.*social-security-card/);

  const player = await startUntil(t, 'yikatong', ['trace', 'play', file, '--port', '0'], 'Ctrl-C');
  const port = Number(/port = (\d+)/.exec(player.stdout())?.[1]);
  const transport = { kind: 'tcp', host: '127.0.0.1', port } as const;
  const reader = await readerDriverOf({ id: 'trace', dialect: 'ccid-serial', transport }).open(
    new AbortController().signal,
  );
  const card = await readSocialSecurityCard(reader.slot!, (await reader.slot!.powerOn(1_000))!);
  t.match(card.holder, { number: SAMPLE_NUMBER });
  await reader.close();
  t.equal(await player.stop('SIGTERM'), 0);
});

t.test('a reader of a remote desk is recorded from the desk’s own configuration', async (t) => {
  const folder = temporaryFolder(t);
  const [config, file] = [join(folder, 'desk.toml'), join(folder, 'trace.json')];
  const virtual = await startVirtualReader({ dialect: 'ccid-serial', host: '127.0.0.1', port: 0 });
  t.teardown(() => virtual.close());
  virtual.insert(virtualCardOf(loadProfiles().get('social-security-v2') as SocialSecurityProfile));
  writeFileSync(
    config,
    `[desk]\ngateway = "ws://127.0.0.1:9"\nkey = { env = "NO_SUCH_KEY" }\n[[readers]]\nid = "chip"\ndialect = "ccid-serial"\ntransport = { kind = "tcp", host = "127.0.0.1", port = ${virtual.port} }\n`,
  );
  const record = (reader: string) =>
    runToEnd(t, 'yikatong', ['trace', 'record', '--config', config, '--reader', reader, '--out', file]);
  const { status, stdout, stderr } = await record('chip');
  t.equal(stderr, '');
  t.equal(status, 0);
  t.match(stdout, /exchanges.*social-security-card/);
  t.match(JSON.parse(readFileSync(file, 'utf8')), { exchanges: [{}] });
  t.match(await record('desk-1'), { status: 1, stderr: /the configuration has no reader desk-1/ });
});

t.test('what is no trace, and a reader nobody configured, are told as such', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'other.json');
  writeFileSync(file, JSON.stringify({ format: 'something' }));
  for (const [args, message] of [
    [['trace', 'play', file], /not a trace/],
    [['trace', 'play', join(folder, 'none.json')], /cannot read the trace/],
    [['trace', 'record', '--config', file], /trace record/],
  ] as const) {
    const { status, stderr } = await runToEnd(t, 'yikatong', args);
    t.equal(status, 1);
    t.match(stderr, message);
  }
});
