import { Button, Space } from 'antd';
import type { Referral } from '../../../../schemas/referral.ts';
import { useWords } from '../words/words.tsx';
import type { Making } from './request.ts';
import { words } from './words.ts';

/** What may follow from a referral that came here: back with the outcome, or on to the next level. */
export function FollowUps({ referral, onMake }: { referral: Referral; onMake: (making: Making) => void }) {
  const { say } = useWords(words);
  if (referral.role !== 'recipient' || referral.closed) return null;
  const ways = referral.actions.includes('complete')
    ? (['return', 'onward'] as const)
    : (['onward'] as const);
  return (
    <Space wrap>
      {ways.map((kind) => (
        <Button key={kind} onClick={() => onMake({ kind, of: referral })}>
          {say(`making.${kind}`)}
        </Button>
      ))}
    </Space>
  );
}
