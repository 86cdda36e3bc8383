import fc from 'fast-check';
import t from 'tap';
import { rowAfter, scrollTo, visibleRows } from '../../../src/pages/app/console/visible-rows.ts';

const view = fc.record({
  scrollTop: fc.nat(3_200_000),
  height: fc.integer({ min: 32, max: 1_000 }),
  rowHeight: fc.constant(32),
  count: fc.nat(100_000),
});

t.test('every row that is seen is drawn, and few others, however long the list', async () => {
  fc.assert(
    fc.property(view, ({ scrollTop, height, rowHeight, count }) => {
      const { from, to } = visibleRows({ scrollTop, height, rowHeight, count });
      const seen = (row: number) => (row + 1) * rowHeight > scrollTop && row * rowHeight < scrollTop + height;
      const rows = [from - 1, to].filter((row) => row >= 0 && row < count);
      return (
        0 <= from && from <= to && to <= count && to - from <= height / rowHeight + 20 && !rows.some(seen)
      );
    }),
  );
});

t.test('a row that is gone to is seen whole afterwards, and nothing moves where it was', async () => {
  fc.assert(
    fc.property(view, fc.nat(99_999), ({ scrollTop, height, rowHeight }, row) => {
      const top = scrollTo(row, { scrollTop, height, rowHeight });
      const whole = (from: number) => row * rowHeight >= from && (row + 1) * rowHeight <= from + height;
      return whole(top) && (!whole(scrollTop) || top === scrollTop);
    }),
  );
});

t.test('keys lead through the rows and never out of them', async (t) => {
  t.equal(rowAfter('ArrowDown', 3, 10, 5), 4);
  t.equal(rowAfter('ArrowUp', 0, 10, 5), 0);
  t.equal(rowAfter('PageDown', 3, 10, 5), 8);
  t.equal(rowAfter('PageDown', 8, 10, 5), 9);
  t.equal(rowAfter('End', 3, 10, 5), 9);
  t.equal(rowAfter('Home', 3, 10, 5), 0);
  t.equal(rowAfter('x', 3, 10, 5), undefined);
});
