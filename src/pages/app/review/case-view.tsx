import { Alert, Button, Card, Space, Spin } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { call } from '../api.ts';
import { timeText } from '../shell/time.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useAct } from '../shell/use-act.ts';
import { useWords } from '../words/words.tsx';
import { Decide, type Decision } from './decide.tsx';
import { Evidence } from './evidence.tsx';
import { History } from './history.tsx';
import { StateMark } from './matter-list.tsx';
import { type Case, type Kind, PATHS } from './matters.ts';
import { useCase } from './use-case.ts';
import { type Word, words } from './words.ts';

/** One matter: why it is in doubt, the evidence side by side, and the decision. */
export function CaseView({
  kind,
  id,
  told,
  mayDecide,
  onBack,
}: {
  kind: Kind;
  id: string;
  /** Counts what was heard of: it is read again. */
  told: number;
  mayDecide: boolean;
  onBack: () => void;
}) {
  const { say } = useWords(words);
  const { data: matter, error, reload } = useCase(kind, id);
  const { busy, error: actError, once } = useAct();
  const [decided, setDecided] = useState<string>();
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (told > 0) reload();
  }, [told, reload]);
  useEffect(() => {
    if (decided !== undefined) back.current?.focus();
  }, [decided]);

  const record = (decision: Decision, version: number) =>
    once(`review ${JSON.stringify(decision)}`, async (key) => {
      const path = `${PATHS[kind]}/${id}/review`;
      setDecided((await call<{ state: string }>('POST', path, { body: decision, key, version })).state);
    }).then(reload);
  const check = () =>
    once('check', async (key) => {
      await call('POST', `${PATHS[kind]}/${id}/check`, { key });
    }).then(reload);

  return (
    <>
      <Button ref={back} onClick={onBack}>
        {say('back')}
      </Button>
      <Trouble error={error} />
      {matter === undefined ? (
        error === undefined ? (
          <Spin />
        ) : null
      ) : (
        <Card
          size="small"
          title={
            <Space>
              {say(`kind.${kind}`)} {matter.name} <StateMark state={matter.state} />
            </Space>
          }
        >
          <Why matter={matter} />
          {matter.actions.includes('check') && mayDecide ? (
            <Button loading={busy} onClick={() => void check()}>
              {say('check')}
            </Button>
          ) : null}
          <Evidence matter={matter} mayAct={mayDecide} />
          <Trouble error={actError} />
          {decided === undefined ? null : (
            <div role="status">
              <Alert
                type="success"
                showIcon
                title={say('decided', { state: say(`state.${decided}` as Word) })}
              />
            </div>
          )}
          {matter.actions.includes('review') ? (
            <Decide
              findings={matter.findings}
              busy={busy}
              mayDecide={mayDecide}
              onDecide={(decision) => void record(decision, matter.version)}
            />
          ) : decided !== undefined || matter.state === 'in-doubt' ? null : (
            <Alert type="info" title={say('noMore')} />
          )}
          <History changes={matter.history} />
        </Card>
      )}
    </>
  );
}

/** Why it is where it is, in the gateway's words and the insurer's. */
function Why({ matter: { cause, state, nextCheckAt } }: { matter: Case }) {
  const { say, language } = useWords(words);
  const inWords = language === 'en' ? 'en' : 'zh';
  return (
    <>
      {cause ? (
        <Alert
          type="warning"
          showIcon
          title={cause.title[inWords]}
          description={
            <>
              <div>{cause.next[inWords]}</div>
              {cause.reason === undefined ? null : (
                <div>
                  {say('reason')}: {cause.reason}
                </div>
              )}
            </>
          }
        />
      ) : null}
      {state === 'in-doubt' ? (
        <Alert
          type="info"
          title={
            nextCheckAt === undefined ? say('waitingAnyTime') : say('waiting', { at: timeText(nextCheckAt) })
          }
        />
      ) : null}
    </>
  );
}
