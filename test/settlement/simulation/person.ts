import { currentLeg, isMidway } from '../../../src/settlement/legs.ts';
import type { Settlement } from '../../../src/settlement/model.ts';
import type { Review } from '../../../src/settlement/service.ts';
import { settlementsOnFile } from './checks.ts';
import type { World } from './world.ts';

/**
 * The person who is called where the gateway can't tell: looks into the insurer's book, takes back at its counter
 * what can't stand, and says what they found. Answers how many settlements they looked at.
 */
export async function reviewAll(world: World): Promise<number> {
  const open = settlementsOnFile(world.disk).filter(({ row }) => row.state === 'needs-review');
  for (const settlement of open) {
    const { id } = settlement.row;
    const review = reviewOf(world, settlement);
    world.log?.(`a person finds ${id} ${review.found} ${review.number ?? ''}`);
    const key = `review-${id}-${settlement.row.version}`;
    const answered = world.gateways[0]!.call(key, { act: 'review', id, review });
    void answered.then(({ status, body }) => {
      if (status >= 300) world.bugs.push(`the review of ${id} was answered ${status} ${body.code}`);
    });
  }
  return open.length;
}

function reviewOf(world: World, settlement: Settlement): Review {
  const leg = currentLeg(settlement);
  const insurer = world.insurers.get(leg.insurer)!;
  const [entry] = insurer.live(leg.bill_number).filter((live) => live.settlementId === settlement.row.id);
  const note = 'looked it up';
  if (!entry) return { note, found: leg.number === null ? 'not-settled' : 'reversed' };
  const isAsQuoted = leg.total_fen === entry.totalFen && leg.cash_fen === entry.totalFen - entry.paysFen;
  if (isAsQuoted && !isMidway(settlement)) return { note, found: 'settled', number: entry.number };
  insurer.reverseByHand(entry);
  return { note, found: leg.number === null ? 'not-settled' : 'reversed' };
}
