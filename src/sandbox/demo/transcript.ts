import { setTimeout as sleep } from 'node:timers/promises';

/** A step of the demo that did not hold. */
export class DemoFailure extends Error {
  override name = 'DemoFailure';
}

/** Prints what happens as it happens, and stops at the first thing that does not hold. */
export class Transcript {
  #step = 0;

  journey(title: string): void {
    this.#step = 0;
    console.log(`\n━━ ${title} ${'━'.repeat(Math.max(4, 60 - title.length))}`);
  }

  step(title: string): void {
    this.#step += 1;
    console.log(`\n ${this.#step}. ${title}`);
  }

  say(...lines: readonly string[]): void {
    for (const line of lines) console.log(`    ${line}`);
  }

  hold(holds: boolean, what: string): void {
    if (!holds) throw new DemoFailure(`不成立 / does not hold: ${what}`);
    console.log(`    ✓ ${what}`);
  }
}

/** Asks until the answer is what is waited for, or the time is up; answers the last one. */
export async function until<T>(
  ask: () => Promise<T>,
  enough: (answer: T) => boolean,
  withinMs: number,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (enough(answer) || Date.now() > deadline) return answer;
    await sleep(200);
  }
}
