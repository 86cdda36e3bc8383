import { spawn } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { logDestination } from '../src/log.ts';

const line = `${'.'.repeat(16_383)}\n`;

t.test('a log that nobody reads is held back to a bounded length', async (t) => {
  const deaf = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  await once(deaf, 'spawn');
  t.teardown(() => deaf.kill());
  const { fd } = (deaf.stdio[3] as unknown as { _handle: { fd: number } })._handle;
  const log = logDestination(fd) as ReturnType<typeof logDestination> & EventEmitter;
  let dropped = 0;
  log.on('drop', () => {
    dropped += 1;
  });
  for (let i = 0; i < 1_000; i++) log.write(line);
  t.ok(dropped > 400, `${dropped} of 1000 lines were dropped`);
});

const full = '/dev/full';

t.test(
  'a disk that is full does not stop the gateway',
  { skip: existsSync(full) ? false : `no ${full}` },
  async (t) => {
    const log = logDestination(full);
    for (let i = 0; i < 5; i++) log.write(line);
    await delay(50);
    log.write(line);
    await delay(50);
    t.pass('nothing was thrown');
  },
);
