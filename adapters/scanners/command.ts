import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { VirusScanner } from '../../src/referral/attachments/port.ts';

const TIMEOUT_MS = 60_000;

/**
 * A program that reads the file from its input and says by its exit code what it found, as clamscan and clamdscan do:
 * 0 clean, 1 infected, anything else that it could not say.
 */
export function createCommandScanner(options: {
  readonly command: readonly string[];
  readonly timeoutMs?: number | undefined;
}): VirusScanner {
  const [program = '', ...given] = options.command;
  return {
    async scan(content) {
      const child = spawn(program, given, {
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      // Our own: that of `spawn` runs on where there is no such program.
      const limit = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? TIMEOUT_MS);
      const exit = new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      // A scanner may have seen enough before the end, and close its input.
      const fed = pipeline(Readable.from(content, { objectMode: false }), child.stdin).catch(
        (error: NodeJS.ErrnoException) => error,
      );
      const code = await exit.finally(() => clearTimeout(limit));
      if (code === 1) return { clean: false };
      const broken = await fed;
      if (code === 0 && broken === undefined) return { clean: true };
      throw new Error(`the scanner ended with ${code ?? 'a signal'}`);
    },
  };
}
