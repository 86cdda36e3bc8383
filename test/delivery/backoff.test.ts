import fc from 'fast-check';
import t from 'tap';
import { backoffMs } from '../../src/delivery/backoff.ts';
import { LinkHealth } from '../../src/delivery/link-health.ts';

t.test('waits double from a second to ten minutes', async (t) => {
  t.same(
    [1, 2, 3, 10, 11, 1_000].map((attempt) => backoffMs(attempt, 0)),
    [1_000, 2_000, 4_000, 512_000, 600_000, 600_000],
  );
});

t.test('chance shortens a wait by at most a half, and never below what was asked for', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(10_000_000),
      (n, r, asked) => {
        const wait = backoffMs(n, r, asked);
        return wait >= asked && wait >= backoffMs(n, 0) / 2 - 1 && wait <= Math.max(asked, backoffMs(n, 0));
      },
    ),
  );
});

t.test('a link alerts once when it goes down and once when it is back', async (t) => {
  const health = new LinkHealth();
  const alerts = [1, 2, 3, 4, 5].map(() => health.failed(0, 0));
  t.same(alerts, [undefined, undefined, 'down', undefined, undefined]);
  t.equal(health.answered(), 'up');
  t.equal(health.answered(), undefined);
});

t.test('a link that is down is tried with one message at a time, after a pause', async (t) => {
  const health = new LinkHealth();
  t.equal(health.room(0, 8, 0), 8);
  t.equal(health.room(8, 8, 0), 0);
  for (let i = 0; i < 3; i++) health.failed(0, 0);
  t.equal(health.room(0, 8, 999), 0);
  t.equal(health.room(0, 8, 1_000), 1);
  t.equal(health.room(1, 8, 1_000), 0);
});
