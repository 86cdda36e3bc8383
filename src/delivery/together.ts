import type { Store, Unit } from '../store/port.ts';
import { retrying } from './retrying.ts';

/**
 * Does the same work for each of several, all in one unit of work. Where that fails, each gets a unit of its own, so
 * that what is wrong with one of them is nobody else's trouble. Answers what became of each, in their order.
 */
export async function together<T, R>(
  store: Store,
  items: readonly T[],
  work: (unit: Unit, item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  if (items.length > 1) {
    const values = await inOneUnit(store, items, work).catch(() => undefined);
    if (values) return values.map((value) => ({ status: 'fulfilled', value }));
  }
  return Promise.allSettled(items.map((item) => retrying(store, (unit) => work(unit, item))));
}

function inOneUnit<T, R>(
  store: Store,
  items: readonly T[],
  work: (unit: Unit, item: T) => Promise<R>,
): Promise<R[]> {
  return store.write(async (unit) => {
    const values: R[] = [];
    for (const item of items) values.push(await work(unit, item));
    return values;
  });
}
