import { Alert, Modal, Progress } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { call, newKey } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useOnce } from '../shell/use-once.ts';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import type { DeliveryFilter } from './delivery-search.ts';
import { type ReplayStep, replayInSteps } from './replaying.ts';
import { words } from './words.ts';

type Phase = 'counting' | 'ready' | 'running' | 'done' | 'cancelled';

const PATH = '/v1/deliveries/replay';

/** Sends all dead deliveries of the filter again: counted first, with its progress, and to be cancelled any time. */
export function ReplayMany({ filter, onClose }: { filter: DeliveryFilter; onClose: () => void }) {
  const { say } = useWords(words);
  const [phase, setPhase] = useState<Phase>('counting');
  const [matched, setMatched] = useState(0);
  const [replayed, setReplayed] = useState(0);
  const { busy, error, run } = useWork();
  const once = useOnce();
  const cancelling = useRef<AbortController | undefined>(undefined);
  const wanted = JSON.stringify(filter);
  useEffect(() => {
    const body = { filter: JSON.parse(wanted) as object, dryRun: true };
    void run(async () => {
      const { matched } = await call<ReplayStep>('POST', PATH, { body, key: newKey() });
      setMatched(matched);
      setPhase('ready');
    });
    return () => cancelling.current?.abort();
  }, [wanted, run]);

  const start = () =>
    run(async () => {
      const controller = new AbortController();
      cancelling.current = controller;
      const before = replayed;
      setPhase('running');
      try {
        await replayInSteps({
          // A step without an answer is repeated under its key, and so never done twice.
          ask: (max) => once('step', (key) => call<ReplayStep>('POST', PATH, { body: { filter, max }, key })),
          onProgress: (sum) => setReplayed(before + sum),
          signal: controller.signal,
        });
        setPhase(controller.signal.aborted ? 'cancelled' : 'done');
      } catch (error) {
        setPhase('ready');
        throw error;
      }
    });
  const running = phase === 'running';
  const ended = phase === 'done' || phase === 'cancelled';
  return (
    <Modal
      open
      title={say('replay.many')}
      okText={say(ended ? 'close' : 'replay.go', { n: matched - replayed })}
      okButtonProps={{ disabled: phase === 'counting' || (!ended && matched === 0), loading: running }}
      cancelText={say(running ? 'replay.cancel' : 'close')}
      cancelButtonProps={ended ? { style: { display: 'none' } } : {}}
      closable={!running}
      mask={{ closable: false }}
      keyboard={!running}
      onOk={ended ? onClose : start}
      onCancel={running ? () => cancelling.current?.abort() : onClose}
    >
      <p>{say('replay.hint')}</p>
      <p>
        {Object.entries(filter)
          .map(([name, value]) => `${name}=${value}`)
          .join(' · ') || say('replay.all')}
      </p>
      <div role="status">
        {phase === 'counting' && busy ? say('replay.counting') : null}
        {phase === 'ready' ? say('replay.count', { n: matched - replayed }) : null}
        {ended ? (
          <Alert
            type={phase === 'done' ? 'success' : 'warning'}
            showIcon
            title={say(`replay.${phase}`, { n: replayed, of: matched })}
          />
        ) : null}
      </div>
      {running || ended ? (
        <Progress
          aria-label={say('replay.many')}
          percent={matched === 0 ? 100 : Math.min(100, Math.round((replayed / matched) * 100))}
          status={phase === 'cancelled' ? 'exception' : running ? 'active' : 'success'}
        />
      ) : null}
      <Trouble error={error} />
    </Modal>
  );
}
