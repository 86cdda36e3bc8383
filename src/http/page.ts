/** One page of a list that was read one row further than asked for; `next` is the cursor of the page after it. */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  limit: number,
): { readonly items: T[]; readonly next?: string } {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return last ? { items, next: last.id } : { items };
}
