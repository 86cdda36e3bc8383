import t from 'tap';
import { chinaDate, chinaDateTime, chinaDigits, systemClock, systemIds, timestampOf } from '../src/clock.ts';

const at = Date.UTC(2026, 11, 31, 16, 0, 0, 7);

t.test('times are told in China’s time zone, whatever the machine’s', async (t) => {
  t.equal(timestampOf(at), '2027-01-01T00:00:00.007+08:00');
  t.equal(chinaDigits(at), '20270101000000007');
  t.equal(chinaDateTime(at), '2027-01-01 00:00:00');
  t.equal(chinaDate(at), '2027-01-01');
  t.equal(chinaDate(at - 8), '2026-12-31');
  t.equal(Date.parse(timestampOf(at)), at);
});

t.test('ids sort by the time they were made, and never repeat', async (t) => {
  const ids = Array.from({ length: 1_000 }, () => systemIds.next());
  t.equal(new Set(ids).size, 1_000);
  t.ok(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
  const prefixes = ids.map((id) => id.slice(0, 13));
  t.same(prefixes, [...prefixes].sort());
  t.equal(systemIds.bytes(20).length, 20);
  t.ok(systemClock.now() > Date.UTC(2024, 0));
});
