import { setTimeout as sleep } from 'node:timers/promises';
import { type Running, type Scene, startUntilReady } from '../setup/process.ts';
import type { Chance } from './random.ts';

type Environment = Record<string, string>;

/** A gateway process on a configuration file, which is killed and started again. */
export class MortalGateway {
  readonly #start: (environment?: Environment) => Promise<Running>;
  #running: Running;

  private constructor(start: (environment?: Environment) => Promise<Running>, running: Running) {
    this.#start = start;
    this.#running = running;
  }

  static async start(scene: Scene, configurationFile: string): Promise<MortalGateway> {
    const start = (environment?: Environment) =>
      startUntilReady(scene, ['--config', configurationFile], environment);
    return new MortalGateway(start, await start());
  }

  /** Kills it at a random moment and starts it again, so many times; `before` each life, something may be arranged. */
  async dieAndRise(times: number, chance: Chance, before: () => void = () => undefined): Promise<void> {
    for (let life = 0; life < times; life++) {
      before();
      await sleep(chance.between(30, 700));
      await this.die();
      await this.rise();
    }
  }

  async die(): Promise<void> {
    await this.#running.stop('SIGKILL');
  }

  /** Starts it again on the same file, with this in its environment beside. */
  async rise(environment?: Environment): Promise<void> {
    this.#running = await this.#start(environment);
  }

  stop(): Promise<number | null> {
    return this.#running.stop('SIGTERM');
  }
}
