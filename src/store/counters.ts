import type { Store, Unit } from './port.ts';
import { query } from './query.ts';

const take = query<{ name: string; block: number }, { value: number }>(
  'counter.take',
  (db, arg) =>
    db
      .insertInto('counters')
      .values({ name: arg('name'), value: arg('block') })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet((eb) => ({ value: eb('counters.value', '+', arg('block')) })),
      )
      .returning('value'),
  { hot: true },
);

/**
 * Numbers that must never repeat, taken from the store a block at a time: a block is on disk before its first number
 * is handed out, so a crash loses numbers but never hands one out twice.
 */
export class Counter {
  readonly #store: Store;
  readonly #name: string;
  readonly #block: number;
  #next = 1;
  #last = 0;
  #refill: Promise<void> | undefined;

  constructor(store: Store, name: string, block = 100) {
    this.#store = store;
    this.#name = name;
    this.#block = block;
  }

  /** The next number, from 1 on. */
  async next(): Promise<number> {
    while (this.#next > this.#last) {
      this.#refill ??= this.#takeBlock().finally(() => {
        this.#refill = undefined;
      });
      await this.#refill;
    }
    return this.#next++;
  }

  async #takeBlock(): Promise<void> {
    const value = await this.#store.write((unit: Unit) =>
      unit.one(take, { name: this.#name, block: this.#block }),
    );
    if (!value) throw new Error(`counter ${this.#name} gave no value`);
    this.#last = value.value;
    this.#next = value.value - this.#block + 1;
  }
}
