import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { temporaryFolder } from '../../../helper.ts';

/** Where Debian 12 puts the modules of vicc, which is not where their Python looks. */
const MODULES = '/usr/lib/python3/site-packages/virtualsmartcard';

/** And vicc asks for PyCryptodome by its other name. */
const CRYPTO = 'import Cryptodome\n__path__ = Cryptodome.__path__\n';

export interface Vicc {
  /** Resolves, with the last thing it said, when it has ended. */
  readonly ended: Promise<string>;
}

/** The card emulator of vsmartcard with its ISO 7816 card, dialling in to a port of this machine. */
export function startVicc(t: Test, port: number): Vicc {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'Crypto'));
  writeFileSync(join(folder, 'Crypto', '__init__.py'), CRYPTO);
  const child = spawn('vicc', ['-t', 'iso7816', '-H', '127.0.0.1', '-P', `${port}`], {
    env: { ...process.env, PYTHONPATH: [MODULES, folder].join(':'), PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.teardown(() => child.kill());
  const ended = new Promise<string>((resolve) => {
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said = (said + text).slice(-2_000);
    });
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(said.trim().split('\n').at(-1) ?? ''));
  });
  return { ended };
}
