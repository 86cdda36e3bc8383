import { once } from 'node:events';
import t, { type Test } from 'tap';
import { TestClock } from '../../helper.ts';
import { startProxy } from '../../setup/proxy.ts';
import { settle, TestTimers } from '../timers.ts';
import { chip, desk, institution, moving, until } from './institution.ts';

const READER = 'window-1.reader';
const READ = { accept: ['social-security-card'], timeoutMs: 60_000 };

/** A gateway, a desk whose timers the test moves, and a line between them that it can cut. */
async function apart(t: Test) {
  const gateway = await institution(t);
  const proxy = await startProxy(gateway.port);
  t.teardown(() => proxy.stop());
  const timers = new TestTimers(new TestClock());
  const there = desk(t, proxy.port, { timers });
  await until(() => gateway.stateOf(READER) === 'ready');
  return { gateway, proxy, timers, ...there };
}

t.test('a reading outlives a short break of the line, and the card is read once', async (t) => {
  const { gateway, proxy, timers, driver, program, said } = await apart(t);
  const reading = gateway.call('POST', `/v1/readers/${READER}/readings`, READ);
  let looks = 0;
  const powerOn = driver.slot.powerOn.bind(driver.slot);
  driver.slot.powerOn = async () => {
    looks += 1;
    return powerOn();
  };
  await until(() => looks > 0);
  // The card is read while the line swallows everything, and the answer with it.
  proxy.silent = true;
  driver.slot.insert(chip('social-security-v2'));
  await moving(timers, () => driver.slot.commands.length > 0);
  await settle();
  proxy.cutAll();
  await until(() => gateway.stateOf(READER) === 'lost' && program.state === 'suspended');
  t.equal(gateway.deskState(), 'suspended');
  t.match((await gateway.call('POST', `/v1/readers/${READER}/readings`, READ)).body, { code: 'desk.absent' });
  proxy.silent = false;
  await moving(timers, () => gateway.stateOf(READER) === 'ready');
  const { status, body } = await reading;
  t.equal(status, 201);
  t.equal(body.readerId, READER);
  t.equal(driver.slot.commands.filter((command) => command.startsWith('00A40400')).length, 1);
  t.equal(gateway.deskState(), 'joined');
  t.match(said, [/joined/, /tried again/, /joined/]);
});

t.test('calls and answers that the break swallowed are said again, none twice', async (t) => {
  const { gateway, proxy, timers, driver } = await apart(t);
  driver.slot.insert({
    reset: () => Buffer.from('3B00', 'hex'),
    command: (command) => Buffer.concat([command, Buffer.from('9000', 'hex')]),
  });
  const commands = Array.from({ length: 12 }, (_, index) => Buffer.of(0, 0xb0, 0, index));
  const answers = gateway.pool.use(
    READER,
    async (reader) => {
      const heard: string[] = [];
      for (const [index, command] of commands.entries()) {
        // The line swallows everything, then breaks, then is back: at every third command.
        const answer = reader.slot!.transmit(command, 1_000);
        if (index % 3 === 1) {
          proxy.silent = true;
          setTimeout(() => {
            proxy.cutAll();
            proxy.silent = false;
          }, 20);
        }
        let answered = false;
        const done = answer.finally(() => {
          answered = true;
        });
        await moving(timers, () => answered);
        heard.push((await done).toString('hex'));
      }
      return heard;
    },
    { limitMs: 600_000 },
  );
  t.strictSame(
    await answers,
    commands.map((command) => `${command.toString('hex')}9000`),
  );
  t.strictSame(
    driver.slot.commands,
    commands.map((command) => command.toString('hex').toUpperCase()),
  );
});

for (const end of ['gateway', 'desk'] as const) {
  t.test(
    `a line that goes silent is found dead by the ${end}, and another one takes its place`,
    async (t) => {
      const { gateway, proxy, timers, program } = await apart(t);
      const stateHere = () => (end === 'gateway' ? gateway.deskState() : program.state);
      proxy.silent = true;
      await (end === 'gateway' ? gateway.timers : timers).advance(2 * 15_000 - 1);
      t.equal(stateHere(), 'joined', 'one ping without an answer is nothing');
      await (end === 'gateway' ? gateway.timers : timers).advance(15_000);
      t.equal(stateHere(), 'suspended');
      proxy.silent = false;
      await moving(timers, () => gateway.deskState() === 'joined' && program.state === 'joined');
      t.equal(gateway.stateOf(READER), 'ready');
      t.notOk(gateway.host.desks()[0]?.lastEnd, 'it is the same session');
    },
  );
}

t.test('a line on which the other end answers stays up for ever', async (t) => {
  const { gateway, timers } = await apart(t);
  const [socket] = gateway.app.websocketServer.clients;
  // The gateway's pong to a desk's ping is over the line before the next ping is answered.
  for (let beat = 0; beat < 6; beat++) {
    await Promise.all([once(socket!, 'pong'), gateway.timers.advance(15_000)]);
    await Promise.all([once(socket!, 'ping'), timers.advance(15_000)]);
  }
  t.equal(gateway.deskState(), 'joined');
});

t.test('a desk that stays away loses what was under way, and its readers are absent', async (t) => {
  const { gateway, proxy, timers, program, pool } = await apart(t);
  const reading = gateway.call('POST', `/v1/readers/${READER}/readings`, READ);
  await until(() => gateway.stateOf(READER) === 'busy');
  await proxy.stop();
  await until(() => gateway.deskState() === 'suspended' && program.state === 'suspended');
  await gateway.timers.advance(30_000);
  t.match(await reading, { status: 424, body: { code: 'reader.lost' } });
  t.equal(gateway.stateOf(READER), 'absent');
  const { body } = await gateway.call('GET', '/v1/desks');
  t.match(body.items, [{ state: 'gone', lastEnd: 'away' }]);
  t.equal(pool.status('reader').state, 'busy', 'the desk waits as long for the gateway');
  await timers.advance(30_000);
  await until(() => pool.status('reader').state === 'ready');

  await gateway.timers.advance(23 * 3_600_000);
  t.equal(gateway.stateOf(READER), 'absent');
  await gateway.timers.advance(3_600_001);
  t.equal(gateway.stateOf(READER), undefined, 'after a day it is not listed any more');
  t.equal((await gateway.call('GET', '/v1/desks')).body.items.length, 0);
});

t.test('a gateway that is started again finds its desks coming by themselves', async (t) => {
  const { gateway, timers, said, program, pool } = await apart(t);
  const used = gateway.pool.use(READER, () => new Promise(() => {}), { limitMs: 60_000 });
  await until(() => gateway.stateOf(READER) === 'busy');
  await Promise.all([t.rejects(used, { code: 'gateway.stopping' }), gateway.close()]);
  await until(() => program.state === 'connecting' && pool.status('reader').state === 'ready');
  const again = await institution(t, { port: gateway.port });
  await moving(timers, () => again.stateOf(READER) === 'ready');
  t.match(said[0], /joined/);
  t.match(said.at(-1), /joined/);
});

t.test('two programs with one key: the newer stays, the older looks in and does not disturb', async (t) => {
  const { gateway, proxy, timers, said, program } = await apart(t);
  const newer = desk(t, proxy.port);
  await until(() => program.state === 'connecting' && newer.program.state === 'joined');
  t.match(said.at(-1), /另一台电脑.*another PC/);
  t.match(gateway.host.desks(), [
    { id: 'window-1', state: 'joined', lastEnd: 'replaced', rivalSeenAt: Number },
  ]);
  const rivalSeenAt = () => gateway.host.desks()[0]?.rivalSeenAt;
  for (let look = 0; look < 3; look++) {
    const before = rivalSeenAt();
    gateway.clock.advance(1);
    await until(() => timers.nextInMs === 30_000);
    await timers.advance(30_000);
    await until(() => rivalSeenAt() !== before);
    t.equal(newer.program.state, 'joined');
    t.equal(gateway.deskState(), 'joined');
  }
  await until(() => timers.nextInMs === 30_000);
  t.match(said.at(-1), /另一台电脑正用/);
  t.equal(said.length, 3, 'it is said once');
  await newer.close();
  await until(() => gateway.deskState() === 'gone');
  await timers.advance(30_000);
  await until(() => gateway.deskState() === 'joined' && program.state === 'joined');
});

t.test('a desk that stops is gone at once', async (t) => {
  const { gateway, close } = await apart(t);
  const used = gateway.pool.use(READER, () => new Promise(() => {}), { limitMs: 60_000 });
  await until(() => gateway.stateOf(READER) === 'busy');
  await Promise.all([t.rejects(used, { code: 'reader.lost' }), close()]);
  t.equal(gateway.stateOf(READER), 'absent');
  await t.rejects(
    gateway.pool.use(READER, async () => 1, { limitMs: 1_000 }),
    { code: 'desk.absent' },
  );
});

t.test('a desk that is given up is forgotten at once', async (t) => {
  const { gateway, close, program, said } = await apart(t);
  const leaving = desk(t, gateway.port, { start: false });
  leaving.program.leave();
  await until(() => leaving.said.length > 0);
  t.match(leaving.said, [/另一台电脑正用/], 'not while it works');
  t.equal(program.state, 'joined');
  await close();
  await until(() => gateway.deskState() === 'gone');
  leaving.program.leave();
  await until(() => leaving.said.length > 2);
  t.match(leaving.said, [/另一台电脑正用/, /joined/, /left the gateway/]);
  await until(() => gateway.deskState() === undefined);
  t.equal(gateway.stateOf(READER), undefined);
  t.equal(said.length, 1);
});
