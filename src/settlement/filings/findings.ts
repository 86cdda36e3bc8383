import type { Finding } from '../../../schemas/finding.ts';
import { FILING_FINDINGS, type FilingReviewed, type FilingState } from '../../../schemas/settlement-words.ts';
import { next } from './machine.ts';
import type { FilingRow } from './queries.ts';

/** What a person may find out about a filing that needs them, each with its consequence in words. */
export function findingsOf({
  state,
  doubt_of: doubtOf,
  number,
}: Pick<FilingRow, 'state' | 'doubt_of' | 'number'>): Finding<FilingReviewed, FilingState>[] {
  return FILING_FINDINGS.flatMap((found) => {
    const transition = next({ state, doubtOf }, `review-${found}`);
    const asksNumber = found === 'filed' && number === null;
    return transition
      ? [
          {
            found,
            to: transition.to,
            means: MEANINGS[found],
            ...(asksNumber ? { number: 'may' as const } : {}),
          },
        ]
      : [];
  });
}

const MEANINGS: Readonly<Record<FilingReviewed, Finding<FilingReviewed, FilingState>['means']>> = {
  filed: {
    zh: '登记为已备案,按此享受待遇;以后撤销时需要医保的备案流水号',
    en: 'Recorded as filed, and good for benefits; withdrawing it later takes the insurer’s number of it',
  },
  'not-filed': {
    zh: '登记为没有备案,需要时重新备案。医保其实有这份备案时,重新备案会重复',
    en: 'Recorded as not filed; it may be filed anew. If the insurer has it after all, that would file it twice',
  },
  withdrawn: {
    zh: '登记为已撤销:这份备案不再有效',
    en: 'Recorded as withdrawn: the filing is good no more',
  },
};
