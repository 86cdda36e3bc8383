import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { type Running, startUntilReady } from '../setup/process.ts';
import type { Chance } from './random.ts';

/** A gateway process on a configuration file, which is killed and started again. */
export class MortalGateway {
  readonly #start: () => Promise<Running>;
  #running: Running;

  private constructor(start: () => Promise<Running>, running: Running) {
    this.#start = start;
    this.#running = running;
  }

  static async start(t: Test, configurationFile: string): Promise<MortalGateway> {
    const start = () => startUntilReady(t, ['--config', configurationFile]);
    return new MortalGateway(start, await start());
  }

  /** Kills it at a random moment and starts it again, so many times; `before` each life, something may be arranged. */
  async dieAndRise(times: number, chance: Chance, before: () => void = () => undefined): Promise<void> {
    for (let life = 0; life < times; life++) {
      before();
      await sleep(chance.between(30, 700));
      await this.#running.stop('SIGKILL');
      this.#running = await this.#start();
    }
  }

  stop(): Promise<number | null> {
    return this.#running.stop('SIGTERM');
  }
}
