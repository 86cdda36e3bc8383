import t from 'tap';
import type { RecentExchange } from '../../../src/settlement/health/queries.ts';
import { pulseOf } from '../../../src/settlement/health/rules.ts';

const exchange = (
  outcome: RecentExchange['outcome'],
  sent_at: number,
  duration_ms: number | null = null,
) => ({
  transaction: '2207',
  ...{ outcome, sent_at, duration_ms },
  answered_at: duration_ms === null ? null : sent_at + duration_ms,
});

t.test('an insurer nothing was asked of has no latency and no trouble', async (t) => {
  t.strictSame(pulseOf([]), { exchanges: 0, accepted: 0, refused: 0, failed: 0, unknown: 0 });
});

t.test(
  'half of the answers were faster than the median, 95 of a hundred than the other figure',
  async (t) => {
    const hundred = Array.from({ length: 100 }, (_, index) => exchange('accepted', 1_000, index + 1));
    t.match(pulseOf(hundred), { exchanges: 100, accepted: 100, medianMs: 50, p95Ms: 95 });
    t.match(pulseOf([exchange('accepted', 1_000, 7)]), { medianMs: 7, p95Ms: 7, lastAnswerAt: 1_007 });
  },
);

t.test('no answer and no way are trouble, the latest is told; a refusal is business', async (t) => {
  const rows = [
    exchange('pending', 5_000),
    exchange('refused', 4_000, 20),
    exchange('unknown', 3_000),
    exchange('not-sent', 2_000),
    exchange('not-run', 1_000, 30),
  ];
  t.match(pulseOf(rows), {
    ...{ exchanges: 5, accepted: 0, refused: 1, failed: 2, unknown: 1 },
    lastAnswerAt: 4_020,
    lastTrouble: { outcome: 'unknown', sent_at: 3_000 },
  });
});
