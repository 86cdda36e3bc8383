import { parse } from 'smol-toml';
import t from 'tap';
import { checkConfiguration, readConfiguration } from '../../src/config.ts';
import { startVirtualReader } from '../../src/sandbox/readers/server.ts';
import { runToEnd } from '../setup/process.ts';

const place = { host: '127.0.0.1', port: 0 };

t.test('readers on the network are asked, and told with the lines for the configuration', async (t) => {
  const resident = await startVirtualReader({ dialect: 'sam-v', ...place });
  const chip = await startVirtualReader({ dialect: 'ccid-serial', ...place });
  t.teardown(() => Promise.all([resident.close(), chip.close()]));
  const boxes = [resident, chip].flatMap(({ port }) => ['--tcp', `127.0.0.1:${port}`]);
  const { status, stdout, stderr } = await runToEnd(t, 'yikatong', ['readers', ...boxes]);
  t.equal(stderr, '');
  t.equal(status, 0);
  const text = stdout.replace(/^(serial|tcp| {2}).*$/gm, '');
  const { readers } = checkConfiguration({ ...readConfiguration(undefined), ...parse(text) });
  t.match(readers, [
    { id: 'reader-1', dialect: 'sam-v', transport: { kind: 'tcp', port: resident.port } },
    { id: 'reader-2', dialect: 'ccid-serial', transport: { kind: 'tcp', port: chip.port } },
  ]);
});

t.test('what does not answer, and what is not there, is told as such', async (t) => {
  const mute = await startVirtualReader({ dialect: 'sam-v', ...place });
  await mute.unplug();
  const { status, stdout } = await runToEnd(t, 'yikatong', [
    'readers',
    '--json',
    ...['--tcp', `127.0.0.1:${mute.port}`, '--path', '/dev/yikatong-nowhere'],
  ]);
  t.equal(status, 0);
  const found: { place: string; dialect?: string; reason?: string }[] = JSON.parse(stdout);
  t.equal(found.length, 2);
  for (const { dialect, reason } of found) {
    t.equal(dialect, undefined);
    t.type(reason, 'string');
  }
});

t.test('a wrong call is told what there is', async (t) => {
  for (const args of [[], ['nothing'], ['readers', '--port'], ['readers', '--tcp', 'here']]) {
    const { status, stderr } = await runToEnd(t, 'yikatong', args);
    t.not(status, 0);
    t.match(stderr, /yikatong -- readers/, args.join(' '));
  }
});
