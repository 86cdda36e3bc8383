import t from 'tap';
import { readSocialSecurityCard } from '../../src/card/social-security/application.ts';
import { freePorts } from '../../src/sandbox/ports.ts';
import { eventually, openVpcd } from '../adapters/readers/vpcd/ports.ts';
import { SAMPLE_NUMBER } from '../helper.ts';
import { runToEnd, startUntil } from '../setup/process.ts';

const SIGN = 'Ctrl-C';
const at = (port: number) => ['--port', String(port)];

t.test('a card of the sandbox lies in a virtual reader until it is taken out', async (t) => {
  const { port, slot } = await openVpcd(t);
  const running = await startUntil(t, 'yikatong', ['card', 'social-security-v2', ...at(port)], SIGN);
  const atr = await eventually(() => slot.powerOn(1_000));
  const card = await readSocialSecurityCard(slot, atr);
  t.match(card.holder, { number: SAMPLE_NUMBER });
  t.equal(await running.stop('SIGINT'), 0);
  await eventually(async () => ((await slot.powerOn(1_000)) === undefined ? true : undefined));
  t.notMatch(running.stdout(), SAMPLE_NUMBER);
});

t.test('when the reader hangs up, the command ends and says so', async (t) => {
  const { port, reader, slot } = await openVpcd(t);
  const running = await startUntil(t, 'yikatong', ['card', 'health-card', ...at(port)], SIGN);
  await eventually(() => slot.powerOn(1_000));
  await reader.close();
  t.equal(await running.ended, 1);
  t.match(running.stderr(), /the reader has hung up/);
});

t.test('what cannot be dialled in is told in a line, and the exit code is 1', async (t) => {
  const port = await freePorts();
  const cases: [args: string[], told: RegExp][] = [
    [['social-security-v2', ...at(port)], /no virtual reader .*127\.0\.0\.1:\d+ \(ECONNREFUSED\)/],
    [['library-card'], /no such chip card: library-card\n {2}health-card\n {2}social-security-v1/],
    [['resident-id'], /no such chip card: resident-id/],
    [['__proto__'], /no such chip card/],
    [['social-security-v2', '--port', '0'], /1–65535: 0/],
    [['social-security-v2', '--port', ''], /1–65535/],
    [['social-security-v2', 'health-card'], /-- card <card>/],
    [[], /-- card <card>/],
  ];
  await Promise.all(
    cases.map(async ([args, told]) => {
      const { status, stderr } = await runToEnd(t, 'yikatong', ['card', ...args]);
      t.equal(status, 1, args.join(' '));
      t.match(stderr, told);
      t.notMatch(stderr, /^ +at /m, 'no stack');
    }),
  );
});
