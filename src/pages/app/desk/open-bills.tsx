import { Button, Card, Space } from 'antd';
import { useEffect, useRef } from 'react';
import type { SettlementSummary } from '../../../../schemas/settlement.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

/** Bills that the HIS has opened: the first is one key press away. */
export function OpenBills({
  bills,
  busy,
  onTake,
}: {
  bills: readonly SettlementSummary[];
  busy: boolean;
  onTake: (id: string) => void;
}) {
  const { say } = useWords(words);
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <Card title={say('openBills')} size="small">
      <Space wrap>
        {bills.map(({ id, billNumber, total }, index) => (
          <Button
            key={id}
            ref={index === 0 ? first : null}
            type={index === 0 ? 'primary' : 'default'}
            disabled={busy}
            onClick={() => onTake(id)}
          >
            {say('takeBill', { number: billNumber, total })}
          </Button>
        ))}
      </Space>
    </Card>
  );
}
