/** Rows beyond the edges that are there already when somebody scrolls on. */
const BEYOND = 8;

export interface Visible {
  /** The first row that is drawn, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** Which rows of one height are to be drawn in a window of this height, scrolled so far. */
export function visibleRows(view: {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly count: number;
}): Visible {
  const { scrollTop, height, rowHeight, count } = view;
  const first = Math.floor(scrollTop / rowHeight);
  const last = Math.ceil((scrollTop + height) / rowHeight);
  const from = Math.min(Math.max(0, first - BEYOND), count);
  return { from, to: Math.max(from, Math.min(count, last + BEYOND)) };
}

/** How far to scroll so that a row is seen whole: not at all where it is. */
export function scrollTo(
  row: number,
  view: { readonly scrollTop: number; readonly height: number; readonly rowHeight: number },
): number {
  const { scrollTop, height, rowHeight } = view;
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}

/** Where a key leads from a row; nothing for a key that leads nowhere. */
export function rowAfter(key: string, row: number, count: number, perPage: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + perPage,
    PageUp: row - perPage,
    Home: 0,
    End: count - 1,
  };
  const next = steps[key];
  return next === undefined ? undefined : Math.max(0, Math.min(count - 1, next));
}
