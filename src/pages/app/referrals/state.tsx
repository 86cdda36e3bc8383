import { Tag } from 'antd';
import type { ReferralSummary } from '../../../../schemas/referral.ts';
import { STATES } from '../../../referral/machine.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

/** Where a referral stands, in the words of the referral machine. */
export function StateTag({ of: { state, reviewing } }: { of: Pick<ReferralSummary, 'state' | 'reviewing'> }) {
  const { say, language } = useWords(words);
  return (
    <>
      <Tag>{STATES[state][language === 'en' ? 'en' : 'zh']}</Tag>
      {reviewing ? <Tag color="#531dab">{say(`review.${reviewing}`)}</Tag> : null}
    </>
  );
}
