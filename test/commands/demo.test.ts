import t from 'tap';
import { Api } from '../../src/sandbox/demo/api.ts';
import { startWorld } from '../end-to-end/world.ts';
import { runToEnd } from '../setup/process.ts';

t.test('the demo plays both journeys, and every step holds', async (t) => {
  const { status, stdout, stderr } = await runToEnd(t, 'demo', []);
  t.equal(stderr, '');
  t.equal(status, 0);
  for (const part of [/→ [0-9A-F]{20}/, /in-doubt +→ quoted +undone/, /2207 .* live/, /arrived +→ completed/])
    t.match(stdout, part);
  for (const step of [
    /code-verified, insurer/,
    /typed, nobody/,
    /ret 0: \d{6}\|111\*+10\|/,
    /409 reader\.leased/,
  ])
    t.match(stdout, step);
  t.match(stdout, /balance 200\.00 → 199\.90, debited/);
  t.match(stdout, /every step held/);
  t.notMatch(stdout, /张三|111111198101011110/, 'people are masked in what it prints');
});

t.test('the demo fails, and says at what, where it cannot be played', async (t) => {
  const cases: [args: string[], told: RegExp][] = [
    [['--url', 'http://127.0.0.1:1', '--key', 'yk_none'], /✗ .*fetch failed \(.*ECONNREFUSED|bad port/],
    [['--url', 'http://127.0.0.1:1'], /--key/],
    [['--sandbox'], /--sandbox/],
  ];
  for (const [args, told] of cases) {
    const { status, stderr } = await runToEnd(t, 'demo', args);
    t.equal(status, 1, args.join(' '));
    t.match(stderr, told);
    t.notMatch(stderr, /^ +at /m, 'no stack');
  }
});

t.test('the demo fails at the first step that does not hold', async (t) => {
  const world = await startWorld(t);
  const stranger = await runToEnd(t, 'demo', ['--url', world.url, '--key', 'yk_his_made-up']);
  t.equal(stranger.status, 1);
  t.match(stranger.stderr, /✗ GET \/v1\/sandbox → 401 access\.unknown-key/);

  const order = { transaction: '2206', kind: 'refuse' };
  await new Api(world.url, world.key).post('/v1/sandbox/insurer/misbehaviour', order);
  const refused = await runToEnd(t, 'demo', ['--url', world.url, '--key', world.key]);
  t.equal(refused.status, 1);
  t.match(refused.stderr, /✗ .*does not hold: .*quoted/);
  t.match(refused.stdout, /both name the same person/);
  t.notMatch(refused.stdout, /every step held/);
});
