import { Alert, Button, Card, Space } from 'antd';
import { useEffect, useRef } from 'react';
import type { Settlement } from '../../../../schemas/settlement.ts';
import type { Insurer } from '../../../../schemas/transaction.ts';
import { useWords } from '../words/words.tsx';
import { Reverse } from './reverse.tsx';
import { SplitView } from './split.tsx';
import type { DeskAct } from './use-settlement.ts';
import { type Word, words } from './words.ts';

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
  insurers,
  busy,
  onAct,
  onNext,
}: {
  settlement: Settlement;
  insurers: readonly Insurer[];
  busy: boolean;
  onAct: (act: DeskAct, body?: object) => void;
  onNext: () => void;
}) {
  const { say, language } = useWords(words);
  const { state, actions, legs, cause } = settlement;
  const main = useRef<HTMLButtonElement>(null);
  // The next step is one key away, whatever was clicked before.
  useEffect(() => {
    if (!busy && state) main.current?.focus();
  }, [state, busy]);
  const may = (act: DeskAct) => actions.includes(act);
  const inWords = language === 'en' ? 'en' : 'zh';
  return (
    <Card title={`${say('billNumber')} ${settlement.billNumber}`} size="small" className="screen">
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
      {state === 'needs-review' ? (
        <p>
          <a href={`/review?matter=settlement/${settlement.id}`}>{say('toReview')}</a>
        </p>
      ) : null}
      {legs.map(({ insurer, quote, settled }) => {
        const split = settled ?? quote;
        return split ? (
          <section key={insurer}>
            <h3>{insurers.find(({ id }) => id === insurer)?.name ?? insurer}</h3>
            <SplitView split={split} />
          </section>
        ) : null;
      })}
      <Space wrap>
        {may('confirm') ? (
          <Button ref={main} type="primary" size="large" loading={busy} onClick={() => onAct('confirm')}>
            {say('confirm')}
          </Button>
        ) : (
          <Button ref={main} size="large" disabled={busy} onClick={onNext}>
            {say('anew')}
          </Button>
        )}
        {may('quote') ? (
          <Button disabled={busy} onClick={() => onAct('quote')}>
            {say('requote')}
          </Button>
        ) : null}
        {may('abandon') ? (
          <Button disabled={busy} onClick={() => onAct('abandon')}>
            {say('abandon')}
          </Button>
        ) : null}
        {state === 'settled' ? <Button onClick={() => print()}>{say('print')}</Button> : null}
        {may('reverse') ? (
          <Reverse key={settlement.id} busy={busy} onReverse={(reason) => onAct('reverse', { reason })} />
        ) : null}
      </Space>
    </Card>
  );
}
