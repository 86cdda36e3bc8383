import { Alert, Button, Card, Space, Spin } from 'antd';
import { useEffect, useRef } from 'react';
import type { Statement, StatementSummary } from '../../../../schemas/statement.ts';
import { call } from '../api.ts';
import { Mark } from '../shell/mark.tsx';
import { timeText } from '../shell/time.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useAct } from '../shell/use-act.ts';
import { useWords } from '../words/words.tsx';
import { isMonth } from './calendar.ts';
import { Differences } from './differences.tsx';
import { Close, OpenOfMonth } from './month-end.tsx';
import { TONES } from './month-view.tsx';
import { Totals } from './totals.tsx';
import { Undecided } from './undecided.tsx';
import { useStatement } from './use-month.ts';
import { words } from './words.ts';

/** The statement of one day, or of a whole month: made, made again, cancelled, read. */
export function PeriodView({
  insurer,
  period,
  summary,
  isKnown,
  isClosed,
  mayAct,
  onChange,
  onChoose,
}: {
  insurer: string;
  period: string;
  summary: StatementSummary | undefined;
  isKnown: boolean;
  /** The month is. */
  isClosed: boolean;
  mayAct: boolean;
  /** What the calendar shows may have changed. */
  onChange: () => void;
  onChoose: (period: string) => void;
}) {
  const { say } = useWords(words);
  const { busy, error, once } = useAct();
  const run = () =>
    once(`run ${summary?.run}`, async (key) => {
      const body = { insurer, [isMonth(period) ? 'month' : 'date']: period };
      await call('POST', '/v1/statements', { body, key, async: true });
    }).then(onChange);
  const mayRun = mayAct && !isClosed && (summary?.actions.includes('run') ?? true);
  return (
    <Card size="small" title={say('period', { insurer, period })}>
      {isClosed && !isMonth(period) ? <Alert type="info" title={say('monthClosed')} /> : null}
      {isKnown ? (
        <Space wrap>
          <div role="status">
            <Mark tone={TONES[summary?.state ?? 'none']}>{say(`result.${summary?.state ?? 'none'}`)}</Mark>
          </div>
          {mayRun ? (
            <Button type="primary" loading={busy} onClick={() => void run()}>
              {say(summary ? 'runAgain' : 'run')}
            </Button>
          ) : null}
          {mayAct ? null : <span>{say('readOnly')}</span>}
        </Space>
      ) : (
        <Spin />
      )}
      <Trouble error={error} />
      {summary ? (
        <Made summary={summary} mayAct={mayAct} onChange={onChange} onChoose={onChoose} />
      ) : isKnown ? (
        <p>{say('notMade')}</p>
      ) : null}
    </Card>
  );
}

/** What a run found; while one is under way, how far it is. */
function Made({
  summary,
  mayAct,
  onChange,
  onChoose,
}: {
  summary: StatementSummary;
  mayAct: boolean;
  onChange: () => void;
  onChoose: (period: string) => void;
}) {
  const { say, language } = useWords(words);
  const { data: statement, error, reload } = useStatement(summary.id);
  const seen = `${summary.run} ${summary.state} ${summary.closedAt}`;
  const read = useRef(seen);
  useEffect(() => {
    // The summary has moved on: the whole is read again.
    if (read.current !== seen) reload();
    read.current = seen;
  }, [seen, reload]);
  const changed = () => {
    reload();
    onChange();
  };
  if (!statement) return error === undefined ? <Spin /> : <Trouble error={error} />;
  const inWords = language === 'en' ? 'en' : 'zh';
  const { cause } = statement;
  return (
    <>
      <Trouble error={error} />
      <p>
        {say('ran', { run: statement.run, at: timeText(statement.beganAt) })}
        {statement.closedAt === undefined
          ? null
          : ` · ${say('closedBy', { by: statement.closedBy ?? '', at: timeText(statement.closedAt) })}`}
      </p>
      {statement.state === 'running' ? (
        <Running statement={statement} mayAct={mayAct} onChange={changed} />
      ) : null}
      {cause ? (
        <Alert
          type="warning"
          showIcon
          title={cause.title[inWords]}
          description={`${cause.next[inWords]}${cause.reason === undefined ? '' : ` (${cause.reason})`}`}
        />
      ) : null}
      {statement.provisional && statement.state !== 'running' ? <p>{say('provisional')}</p> : null}
      {mayAct && statement.actions.includes('close') ? (
        <Close statement={statement} onChange={changed} />
      ) : null}
      {statement.open ? <OpenOfMonth open={statement.open} onChoose={onChoose} /> : null}
      <Totals totals={statement.totals} />
      {statement.days ? null : <Differences statement={statement} mayAct={mayAct} onChange={changed} />}
      <Undecided items={statement.undecided} />
    </>
  );
}

/** How far a run is, and the way to end it. */
function Running({
  statement: { id, run, progress },
  mayAct,
  onChange,
}: {
  statement: Statement;
  mayAct: boolean;
  onChange: () => void;
}) {
  const { say } = useWords(words);
  const { busy, error, once } = useAct();
  const { done = 0, of = 0 } = progress ?? {};
  const cancel = () =>
    once(`cancel ${run}`, async (key) => {
      await call('POST', `/v1/statements/${id}/cancel`, { key });
    }).then(onChange);
  const text = say('progress', { done, of });
  return (
    <>
      <p>
        <progress max={Math.max(of, 1)} value={done} aria-label={text} /> {text}{' '}
        {mayAct ? (
          <Button loading={busy} onClick={() => void cancel()}>
            {say('cancel')}
          </Button>
        ) : null}
      </p>
      <Trouble error={error} />
    </>
  );
}
