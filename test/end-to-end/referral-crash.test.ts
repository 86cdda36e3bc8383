import t from 'tap';
import { tormentReferrals } from '../torture/referral/torture.ts';

const REFERRALS = 20;
/** How long gateways die and the lines are bad; the rest of the test waits for nothing but the machine. */
const MINUTES = 0.07;

t.test(
  'whichever gateway dies while referrals flow over bad lines, none is lost or doubled and both ends agree',
  async (t) => {
    const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
    t.comment(`SEED=${seed}`);
    const { results, failures } = await tormentReferrals(t, {
      ...{ seed, referrals: REFERRALS, minutes: MINUTES, kind: 'http', leftDeadShare: 0 },
    });
    for (const [name, value] of Object.entries(results)) t.comment(`${name}: ${JSON.stringify(value)}`);
    t.same(failures, []);
    t.match(results, { lost: 0, doubled: 0, differing: 0 });
    const states = Object.values(results.states as Record<string, number>);
    t.ok(
      states.reduce((sum, count) => sum + count, 0) >= REFERRALS,
      'each is there, and what followed from it',
    );
    t.ok(Number(results.restarts) > 0, 'a gateway died');
  },
);
