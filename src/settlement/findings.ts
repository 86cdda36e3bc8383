import type { Finding as Shown } from '../../schemas/finding.ts';
import { FINDINGS, type Finding } from '../../schemas/settlement-words.ts';
import { hasBefore, hasNext, isMidway } from './legs.ts';
import { machine, type SettlementEvent, type State } from './machine.ts';
import type { Settlement } from './model.ts';

/** What a person may find out about a settlement that needed them, what that is to the bill, and what follows. */

/** The findings that are possible now, each with its consequence in words; none where no person is asked. */
export function findingsOf(settlement: Settlement): Shown<Finding, State>[] {
  if (settlement.row.state !== 'needs-review') return [];
  return FINDINGS.filter((found) => impossible(found, settlement) === undefined).map((found) => {
    const event = eventOf(found, settlement);
    return {
      found,
      to: machine['needs-review'][event]!.to,
      means: meaningOf(found, event, settlement),
      ...(found === 'settled' && current(settlement)?.settled === null ? { number: 'must' as const } : {}),
    };
  });
}

/**
 * Why a finding cannot be. What the insurer has settled and numbered can be reversed, and never again not have been
 * settled. Once others of the bill's payers have been undone, this one can only be undone, too.
 */
export function impossible(found: Finding, settlement: Settlement): string | undefined {
  const numbered = (current(settlement)?.number ?? null) !== null;
  if (found === 'not-settled' && numbered) {
    return '这笔已由医保结算,只能是已结算或已撤销 / it has been settled: settled or reversed';
  }
  if (found === 'settled' && isMidway(settlement)) {
    return '其他支付方已撤销,这一方也须撤销后再登记 / other payers have been undone: undo this one, then say reversed';
  }
  return undefined;
}

/** What a person's finding about one payer is to the bill. */
export function eventOf(found: Finding, settlement: Settlement): SettlementEvent {
  if (found === 'settled') return hasNext(settlement) ? 'review-next-payer' : 'review-settled';
  return hasBefore(settlement) ? 'review-undo-rest' : `review-${found}`;
}

function current({ row, legs }: Settlement) {
  return legs[row.leg - 1];
}

function meaningOf(
  found: Finding,
  event: SettlementEvent,
  settlement: Settlement,
): Shown<Finding, State>['means'] {
  const known = current(settlement)?.settled !== null;
  if (event === 'review-next-payer') {
    return {
      zh: '登记为这一方已结算,并马上向下一支付方结算',
      en: 'This payer is recorded as having settled, and the next one is asked to settle at once',
    };
  }
  if (event === 'review-undo-rest') {
    return {
      zh: `登记为这一方${found === 'reversed' ? '已撤销' : '没有结算'},并马上撤销已结算的其他支付方;之后这张账单可以重新结算`,
      en: `This payer is recorded as ${found === 'reversed' ? 'reversed' : 'not having settled'}, and the others that have settled are undone at once; the bill may be settled anew after that`,
    };
  }
  if (found === 'not-settled') {
    return {
      zh: '登记为没有结算:资金没有变动,不向患者收费,这张账单可以重新结算。医保其实有这笔时,重新结算会重复扣款',
      en: 'Recorded as not settled: no money moved, the patient pays nothing, and the bill may be settled anew. If the insurer has it after all, that would charge twice',
    };
  }
  if (found === 'reversed') {
    return {
      zh: '登记为已撤销:这笔结算不再有效,已收的费用应退给患者,这张账单可以重新结算',
      en: 'Recorded as reversed: it stands no more, what the patient paid is given back, and the bill may be settled anew',
    };
  }
  if (settlement.row.doubt_of === 'reverse') {
    return {
      zh: '登记为撤销没有生效:结算仍有效;需要时可以再撤销',
      en: 'The reversal is recorded as without effect: the settlement stands, and may be reversed again',
    };
  }
  return known
    ? {
        zh: '登记为已结算,按医保应答的金额;按此向患者收费,之后可以撤销',
        en: 'Recorded as settled with the amounts of the insurer’s answer; the patient is charged by them, and it may be reversed later',
      }
    : {
        zh: '登记为已结算,按试算的金额和您填写的医保结算编号;按此向患者收费,之后可以撤销',
        en: 'Recorded as settled with the amounts of the quote and the number that you give; the patient is charged by them, and it may be reversed later',
      };
}
