import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../helper.ts';

const scripts = {
  start: fileURLToPath(import.meta.resolve('../../src/start.js')),
  demo: fileURLToPath(import.meta.resolve('../../src/commands/demo.ts')),
  yikatong: fileURLToPath(import.meta.resolve('../../src/yikatong.js')),
};

/** What `npm ci` has stripped and compiled for `npm start`; the other commands and later starts share it. */
const COMPILE_CACHE = fileURLToPath(import.meta.resolve('../../node_modules/.cache/yikatong'));

/** Whatever ends, and what started in it with it: a test, or a torture. */
export interface Scene {
  teardown(work: () => unknown): void;
}

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, in a folder of its own and with no configuration from outside. */
export async function runToEnd(
  t: Scene,
  script: keyof typeof scripts,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Run> {
  const child = launch(t, scripts[script], args, env);
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  if (child.exitCode === null) await once(child, 'close');
  return { status: child.exitCode, stdout, stderr };
}

export interface Running {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** Its exit code, once it has ended by itself. */
  readonly ended: Promise<number | null>;
  /** Asks it to stop, or kills it; answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `npm start`'s program and waits until it says that it is ready. */
export async function startUntilReady(
  t: Scene,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Running> {
  return startUntil(t, 'start', args, 'ready:', env);
}

/** Starts a program and waits until it has printed `sign`. */
export async function startUntil(
  t: Scene,
  script: keyof typeof scripts,
  args: readonly string[],
  sign: string,
  env: Record<string, string> = {},
): Promise<Running> {
  const child = launch(t, scripts[script], args, env);
  let [stdout, stderr] = ['', ''];
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, 'close');
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      stdout += chunk;
      if (stdout.includes(sign)) resolve();
    });
    void ended.then(() => reject(new Error(`it ended before it was ready: ${stderr}`)));
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended: ended.then(() => child.exitCode),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

function launch(t: Scene, script: string, args: readonly string[], more: Record<string, string>) {
  const { YIKATONG_CONFIG: _file, YIKATONG_DATA_KEY: _key, NODE_OPTIONS: _options, ...env } = process.env;
  const child = spawn(process.execPath, [script, ...args], {
    cwd: temporaryFolder(t),
    env: { ...env, NODE_COMPILE_CACHE: COMPILE_CACHE, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}
