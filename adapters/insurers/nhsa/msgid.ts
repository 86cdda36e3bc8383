import { type Clock, chinaDigits } from '../../../src/clock.ts';
import type { Store } from '../../../src/store/port.ts';
import { query } from '../../../src/store/query.ts';

/**
 * Message ids (msgid): fixmedins_code(12) + yyyyMMddHHmmss(14) + sequence(4), never the same twice.
 *
 * Second and sequence together are one number, the tick: second × 10000 + sequence. The store keeps the last tick
 * taken for the institution; a block of ticks is taken by moving it to max(last, now × 10000) + block. So ticks only
 * grow, through a restart, a clock set back, and several gateways on one store; where more than 9999 ids are wanted
 * in a second, ids run ahead of the clock instead of repeating. A block is on disk before its first id is used; what
 * a crash or a pause leaves of it is thrown away.
 */
export class MessageIds {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #institution: string;
  readonly #block: number;
  #next = 1;
  #last = 0;
  #takenAt = 0;
  #refill: Promise<void> | undefined;
  #second = -1;
  #secondText = '';

  /** @param institution fixmedins_code, 12 characters. */
  constructor(store: Store, clock: Clock, institution: string, block = BLOCK) {
    this.#store = store;
    this.#clock = clock;
    this.#institution = institution;
    this.#block = block;
  }

  async next(): Promise<string> {
    while (this.#next > this.#last || this.#stale()) {
      this.#refill ??= this.#take().finally(() => {
        this.#refill = undefined;
      });
      await this.#refill;
    }
    return this.#format(this.#next++);
  }

  /** An id tells when it was made, so a block is not used long after it was taken. */
  #stale(): boolean {
    return Math.abs(this.#clock.now() - this.#takenAt) > BLOCK_AGE_MAX_MS;
  }

  async #take(): Promise<void> {
    const now = this.#clock.now();
    const floor = Math.floor(now / 1_000) * SEQUENCES;
    const name = `nhsa.msgid.${this.#institution}`;
    const row = await this.#store.write((unit) =>
      unit.one(take, { name, floor, block: this.#block, first: floor + this.#block }),
    );
    if (!row) throw new Error(`counter ${name} gave no value`);
    this.#takenAt = now;
    this.#last = row.value;
    this.#next = row.value - this.#block + 1;
  }

  #format(tick: number): string {
    const second = Math.floor(tick / SEQUENCES);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = this.#institution + chinaDigits(second * 1_000).slice(0, 14);
    }
    return this.#secondText + String(tick % SEQUENCES).padStart(4, '0');
  }
}

const SEQUENCES = 10_000;
/** One commit per so many ids; 12 blocks fit a second before ids run ahead of the clock. */
const BLOCK = 800;
const BLOCK_AGE_MAX_MS = 30_000;

const take = query<{ name: string; floor: number; block: number; first: number }, { value: number }>(
  'nhsa.msgid.take',
  (db, arg) =>
    db
      .insertInto('counters')
      .values({ name: arg('name'), value: arg('first') })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet((eb) => ({
          value: eb(
            eb
              .case()
              .when('counters.value', '<', arg('floor'))
              .then(arg('floor'))
              .else(eb.ref('counters.value'))
              .end(),
            '+',
            arg('block'),
          ),
        })),
      )
      .returning('value'),
  { hot: true },
);
