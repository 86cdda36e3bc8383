import { Alert, Button, Card, Space } from 'antd';
import { useEffect, useRef } from 'react';
import type { Settlement } from '../../../../schemas/settlement.ts';
import { useWords } from '../words/words.tsx';
import type { Word } from '../words/zh.ts';
import { SplitView } from './split.tsx';

const TONE: Readonly<Record<string, 'success' | 'error' | 'warning' | 'info'>> = {
  settled: 'success',
  reversed: 'info',
  failed: 'error',
  'in-doubt': 'warning',
  'needs-review': 'warning',
};

/** Where the settlement stands, who pays what, and what may be done now. */
export function Outcome({
  settlement,
  busy,
  onAct,
  onNext,
}: {
  settlement: Settlement;
  busy: boolean;
  onAct: (act: 'confirm' | 'reverse' | 'abandon') => void;
  onNext: () => void;
}) {
  const { say, language } = useWords();
  const { state, actions, legs, cause } = settlement;
  const main = useRef<HTMLButtonElement>(null);
  // The next step is one key away, whatever was clicked before.
  useEffect(() => {
    if (!busy && state) main.current?.focus();
  }, [state, busy]);
  const may = (act: 'confirm' | 'reverse' | 'abandon') => actions.includes(act);
  const inWords = language === 'en' ? 'en' : 'zh';
  return (
    <Card title={`${say('desk.billNumber')} ${settlement.billNumber}`} size="small" className="screen">
      <div role="status">
        <Alert type={TONE[state] ?? 'info'} showIcon title={say(`state.${state}` as Word)} />
      </div>
      {cause ? (
        <Alert
          type="warning"
          title={cause.title[inWords]}
          description={`${cause.next[inWords]}${cause.reason === undefined ? '' : ` (${cause.reason})`}`}
        />
      ) : null}
      {legs.map(({ insurer, quote, settled }) => {
        const split = settled ?? quote;
        return split ? (
          <section key={insurer}>
            <h3>{insurer}</h3>
            <SplitView split={split} />
          </section>
        ) : null;
      })}
      <Space wrap>
        {may('confirm') ? (
          <Button ref={main} type="primary" size="large" loading={busy} onClick={() => onAct('confirm')}>
            {say('desk.confirm')}
          </Button>
        ) : (
          <Button ref={main} size="large" disabled={busy} onClick={onNext}>
            {say('desk.anew')}
          </Button>
        )}
        {may('abandon') ? (
          <Button disabled={busy} onClick={() => onAct('abandon')}>
            {say('desk.abandon')}
          </Button>
        ) : null}
        {state === 'settled' ? <Button onClick={() => print()}>{say('desk.print')}</Button> : null}
        {may('reverse') ? (
          <Button danger disabled={busy} onClick={() => confirm(say('desk.reverseSure')) && onAct('reverse')}>
            {say('desk.reverse')}
          </Button>
        ) : null}
      </Space>
    </Card>
  );
}
