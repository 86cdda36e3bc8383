import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A server in a process of its own, that says where it listens and, when asked, what it has on disk. */
export class Child {
  readonly #process: ChildProcess;
  readonly port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.port = port;
  }

  static async start(file: string | URL, environment: Record<string, string> = {}): Promise<Child> {
    const child = fork(new URL(file, import.meta.url), {
      env: { ...process.env, ...environment },
      // As `npm start` has it; the baselines get the same.
      execArgv: ['--max-semi-space-size=64'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const answered = await Promise.race([
      once(child, 'message') as Promise<[{ port: number }]>,
      once(child, 'exit').then(() => Promise.reject(new Error(`${String(file)} ended before it listened`))),
    ]);
    return new Child(child, answered[0].port);
  }

  /** Says a word and waits for the answer. */
  async ask<Answer>(word: string | object): Promise<Answer> {
    const answer = once(this.#process, 'message') as Promise<[Answer]>;
    this.#process.send(word);
    return (await answer)[0];
  }

  /** Asks for the number of complete rows on file. */
  async rows(): Promise<number> {
    return (await this.ask<{ rows: number }>('rows')).rows;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }
}
