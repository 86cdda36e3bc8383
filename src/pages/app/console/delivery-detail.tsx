import { Alert, Button, Card, Spin } from 'antd';
import { useCallback } from 'react';
import type { Delivery } from '../../../../schemas/delivery.ts';
import { call } from '../api.ts';
import { Mark } from '../shell/mark.tsx';
import { Trouble } from '../shell/trouble.tsx';
import { useLoaded } from '../shell/use-loaded.ts';
import { useOnce } from '../shell/use-once.ts';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import { timeOf } from './times.ts';
import { TONES } from './tones.ts';
import { words } from './words.ts';

/** One delivery: where it is on its way, why it did not arrive, and what may be done. What it says is never shown. */
export function DeliveryDetail({
  id,
  mayReplay,
  onOpen,
  onClose,
  onReplayed,
}: {
  id: string;
  mayReplay: boolean;
  onOpen: (id: string) => void;
  onClose: () => void;
  onReplayed: () => void;
}) {
  const { say } = useWords(words);
  const { data, error } = useLoaded(
    useCallback((signal: AbortSignal) => call<Delivery>('GET', `/v1/deliveries/${id}`, { signal }), [id]),
  );
  const once = useOnce();
  const work = useWork();
  const replay = () =>
    work.run(async () => {
      const path = `/v1/deliveries/${id}/replay`;
      const again = await once(id, (key) => call<Delivery>('POST', path, { key }));
      onReplayed();
      onOpen(again.id);
    });
  const replayable = mayReplay && data?.state === 'dead' && data.replayedAs === undefined;
  return (
    <Card
      size="small"
      title={say('delivery.one')}
      extra={
        <Button size="small" onClick={onClose}>
          {say('close')}
        </Button>
      }
    >
      <Trouble error={error} />
      {data || error ? null : <Spin />}
      {data ? <Facts delivery={data} onOpen={onOpen} /> : null}
      <Trouble error={work.error} />
      {replayable ? (
        <Button type="primary" loading={work.busy} onClick={replay}>
          {say('replay.one')}
        </Button>
      ) : null}
    </Card>
  );
}

function Facts({ delivery, onOpen }: { delivery: Delivery; onOpen: (id: string) => void }) {
  const { say } = useWords(words);
  const { report, lastError, replayOf, replayedAs } = delivery;
  const facts = [
    ['delivery.id', delivery.id],
    ['delivery.message', delivery.messageId],
    ['delivery.case', delivery.correlationId],
    ['organisation', delivery.organisation],
    ['delivery.sender', delivery.sender],
    ['delivery.receiver', delivery.receiver],
    ['delivery.type', delivery.type],
    ['delivery.priority', say(`priority.${delivery.priority}`)],
    ['delivery.attempts', String(delivery.attempts)],
    ['created', timeOf(delivery.createdAt)],
    ['delivery.nextAttempt', given(delivery.nextAttemptAt)],
    ['delivery.expires', delivery.state === 'queued' ? timeOf(delivery.expiresAt) : undefined],
    ['delivery.receipt', given(delivery.receiptAt)],
    ['delivery.reached', given(delivery.reachedAt)],
    ['lastError', lastError],
  ] as const;
  const related = [
    ['delivery.replayOf', replayOf],
    ['delivery.replayedAs', replayedAs],
  ] as const;
  return (
    <>
      <Mark tone={TONES[delivery.state]}>{say(`delivery.${delivery.state}`)}</Mark>
      {report ? (
        <Alert
          type="error"
          showIcon
          title={report.title}
          description={`${report.next} (${report.code}, ${report.hop}, ${timeOf(report.at)})`}
        />
      ) : null}
      <dl>
        {facts.map(([word, fact]) =>
          fact === undefined ? null : (
            <div key={word} className="fact">
              <dt>{say(word)}</dt>
              <dd>{fact}</dd>
            </div>
          ),
        )}
        {related.map(([word, other]) =>
          other === undefined ? null : (
            <div key={word} className="fact">
              <dt>{say(word)}</dt>
              <dd>
                <Button type="link" size="small" onClick={() => onOpen(other)}>
                  {other}
                </Button>
              </dd>
            </div>
          ),
        )}
      </dl>
    </>
  );
}

function given(timestamp: string | undefined): string | undefined {
  return timestamp === undefined ? undefined : timeOf(timestamp);
}
