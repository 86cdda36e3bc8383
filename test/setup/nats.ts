import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../src/sandbox/ports.ts';
import { temporaryFolder } from '../helper.ts';
import type { Scene } from './process.ts';

/** A nats-server of a test's own, with JetStream in a folder that goes with it, always on the same port. */
export interface TestNats {
  readonly port: number;
  /** nats://127.0.0.1:… */
  readonly url: string;
  /** Ends it, or kills it; its data stay for the next start. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and the same data. */
  start(): Promise<void>;
}

export interface NatsOptions {
  /** More of the server's configuration, such as `authorization { … }` or `leafnodes { … }`. */
  readonly configuration?: string;
  /** The JetStream domain. */
  readonly domain?: string;
  readonly serverName?: string;
}

const READY = 'Server is ready';
const START_TIMEOUT_MS = 10_000;

/** Why this machine can't run these tests; undefined where it can. */
export function natsIsMissing(): { readonly reason: string } | undefined {
  const { error, status } = spawnSync('nats-server', ['--version']);
  if (!error && status === 0) return undefined;
  return {
    reason: `nats-server does not run here: ${error?.message ?? `status ${status}`} (Debian: nats-server)`,
  };
}

/** Starts a server; it ends with `t`. Ask `natsIsMissing` first. */
export async function startNats(t: Scene, options: NatsOptions = {}): Promise<TestNats> {
  const folder = temporaryFolder(t);
  const data = join(folder, 'jetstream');
  mkdirSync(data);
  const port = await freePorts();
  const file = join(folder, 'nats.conf');
  const domain = options.domain ? `, domain: "${options.domain}"` : '';
  writeFileSync(
    file,
    [
      `listen: "127.0.0.1:${port}"`,
      `server_name: "${options.serverName ?? `test-${port}`}"`,
      `jetstream { store_dir: "${data}"${domain} }`,
      options.configuration ?? '',
    ].join('\n'),
  );
  let child: ChildProcess | undefined;

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  }

  async function start(): Promise<void> {
    if (child) return;
    const started = spawn('nats-server', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    await ready(started);
  }

  t.teardown(() => stop('SIGKILL'));
  await start();
  return { port, url: `nats://127.0.0.1:${port}`, start, stop };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`nats-server ended before it was ready: ${said.slice(-500)}`));
    });
    child.stderr!.on('data', (chunk) => {
      // Read to the end, or the server would wait for somebody to read its log.
      if (said.includes(READY)) return;
      said += chunk;
      if (!said.includes(READY)) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
