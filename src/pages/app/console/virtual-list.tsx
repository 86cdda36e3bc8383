import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { rowAfter, scrollTo, visibleRows } from './visible-rows.ts';

const ROW_HEIGHT = 32;
/** Of the window, and of the row of heads that stays at its top. */
const HEIGHT = 448;
const HEADS_HEIGHT = 32;
/** So many rows before the end the next page is asked for. */
const AHEAD = 300;

export interface Column<T> {
  readonly key: string;
  readonly title: string;
  /** CSS; without one it gets what is left. */
  readonly width?: string;
  show(row: T): ReactNode;
}

/**
 * A table of any length, of which only the rows that are seen are there: a hundred thousand scroll like twenty. By
 * keyboard it is one stop: arrows, pages, Home and End go through the rows, Enter opens one.
 */
export function VirtualList<T extends { readonly id: string }>({
  label,
  columns,
  rows,
  opened,
  onOpen,
  onNearEnd,
}: {
  label: string;
  /** The first is the row's button. */
  columns: readonly Column<T>[];
  rows: readonly T[];
  opened: string | undefined;
  onOpen: (row: T) => void;
  onNearEnd: () => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const [active, setActive] = useState(0);
  const moved = useRef(false);
  const view = { scrollTop, height: HEIGHT - HEADS_HEIGHT, rowHeight: ROW_HEIGHT };
  const { from, to } = visibleRows({ ...view, count: rows.length });
  // The stop of the keyboard is a row that is there, also after the wheel has moved the others away.
  const stop = active >= from && active < to ? active : Math.min(to - 1, Math.ceil(scrollTop / ROW_HEIGHT));
  useEffect(() => {
    if (to > rows.length - AHEAD) onNearEnd();
  }, [to, rows.length, onNearEnd]);
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-row="${active}"]`)?.focus({ preventScroll: true });
  }, [active]);

  const onKey = (event: KeyboardEvent) => {
    const next = rowAfter(event.key, stop, rows.length, Math.floor(view.height / ROW_HEIGHT) - 1);
    if (next === undefined || !scroller.current) return;
    event.preventDefault();
    const top = scrollTo(next, view);
    moved.current = true;
    scroller.current.scrollTop = top;
    setScrollTop(top);
    setActive(next);
  };
  const [head, ...others] = columns;
  const row = (item: T, index: number) => (
    <tr key={item.id} aria-rowindex={index + 2} className={item.id === opened ? 'opened' : undefined}>
      <td>
        <button
          type="button"
          data-row={index}
          tabIndex={index === stop ? 0 : -1}
          aria-pressed={item.id === opened}
          onKeyDown={onKey}
          onClick={() => {
            setActive(index);
            onOpen(item);
          }}
        >
          {head?.show(item)}
        </button>
      </td>
      {others.map(({ key, show }) => (
        <td key={key}>{show(item)}</td>
      ))}
    </tr>
  );
  return (
    <div
      ref={scroller}
      className="rows"
      style={{ height: HEIGHT }}
      onScroll={({ currentTarget }) => setScrollTop(currentTarget.scrollTop)}
    >
      <table aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ key, title, width }) => (
              <th key={key} scope="col" style={{ width }}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <Gap height={from * ROW_HEIGHT} />
        <tbody>{rows.slice(from, to).map((item, offset) => row(item, from + offset))}</tbody>
        <Gap height={(rows.length - to) * ROW_HEIGHT} />
      </table>
    </div>
  );
}

/** The room of rows that are not there. */
function Gap({ height }: { height: number }) {
  return height === 0 ? null : (
    <tbody aria-hidden="true">
      <tr style={{ height }} />
    </tbody>
  );
}
