import type { Difference } from '../../../../schemas/statement.ts';
import { DIFFERENCE_CLASSES } from '../../../../schemas/statement-words.ts';

/** Differences by their class, in the order of the classes; in each, what is still to be done first. */
export function byClass<T extends Pick<Difference, 'class' | 'title' | 'state' | 'n'>>(
  differences: readonly T[],
): { readonly title: T['title']; readonly items: readonly T[] }[] {
  const rank = ({ state }: T) => (state === 'mended' ? 1 : 0);
  return DIFFERENCE_CLASSES.flatMap((name) => {
    const items = differences.filter((each) => each.class === name);
    const [first] = items;
    if (!first) return [];
    return [{ title: first.title, items: [...items].sort((a, b) => rank(a) - rank(b) || a.n - b.n) }];
  });
}
