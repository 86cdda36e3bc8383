import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { temporaryFolder } from './helper.ts';

/** A process that logs `count` lines of 16 KB to its standard output, and then a short one, and comes to its end. */
const logging = (count: number) => `
  import { setTimeout as delay } from 'node:timers/promises';
  import { logDestination } from ${JSON.stringify(new URL('../src/log.ts', import.meta.url).href)};
  const log = logDestination(LOG);
  let dropped = 0;
  log.on('drop', () => { dropped += 1; });
  for (let i = 0; i < ${count}; i++) {
    log.write('.'.repeat(16_383) + '\\n');
    if (i % 100 === 0) await delay(5);
  }
  await delay(50);
  log.write('the last line\\n');
  process.stderr.write(String(dropped));
  process.exit(3);`;

/** Runs it to its end; answers its exit code and what it said beside its log. */
async function run(script: string, stdout: 'pipe' | 'ignore') {
  const args = ['--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', stdout, 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  let told = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const [code] = await once(child, 'close');
  return { code, told };
}

t.test('what was logged last is written before the process ends', async (t) => {
  const file = join(temporaryFolder(t), 'log');
  const { code } = await run(logging(3).replace('LOG', JSON.stringify(file)), 'ignore');
  t.equal(code, 3);
  t.match(readFileSync(file, 'utf8'), /the last line\n$/);
});

const full = '/dev/full';

t.test(
  'a disk that is full neither stops the gateway, nor fills its memory, nor keeps it from stopping',
  { skip: existsSync(full) ? false : `no ${full}` },
  async (t) => {
    const { code, told } = await run(logging(1_000).replace('LOG', JSON.stringify(full)), 'ignore');
    t.equal(code, 3);
    t.ok(Number(told) > 400, `${told} of 1000 lines of 16 KB were dropped`);
  },
);
