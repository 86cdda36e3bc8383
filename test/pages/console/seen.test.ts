import t from 'tap';
import { withRows } from '../../../src/pages/app/console/use-seen.ts';

const NOTHING = { organisation: [], type: [], reason: [] };
const row = (id: string, organisation: string, reason?: string) => ({
  ...{ id, organisation, type: 'referral.event', state: 'dead' as const, attempts: 1, createdAt: '' },
  ...(reason === undefined ? {} : { reason }),
});

t.test(
  'what a list has shown is known, each once, and stays the same where a page adds nothing',
  async (t) => {
    const rows = [row('1', 'A'), row('2', 'B', 'delivery.expired'), row('3', 'A')];
    const seen = withRows(NOTHING, rows, 0);
    t.strictSame(seen, { organisation: ['A', 'B'], type: ['referral.event'], reason: ['delivery.expired'] });
    t.equal(withRows(seen, rows, 1), seen);
    t.strictSame(withRows(seen, [...rows, row('4', 'C')], 3).organisation, ['A', 'B', 'C']);
  },
);
